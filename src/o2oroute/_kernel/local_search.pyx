"""Local search on what has just been put back: tails and orders are exchanged, short strings moved.

2-opt*: Potvin, Rousseau: An exchange heuristic for routing problems with time windows, Journal of the
Operational Research Society 46, 1995. Only moves that bring an order next to one of its best neighbours are
looked at: Toth, Vigo: The granular tabu search, INFORMS Journal on Computing 15, 2003.

Each move keeps a pair on its vehicle: what would part one is not looked at.

Each move passes three tests. What its new legs cost over the old ones (waiting aside) must be a gain, and the
times around each new leg must leave a chance: both in constant time. Then it is made and the routes are
brought up to date, which decides by all rules and the exact cost; if it does not pay, it is undone. So every
rule that `refresh` knows is kept here.
"""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.route cimport (
    ModelView, Route, Stop, Vehicle, extra_cost, end_of, first_task, is_pair, leg, partner, request_of, stay,
)
from o2oroute._kernel.state cimport (
    Mark, State, begin_changes, fits, link, refresh, travel, undo_to, unlink,
)
from o2oroute._kernel.timing cimport NEVER, earliest_service

cdef enum:
    LOOKED_AT = 10  # neighbours of each order
    LONGEST_MOVED = 3


cdef inline bint may_follow(const State* state, int32_t vehicle, int32_t tail, int32_t head) noexcept nogil:
    """Tell whether one stop's earliest departure reaches another's latest service."""
    cdef const ModelView* model = state.routes.model
    return (
        state.routes.stops[tail].depart + leg(model, model.vehicles[vehicle].durations, tail, head)
        <= state.routes.stops[head].latest
    )


cdef inline bint may_serve(const State* state, int32_t vehicle, int32_t task) noexcept nogil:
    """Tell whether a vehicle may take over a task of a single one."""
    cdef const ModelView* model = state.routes.model
    return partner(model, task) < 0 and extra_cost(model, vehicle, request_of(model, task)) < NEVER


cdef inline bint is_whole(const State* state, const int32_t* string, int32_t length) noexcept nogil:
    """Tell whether a string holds both tasks of each pair it touches."""
    cdef const ModelView* model = state.routes.model
    cdef int32_t i, j, other
    for i in range(length):
        other = partner(model, string[i])
        if other >= 0:
            j = 0
            while j < length and string[j] != other:
                j += 1
            if j == length:
                return False
    return True


cdef bint settle(State* state, const Mark* before, bint feasible) noexcept nogil:
    """Keep a move that is feasible and pays; undo any other."""
    if feasible and state.cost < before.cost:
        return True
    undo_to(state, before)
    return False


cdef bint tails_fit(const State* state, int32_t first, int32_t second) noexcept nogil:
    """Tell whether two routes of a kind hold what they would after exchanging all behind two stops.

    Where loads change on the way, `refresh` tells; a pair that is on board would be parted.
    """
    cdef const ModelView* model = state.routes.model
    cdef const Stop* stops = state.routes.stops
    cdef const Route* one = &state.routes.routes[stops[first].vehicle]
    cdef const Route* other = &state.routes.routes[stops[second].vehicle]
    cdef const Vehicle* owner = model.vehicles[stops[first].vehicle]
    cdef int32_t unit, stop
    cdef int64_t shift
    if model.singles < model.tasks:
        if state.routes.stretches[first].open > 0 or state.routes.stretches[second].open > 0:
            return False
    for unit in range(-1, 0 if model.carries else model.units):
        shift = 0
        stop = stops[first].next
        while stop < model.tasks:
            shift -= 1 if unit < 0 else model.delivery[<int64_t> stop * model.units + unit]
            stop = stops[stop].next
        stop = stops[second].next
        while stop < model.tasks:
            shift += 1 if unit < 0 else model.delivery[<int64_t> stop * model.units + unit]
            stop = stops[stop].next
        if unit < 0:
            if one.stops + shift > owner.max_stops or other.stops - shift > owner.max_stops:
                return False
        elif one.load[unit] + shift > owner.capacity[unit] or other.load[unit] - shift > owner.capacity[unit]:
            return False
    return True


cdef bint exchange_tails(Search* search, int32_t first, int32_t follower) noexcept nogil:
    """Let an order of a route of the same kind follow, with all that is behind it; tell whether it paid."""
    cdef State* state = &search.state
    cdef Stop* stops = state.routes.stops
    cdef int32_t tasks = state.routes.model.tasks
    cdef int32_t one = stops[first].vehicle
    cdef int32_t other = stops[follower].vehicle
    cdef int32_t second = stops[follower].prev
    cdef int32_t left = stops[first].next
    cdef int32_t left_leg, stop
    cdef Mark before
    cdef bint feasible
    if one == other or state.kind_of[one] != state.kind_of[other]:
        return False
    # the ends of vehicles of a kind are alike, so each route keeps its own
    left_leg = left if left < tasks else end_of(state.routes.model, other)
    if (
        travel(state, one, first, follower) + travel(state, one, second, left_leg)
        >= travel(state, one, first, left) + travel(state, one, second, follower)
    ):
        return False
    if not may_follow(state, one, first, follower) or not may_follow(state, one, second, left_leg):
        return False
    if not tails_fit(state, first, second):
        return False
    before = begin_changes(state)
    left = 0
    while stops[first].next < tasks:
        search.keys[left] = stops[first].next
        unlink(state, stops[first].next)
        left += 1
    while stops[second].next < tasks:
        stop = stops[second].next
        unlink(state, stop)
        link(state, stop, stops[end_of(state.routes.model, one)].prev)
    for stop in range(left):
        link(state, search.keys[stop], stops[end_of(state.routes.model, other)].prev)
    feasible = refresh(state, one, first, end_of(state.routes.model, one))
    feasible = feasible and refresh(state, other, second, end_of(state.routes.model, other))
    return settle(state, &before, feasible)


cdef bint exchange_orders(Search* search, int32_t order, int32_t after) noexcept nogil:
    """Exchange an order with the one behind a stop of another route; tell whether it paid."""
    cdef State* state = &search.state
    cdef const Stop* stops = state.routes.stops
    cdef int32_t swapped = stops[after].next
    cdef int32_t one = stops[order].vehicle
    cdef int32_t other = stops[after].vehicle
    cdef int32_t prev = stops[order].prev
    cdef int32_t behind = stops[order].next
    cdef int32_t beyond
    cdef Mark before
    cdef bint feasible
    if swapped >= state.routes.model.tasks or one == other:
        return False
    if not may_serve(state, other, order) or not may_serve(state, one, swapped):
        return False
    beyond = stops[swapped].next
    if (
        travel(state, other, after, order) + travel(state, other, order, beyond)
        + travel(state, one, prev, swapped) + travel(state, one, swapped, behind)
        >= travel(state, one, prev, order) + travel(state, one, order, behind)
        + travel(state, other, after, swapped) + travel(state, other, swapped, beyond)
    ):
        return False
    if not fits_between(state, other, after, order, beyond) or not fits_between(
        state, one, prev, swapped, behind
    ):
        return False
    before = begin_changes(state)
    unlink(state, order)
    unlink(state, swapped)
    link(state, order, after)
    link(state, swapped, prev)
    feasible = fits(state, one) and fits(state, other)
    feasible = feasible and refresh(state, one, prev, behind) and refresh(state, other, after, beyond)
    return settle(state, &before, feasible)


cdef inline bint fits_between(
    const State* state, int32_t vehicle, int32_t after, int32_t order, int32_t before
) noexcept nogil:
    """Tell whether an order can be served in time between two stops of a route."""
    cdef const ModelView* model = state.routes.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef int64_t service = earliest_service(
        &model.nodes[order], state.routes.stops[after].depart + leg(model, owner.durations, after, order)
    )
    return (
        service < NEVER
        and service + stay(model, owner, after, order) + leg(model, owner.durations, order, before)
        <= state.routes.stops[before].latest
    )


cdef bint move_string(Search* search, int32_t order, int32_t length, int32_t after) noexcept nogil:
    """Move an order and those behind it to behind a stop; tell whether it paid."""
    cdef State* state = &search.state
    cdef const Stop* stops = state.routes.stops
    cdef int32_t one = stops[order].vehicle
    cdef int32_t other = stops[after].vehicle
    cdef int32_t prev = stops[order].prev
    cdef int32_t last = order
    cdef int32_t target = after
    cdef int32_t i, behind, beyond
    cdef int32_t[LONGEST_MOVED] string
    cdef Mark before
    cdef bint feasible
    for i in range(length):
        string[i] = last
        if last >= state.routes.model.tasks or last == after:
            return False
        behind = stops[last].next
        if i + 1 < length:
            last = behind
    if prev == after:
        return False
    beyond = stops[after].next
    if (
        travel(state, other, after, order) + travel(state, other, last, beyond)
        + travel(state, one, prev, behind)
        >= travel(state, one, prev, order) + travel(state, one, last, behind)
        + travel(state, other, after, beyond)
    ):
        return False
    if one != other:
        if not may_follow(state, other, after, order) or not is_whole(state, string, length):
            return False
        for i in range(length):
            if extra_cost(state.routes.model, other, request_of(state.routes.model, string[i])) >= NEVER:
                return False
    before = begin_changes(state)
    for i in range(length):
        unlink(state, string[i])
    feasible = refresh(state, one, prev, behind)
    if feasible:
        beyond = stops[after].next
        for i in range(length):
            link(state, string[i], target)
            target = string[i]
        feasible = fits(state, other) and refresh(state, other, after, beyond)
    return settle(state, &before, feasible)


cdef bint polish_order(Search* search, int32_t order) noexcept nogil:
    """Make the first move that pays for one order; return whether there was one.

    Only legs that are cheaper than the order's own are tried in their place.
    """
    cdef State* state = &search.state
    cdef const Stop* stops = state.routes.stops
    cdef const int32_t* before = &search.before[<int64_t> order * search.near]
    cdef const int32_t* behind = &search.behind[<int64_t> order * search.near]
    cdef int32_t vehicle = stops[order].vehicle
    cdef int64_t leg_in = travel(state, vehicle, stops[order].prev, order)
    cdef int64_t leg_out = travel(state, vehicle, order, stops[order].next)
    cdef int32_t i, length, other
    for i in range(min(LOOKED_AT, search.near)):
        other = behind[i]
        if other >= 0 and stops[other].vehicle >= 0 and travel(state, vehicle, order, other) < leg_out:
            if exchange_tails(search, order, other):
                return True
        other = before[i]
        if other >= 0 and stops[other].vehicle >= 0 and travel(state, vehicle, other, order) < leg_in:
            if exchange_tails(search, other, order) or exchange_orders(search, order, other):
                return True
            for length in range(1, LONGEST_MOVED + 1):
                if move_string(search, order, length, other):
                    return True
    return False


cdef inline void polish_task(Search* search, int32_t task) noexcept nogil:
    """Improve the current routes around a task as long as that pays."""
    cdef State* state = &search.state
    cdef const ModelView* model = state.routes.model
    cdef int64_t nodes = model.tasks + 2 * <int64_t> model.vehicle_count
    while (
        state.routes.stops[task].vehicle >= 0
        # room for one move at least in the journal
        and state.stop_count + nodes <= state.stop_room
        and state.route_count + model.vehicle_count <= state.route_room
        and polish_order(search, task)
    ):
        pass


cdef void polish(Search* search) noexcept nogil:
    """Improve the current routes around the requests that were put back."""
    cdef const ModelView* model = search.state.routes.model
    cdef int32_t i, first
    for i in range(search.removed_count):
        first = first_task(model, search.removed[i])
        polish_task(search, first)
        if is_pair(model, search.removed[i]):
            polish_task(search, first + 1)
