"""Ruin and recreate under simulated annealing; see ruin_recreate.pyx."""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.rng cimport Rng
from o2oroute._kernel.state cimport State

# in what order removed requests are put back: by chance, or by one of the given ranks
cdef enum:
    KEYS = 6

cdef struct Settings:
    double mean_removed  # tasks an iteration
    int32_t longest_string
    double split  # part of the strings that keep tasks in their middle
    int32_t blink  # one in so many places is passed over
    double route_ruins  # part of the iterations that empty a route
    double route_splits  # part of the iterations that split a long route in two
    double vehicle_changes  # part of the iterations that give a route to a vehicle of another kind
    double route_openings  # part of the iterations that open a route for what is left out
    double opening  # part of the iterations in which an empty vehicle competes with routes
    double polish  # part of the iterations with local search
    int32_t short_route  # up to so many tasks a route, whole routes are scanned
    int32_t close  # whose routes are scanned then

cdef struct Search:
    State state
    Settings settings
    Rng rng
    double temperature
    # neighbours.pyx
    int32_t near
    int32_t wide
    const int32_t* before
    const int32_t* behind
    const int32_t* around
    const int32_t* ranks  # KEYS x requests
    const int32_t* planned  # tasks that are not set aside
    int32_t planned_count
    int32_t* removed  # requests, room for all
    int32_t* keys  # of `removed`; else room for all tasks
    int32_t* touched  # vehicles whose routes are in work
    int64_t* seen  # vehicles: the number of the last look
    int64_t looks
    int32_t until_blink
    int32_t removed_count
    int32_t touched_count
    int32_t vehicle_limit  # no more are opened
    # how often each request was left over; guides the emptying of routes
    int64_t* absences
    bint insists  # on requests that were left over often, whatever that costs
    # the best so far, as links; `dirty` are the stops whose link has changed since
    int32_t* best_next
    int32_t* dirty
    int32_t* is_dirty
    int32_t dirty_count
    int64_t best_importance
    int64_t best_cost
    int32_t best_used  # vehicles
    int32_t best_bank  # orders on no route
    int64_t iterations
    int64_t accepted
    int64_t improved

cdef void begin_best(Search* search) noexcept nogil
cdef void begin_search(Search* search) noexcept nogil
cdef void search_on(Search* search, int64_t iterations) noexcept nogil
cdef void take_best(Search* search) noexcept nogil
cdef void empty_a_route(Search* search) noexcept nogil


cdef inline bint is_touched(const Search* search, int32_t vehicle) noexcept nogil:
    cdef int32_t i
    for i in range(search.touched_count):
        if search.touched[i] == vehicle:
            return True
    return False


cdef inline void touch(Search* search, int32_t vehicle) noexcept nogil:
    search.touched[search.touched_count] = vehicle
    search.touched_count += 1
