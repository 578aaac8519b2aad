"""Routes that can be changed and changed back; see state.pyx."""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.route cimport ModelView, Place, Route, RoutesView, Stop, Stretch, Vehicle, leg
from o2oroute._kernel.timing cimport NEVER

cdef struct SavedStop:
    int32_t number
    Stop stop

cdef struct SavedRoute:
    int32_t vehicle
    Route route

# what undo_to goes back to
cdef struct Mark:
    int64_t stops
    int64_t routes
    int64_t cost
    int64_t importance

cdef struct State:
    RoutesView* routes
    const int64_t* importance  # requests: 0 for optional ones
    const int64_t* prize  # requests: 0 for mandatory ones
    # the journal: each stop and route as it was before the first change since `epoch` began
    int64_t epoch
    int64_t* stop_epoch
    int64_t* route_epoch
    SavedStop* saved_stops
    Stretch* saved_stretches  # of the saved stops; NULL: no route is deep
    int64_t* saved_rows  # of the saved stops, in `loads`
    SavedRoute* saved_routes
    int64_t* saved_loads  # saved routes x units
    int64_t stop_count
    int64_t route_count
    int64_t stop_room
    int64_t route_room
    # requests that are not on a route, in any order; those that are set aside are not among them
    int32_t* bank
    int32_t* bank_place  # requests: where in `bank`, -1 elsewhere
    int32_t bank_count
    int32_t bank_tasks  # of the requests in it
    # vehicles by kind, of each kind those in use first
    int32_t kinds
    const int32_t* kind_of
    const int32_t* kind_first  # kinds + 1
    int32_t* by_kind
    int32_t* kind_place  # vehicles: where in `by_kind`
    int32_t* kind_used  # kinds: how many are in use
    int32_t used
    # the value: smaller importance is better, then smaller cost
    int64_t importance_left  # of mandatory requests in the bank
    int64_t cost  # of the routes, and the prizes in the bank

cdef void begin_state(State* state) noexcept nogil
cdef Mark begin_changes(State* state) noexcept nogil
cdef void undo_to(State* state, const Mark* mark) noexcept nogil
cdef void link(State* state, int32_t task, int32_t after) noexcept nogil
cdef void unlink(State* state, int32_t task) noexcept nogil
cdef void put_on(State* state, int32_t request, const Place* place) noexcept nogil
cdef void take_off(State* state, int32_t request) noexcept nogil
cdef bint fits(const State* state, int32_t vehicle) noexcept nogil
cdef bint refresh(State* state, int32_t vehicle, int32_t first, int32_t last) noexcept nogil
cdef void note_use(State* state, int32_t vehicle, int32_t stops_before) noexcept nogil


cdef inline int32_t empty_of_kind(const State* state, int32_t kind) noexcept nogil:
    """Return an empty vehicle of a kind, or -1."""
    cdef int32_t place = state.kind_first[kind] + state.kind_used[kind]
    return state.by_kind[place] if place < state.kind_first[kind + 1] else -1


cdef inline int64_t travel(const State* state, int32_t vehicle, int32_t tail, int32_t head) noexcept nogil:
    """Return what a leg costs; more than any route where there is no way."""
    cdef const ModelView* model = state.routes.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef int32_t duration = leg(model, owner.durations, tail, head)
    if duration >= INF:
        return NEVER >> 4
    return owner.per_tick * duration + owner.per_length * leg(model, owner.distances, tail, head)
