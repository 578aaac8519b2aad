"""Ruin: taking strings of tasks out of routes that are close to each other, or a whole route.

Christiaens, Vanden Berghe: Slack induction by string removals for vehicle routing problems, Transportation
Science 54, 2020, section 4.1. What differs: some iterations take out a whole route, split a long one in two,
give one to another kind of vehicle, or open one for what is left out. Of a pair both tasks are taken out,
wherever they are.
"""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.places cimport cheapest_place
from o2oroute._kernel.rng cimport below, unit_random
from o2oroute._kernel.route cimport (
    DIFFERENT_VEHICLES, ModelView, Place, Stop, end_of, extra_cost, first_task, is_first_task, is_pair,
    request_of, start_of,
)
from o2oroute._kernel.ruin_recreate cimport is_touched, touch
from o2oroute._kernel.state cimport (
    State, empty_of_kind, fits, link, put_on, refresh, take_off, travel, unlink,
)
from o2oroute._kernel.timing cimport NEVER


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


cdef int32_t random_task(Search* search) noexcept nogil:
    """Return any task, every fourth time one that is left out."""
    cdef const State* state = &search.state
    if state.bank_count > 0 and below(&search.rng, 4) == 0:
        return first_task(state.routes.model, state.bank[below(&search.rng, state.bank_count)])
    return search.planned[below(&search.rng, search.planned_count)]


cdef bint remove_strings(Search* search, int32_t seed) noexcept nogil:
    """Take strings out of routes that are close to a task; -1 for a random one."""
    cdef const Stop* stops = search.state.routes.stops
    cdef State* state = &search.state
    cdef double longest, most_strings
    cdef int32_t strings, i, task, vehicle, length
    if state.used == 0:
        return True
    longest = <double> (search.planned_count - state.bank_tasks) / state.used
    if longest > search.settings.longest_string:
        longest = search.settings.longest_string
    most_strings = 4 * search.settings.mean_removed / (1 + longest) - 1
    strings = <int32_t> (unit_random(&search.rng) * most_strings) + 1
    if seed < 0:
        seed = random_task(search)
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


cdef int32_t place_to_split(Search* search, int32_t vehicle, int32_t other) noexcept nogil:
    """Return the stop behind which a route is left to an empty vehicle of its kind at the least cost, or -1.

    Every other leg is passed over, by chance; neither part gets very short.
    """
    cdef const State* state = &search.state
    cdef const ModelView* model = state.routes.model
    cdef const Stop* stops = state.routes.stops
    cdef int32_t shortest = max(search.settings.longest_string // 2, 1)
    cdef int32_t behind = state.routes.routes[vehicle].stops
    cdef int32_t stop = start_of(model, vehicle)
    cdef int32_t best = -1
    cdef int64_t least = 0
    cdef int64_t cost
    while behind > shortest:
        stop = stops[stop].next
        behind -= 1
        if state.routes.routes[vehicle].stops - behind < shortest or below(&search.rng, 2) == 0:
            continue
        if model.singles < model.tasks and state.routes.stretches[stop].open > 0:
            continue  # a pair would be parted
        cost = (
            travel(state, vehicle, stop, end_of(model, vehicle))
            + travel(state, other, start_of(model, other), stops[stop].next)
            - travel(state, vehicle, stop, stops[stop].next)
        )
        if best < 0 or cost < least:
            best = stop
            least = cost
    return best


cdef bint split_route(Search* search) noexcept nogil:
    """Leave the rest of a long route to an empty vehicle, and take strings out around.

    The inverse of emptying one: to open one with one order after the other would cost too much on the way.
    """
    cdef State* state = &search.state
    cdef const Stop* stops = state.routes.stops
    cdef int32_t vehicle = stops[search.planned[below(&search.rng, search.planned_count)]].vehicle
    cdef int32_t other, last, first
    if vehicle < 0 or state.routes.routes[vehicle].stops < 2 * search.settings.longest_string:
        return remove_strings(search, -1)
    other = empty_of_kind(state, state.kind_of[vehicle])
    if other < 0 or state.used >= search.vehicle_limit:
        return remove_strings(search, -1)
    last = place_to_split(search, vehicle, other)
    if last < 0:
        return remove_strings(search, -1)
    first = stops[last].next
    return hand_over(state, last, other) and remove_strings(search, first)


cdef bint hand_over(State* state, int32_t last, int32_t other) noexcept nogil:
    """Give all that is behind a stop to an empty vehicle; return whether that keeps all rules."""
    cdef const ModelView* model = state.routes.model
    cdef const Stop* stops = state.routes.stops
    cdef int32_t vehicle = stops[last].vehicle
    cdef int32_t task
    while stops[last].next < model.tasks:
        task = stops[last].next
        if extra_cost(model, other, request_of(model, task)) >= NEVER:
            return False
        unlink(state, task)
        link(state, task, stops[end_of(model, other)].prev)
    return (
        fits(state, other)
        and refresh(state, vehicle, last, end_of(model, vehicle))
        and refresh(state, other, start_of(model, other), end_of(model, other))
    )


cdef int32_t empty_of_other_kind(Search* search, int32_t kind) noexcept nogil:
    """Return an empty vehicle of a random other kind, or -1."""
    cdef const State* state = &search.state
    cdef int32_t by = <int32_t> below(&search.rng, state.kinds)
    cdef int32_t vehicle, _
    for _ in range(state.kinds):
        by = by + 1 if by + 1 < state.kinds else 0
        vehicle = empty_of_kind(state, by)
        if by != kind and vehicle >= 0:
            return vehicle
    return -1


cdef bint change_vehicle(Search* search) noexcept nogil:
    """Give a route to a vehicle of another kind, and empty a route close by, or take strings out around.

    A larger vehicle pays only together with what it can take over, a smaller one with what others do.
    """
    cdef State* state = &search.state
    cdef const Stop* stops = state.routes.stops
    cdef int32_t task = search.planned[below(&search.rng, search.planned_count)]
    cdef int32_t vehicle = stops[task].vehicle
    cdef int32_t other = -1 if vehicle < 0 else empty_of_other_kind(search, state.kind_of[vehicle])
    cdef int32_t i, near
    if other < 0:
        return remove_strings(search, -1)
    if not hand_over(state, start_of(state.routes.model, vehicle), other):
        return False
    if below(&search.rng, 2) == 0:
        for i in range(search.wide):
            near = search.around[<int64_t> task * search.wide + i]
            if near < 0:
                break
            vehicle = stops[near].vehicle
            if vehicle >= 0 and vehicle != other and is_short(search, vehicle):
                return remove_route(search, vehicle)
    return remove_strings(search, task)


cdef bint open_route(Search* search) noexcept nogil:
    """Send a vehicle to an order that is left out for its prize, and call those around it.

    One such order seldom pays for a vehicle, but several close to each other may.
    """
    cdef State* state = &search.state
    cdef const ModelView* model = state.routes.model
    cdef int32_t request = state.bank[below(&search.rng, state.bank_count)]
    cdef int32_t first = first_task(model, request)
    cdef int32_t vehicle = empty_of_kind(state, <int32_t> below(&search.rng, state.kinds))
    cdef const int32_t* around = &search.around[<int64_t> first * search.wide]
    cdef Place place
    cdef int32_t i
    if state.importance[request] > 0 or vehicle < 0 or state.used >= search.vehicle_limit:
        return remove_strings(search, -1)
    place = cheapest_place(state.routes, vehicle, request)
    if place.cost >= NEVER:
        return remove_strings(search, -1)
    put_on(state, request, &place)
    search.removed_count = 0
    for i in range(search.wide):
        if around[i] < 0 or search.removed_count >= 10 * search.settings.mean_removed:
            break
        request = request_of(model, around[i])
        if is_first_task(model, around[i]) and state.bank_place[request] >= 0:
            search.removed[search.removed_count] = request
            search.removed_count += 1
    touch(search, vehicle)
    return refresh(state, vehicle, start_of(model, vehicle), end_of(model, vehicle))


cdef inline bint is_short(const Search* search, int32_t vehicle) noexcept nogil:
    """Tell whether a route may be emptied at once."""
    return search.state.routes.routes[vehicle].stops <= 5 * search.settings.mean_removed


cdef bint ruin(Search* search) noexcept nogil:
    cdef double choice = unit_random(&search.rng)
    cdef int32_t vehicle
    if choice <= search.settings.route_ruins:
        vehicle = small_route(search)
        if vehicle >= 0 and is_short(search, vehicle):
            return remove_route(search, vehicle)
        return remove_strings(search, -1)
    choice -= search.settings.route_ruins
    if choice <= search.settings.route_splits:
        return split_route(search)
    choice -= search.settings.route_splits
    if search.state.kinds > 1:
        if choice <= search.settings.vehicle_changes:
            return change_vehicle(search)
        choice -= search.settings.vehicle_changes
    if search.state.bank_count > 0 and choice <= search.settings.route_openings:
        return open_route(search)
    return remove_strings(search, -1)
