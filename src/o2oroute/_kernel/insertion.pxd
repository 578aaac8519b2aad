"""Cheapest insertion with regret; see insertion.pyx."""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.route cimport Place, RoutesView

cdef struct InsertionView:
    RoutesView* routes
    const int32_t* next_alike  # vehicles: another that differs in nothing, or -1; chains do not close
    const int32_t* rank  # requests: all that can be served of a lower rank come first
    const int64_t* worth  # requests: the most that serving one may cost
    Place* places  # vehicles x requests: cheapest insertion, in rows of offered vehicles only
    int32_t* offered  # vehicles that take requests: all in use, and one empty vehicle of each kind
    int32_t* waiting  # requests that are not on a route
    int32_t* first  # requests: vehicle with the cheapest insertion,
    int32_t* second  # and with the next; -1 if there is none
    int32_t* alone  # requests: empty vehicle that is cheapest for it; -1 if there is none
    double detour  # a request opens a vehicle rather than costing more than this part of what it costs alone
    int32_t offered_count
    int32_t waiting_count
    int32_t filled  # of the waiting requests
    bint settled  # nothing has changed since all places were looked at
    int64_t looks  # places looked at since the start

cdef void begin_insertion(InsertionView* view) noexcept nogil
cdef bint continue_insertion(InsertionView* view, int64_t looks) noexcept nogil
cdef int32_t drop_unworthy(RoutesView* view, int32_t vehicle, const int64_t* worth) noexcept nogil
