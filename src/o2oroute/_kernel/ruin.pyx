"""Ruin: taking strings of tasks out of routes that are close to each other, or a whole route.

Christiaens, Vanden Berghe: Slack induction by string removals for vehicle routing problems, Transportation
Science 54, 2020, section 4.1. What differs: some iterations take out a whole route. Of a pair both tasks are
taken out, wherever they are.
"""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.rng cimport below, unit_random
from o2oroute._kernel.route cimport (
    DIFFERENT_VEHICLES, ModelView, Stop, end_of, first_task, is_pair, request_of, start_of,
)
from o2oroute._kernel.ruin_recreate cimport is_touched, touch
from o2oroute._kernel.state cimport State, refresh, take_off


cdef void remove(Search* search, int32_t request) noexcept nogil:
    search.removed[search.removed_count] = request
    search.removed_count += 1
    take_off(&search.state, request)
    if search.state.routes.model.tie_first != NULL:
        remove_bound(search, request)


cdef void remove_bound(Search* search, int32_t request) noexcept nogil:
    """Take out, now and then, all that must ride with a request: else they would keep it on their vehicle."""
    cdef const ModelView* model = search.state.routes.model
    cdef int32_t first = first_task(model, request)
    cdef int32_t i, k, relation, other
    for i in range(model.tie_first[first], model.tie_first[first + 1 + is_pair(model, request)]):
        relation = model.tie_relation[i]
        if model.relation_kind[relation] == DIFFERENT_VEHICLES or below(&search.rng, 2) == 0:
            continue
        for k in range(model.relation_first[relation], model.relation_first[relation + 1]):
            other = model.relation_task[k]
            if other < model.tasks and search.state.routes.stops[other].vehicle >= 0:
                remove(search, request_of(model, other))


cdef bint remove_string(Search* search, int32_t task, int32_t length) noexcept nogil:
    """Take out a string of so many tasks around one, sometimes one that keeps tasks in its middle.

    Of a pair in it, the other task goes as well, wherever it is.
    """
    cdef const ModelView* model = search.state.routes.model
    cdef const Stop* stops = search.state.routes.stops
    cdef int32_t vehicle = stops[task].vehicle
    cdef int32_t kept = 0
    cdef int32_t route_length = search.state.routes.routes[vehicle].stops
    cdef int32_t back = 0
    cdef int32_t ahead = 0
    cdef int32_t first = task
    cdef int32_t count = 0
    cdef int32_t stop, offset, kept_from, i, edge, _
    if length > 1 and length < route_length and unit_random(&search.rng) <= search.settings.split:
        kept = 1
        while length + kept < route_length and unit_random(&search.rng) <= 0.01:
            kept += 1
    cdef int32_t span = length + kept
    # how far the string may reach to both sides
    stop = stops[task].prev
    while back < span - 1 and stop < model.tasks:
        back += 1
        stop = stops[stop].prev
    stop = stops[task].next
    while ahead < span - 1 and stop < model.tasks:
        ahead += 1
        stop = stops[stop].next
    offset = span - 1 - ahead
    offset += <int32_t> below(&search.rng, back - offset + 1)
    for _ in range(offset):
        first = stops[first].prev
    kept_from = span if kept == 0 else 1 + <int32_t> below(&search.rng, length - 1)
    edge = stops[first].prev
    stop = first
    for i in range(span):
        if i < kept_from or i >= kept_from + kept:
            search.keys[count] = stop
            count += 1
        stop = stops[stop].next
    for i in range(count):
        if stops[search.keys[i]].vehicle >= 0:
            remove(search, request_of(model, search.keys[i]))
    touch(search, vehicle)
    return refresh(&search.state, vehicle, edge, stop)


cdef bint remove_strings(Search* search) noexcept nogil:
    """Take strings out of routes that are close to a random task."""
    cdef const Stop* stops = search.state.routes.stops
    cdef State* state = &search.state
    cdef double longest, most_strings
    cdef int32_t seed, strings, i, task, vehicle, length
    if state.used == 0:
        return True
    longest = <double> (search.planned_count - state.bank_tasks) / state.used
    if longest > search.settings.longest_string:
        longest = search.settings.longest_string
    most_strings = 4 * search.settings.mean_removed / (1 + longest) - 1
    strings = <int32_t> (unit_random(&search.rng) * most_strings) + 1
    if state.bank_count > 0 and below(&search.rng, 4) == 0:
        seed = first_task(state.routes.model, state.bank[below(&search.rng, state.bank_count)])
    else:
        seed = search.planned[below(&search.rng, search.planned_count)]
    cdef const int32_t* around = &search.around[<int64_t> seed * search.wide]
    for i in range(search.wide):
        task = around[i]
        if task < 0 or search.touched_count >= strings:
            break
        vehicle = stops[task].vehicle
        if vehicle < 0 or is_touched(search, vehicle):
            continue
        length = <int32_t> longest
        if length > state.routes.routes[vehicle].stops:
            length = state.routes.routes[vehicle].stops
        length = 1 + <int32_t> below(&search.rng, length)
        if not remove_string(search, task, length):
            return False
    return True


cdef bint remove_route(Search* search, int32_t vehicle) noexcept nogil:
    cdef const Stop* stops = search.state.routes.stops
    cdef int32_t start = start_of(search.state.routes.model, vehicle)
    cdef int32_t end = end_of(search.state.routes.model, vehicle)
    while stops[start].next != end:
        remove(search, request_of(search.state.routes.model, stops[start].next))
    touch(search, vehicle)
    return refresh(&search.state, vehicle, start, end)


cdef int32_t small_route(Search* search) noexcept nogil:
    """Return the smaller of two random routes."""
    cdef State* state = &search.state
    cdef int32_t best = -1
    cdef int32_t _, vehicle
    for _ in range(2):
        vehicle = state.routes.stops[search.planned[below(&search.rng, search.planned_count)]].vehicle
        if vehicle >= 0 and (
            best < 0 or state.routes.routes[vehicle].stops < state.routes.routes[best].stops
        ):
            best = vehicle
    return best


cdef bint ruin(Search* search) noexcept nogil:
    cdef int32_t vehicle
    if unit_random(&search.rng) <= search.settings.route_ruins:
        vehicle = small_route(search)
        if vehicle >= 0 and search.state.routes.routes[vehicle].stops <= 5 * search.settings.mean_removed:
            return remove_route(search, vehicle)
    return remove_strings(search)
