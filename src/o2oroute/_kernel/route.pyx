"""Routes as linked stops: kept up to date order by order, and asked what one more order would cost.

Layout. Each vehicle's route is a doubly linked list over node numbers, from the vehicle's start node to its
end node, which are always there:

    start(v) <-> order <-> order <-> ... <-> end(v)          `next` of the end and `prev` of the start are -1

Invariant between calls, for every route: it keeps all rules; each stop's `depart` and `latest` are exact for
the route as it stands (so any insertion is judged in constant time); `distance`, `duty`, `cost`, `load` and
`stops` are the route's own. An empty route costs nothing, but its `distance` is the leg from start to end, so
that an insertion adds and takes away the same numbers on every route.

Feasibility by earliest departure and latest service: Savelsbergh: The vehicle routing problem with time
windows, ORSA Journal on Computing 4, 1992.
"""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.timing cimport (
    NEVER, earliest_service, joined, latest_service, segment_of,
)


cdef void clear_route(RoutesView* view, int32_t vehicle) noexcept nogil:
    """Take all orders off a route, or set up one that was never used."""
    cdef int32_t start = start_of(view.model, vehicle)
    cdef int32_t end = end_of(view.model, vehicle)
    cdef Route* route = &view.routes[vehicle]
    cdef int32_t stop, following, unit
    if route.stops > 0:
        stop = view.stops[start].next
        while stop != end:
            following = view.stops[stop].next
            view.stops[stop].vehicle = -1
            stop = following
    view.stops[start].vehicle = view.stops[end].vehicle = vehicle
    view.stops[start].prev = view.stops[end].next = -1
    view.stops[start].next = end
    view.stops[end].prev = start
    for unit in range(view.model.units):
        route.load[unit] = 0
    route.stops = 0
    update_route(view, vehicle)


cdef void link_order(RoutesView* view, int32_t order, int32_t after) noexcept nogil:
    cdef int32_t vehicle = view.stops[after].vehicle
    cdef int32_t before = view.stops[after].next
    cdef int32_t unit
    cdef int64_t first_load = <int64_t> order * view.model.units
    view.stops[order].vehicle = vehicle
    view.stops[order].prev = after
    view.stops[order].next = before
    view.stops[after].next = order
    view.stops[before].prev = order
    view.routes[vehicle].stops += 1
    for unit in range(view.model.units):
        view.routes[vehicle].load[unit] += view.model.order_load[first_load + unit]


cdef void append_order(RoutesView* view, int32_t vehicle, int32_t order) noexcept nogil:
    """Put an order last on a route, untested; `update_route` must follow."""
    link_order(view, order, view.stops[end_of(view.model, vehicle)].prev)


cdef void insert_order(RoutesView* view, int32_t order, int32_t after) noexcept nogil:
    """Put an order behind a stop where `insertion_cost` allows it."""
    link_order(view, order, after)
    update_route(view, view.stops[after].vehicle)


cdef void remove_order(RoutesView* view, int32_t order) noexcept nogil:
    """Take an order off its route, untested; `update_route` must follow."""
    cdef Stop* stop = &view.stops[order]
    cdef int32_t unit
    cdef int64_t first_load = <int64_t> order * view.model.units
    view.stops[stop.prev].next = stop.next
    view.stops[stop.next].prev = stop.prev
    view.routes[stop.vehicle].stops -= 1
    for unit in range(view.model.units):
        view.routes[stop.vehicle].load[unit] -= view.model.order_load[first_load + unit]
    stop.vehicle = -1


cdef bint is_feasible(const RoutesView* view, int32_t vehicle) noexcept nogil:
    """Tell whether an updated route keeps all rules; used for routes that others made."""
    cdef const Vehicle* owner = &view.model.vehicles[vehicle]
    cdef const Route* route = &view.routes[vehicle]
    cdef int32_t unit
    if route.stops > owner.max_stops or route.distance > owner.max_distance or route.duty > owner.max_duty:
        return False
    for unit in range(view.model.units):
        if route.load[unit] > owner.capacity[unit]:
            return False
    return True


cdef bint update_route(RoutesView* view, int32_t vehicle) noexcept nogil:
    """Work out all times and sums of a route again; return whether it keeps all rules.

    A route without orders counts as keeping them, even where its end cannot be reached from its start. After
    False the route must be cleared or changed before anything else is asked of it.
    """
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = &model.vehicles[vehicle]
    cdef Route* route = &view.routes[vehicle]
    cdef int32_t start = start_of(model, vehicle)
    cdef int32_t end = end_of(model, vehicle)
    cdef int32_t stop = start
    cdef int32_t following
    cdef int64_t service, duration
    route.distance = 0
    route.duty = 0
    route.cost = 0
    route.several = model.nodes[start].windows > 1
    view.stops[start].length = 0
    view.stops[start].depart = earliest_service(&model.nodes[start], -NEVER)
    view.stops[end].latest = latest_service(&model.nodes[end], NEVER)
    if route.stops == 0:
        view.stops[end].length = leg(model, owner.distances, start, end)
        route.distance = view.stops[end].length
        route.several += model.nodes[end].windows > 1
        if route.several == 0:
            view.stops[start].before = segment_of(&model.nodes[start])
            view.stops[end].after = segment_of(&model.nodes[end])
        return True
    while stop != end:
        following = view.stops[stop].next
        duration = leg(model, owner.durations, stop, following)
        view.stops[following].length = leg(model, owner.distances, stop, following)
        if duration >= INF:
            return False
        service = earliest_service(&model.nodes[following], view.stops[stop].depart + duration)
        if service >= NEVER:
            return False
        view.stops[following].depart = service + model.nodes[following].service
        route.distance += view.stops[following].length
        route.several += model.nodes[following].windows > 1
        stop = following
    while stop != start:
        following = stop
        stop = view.stops[following].prev
        view.stops[stop].latest = latest_service(
            &model.nodes[stop],
            view.stops[following].latest
            - leg(model, owner.durations, stop, following)
            - model.nodes[stop].service,
        )
    if route.several == 0:
        join_segments(view, vehicle)
        route.duty = view.stops[end].before.duration
    else:
        route.duty = least_duty(view, vehicle, -1, -1)
    route.cost = owner.fixed + owner.per_tick * route.duty + owner.per_length * route.distance
    return is_feasible(view, vehicle)


cdef void join_segments(RoutesView* view, int32_t vehicle) noexcept nogil:
    """Write the stretches before and after each stop of a feasible route."""
    cdef const ModelView* model = view.model
    cdef const int32_t* durations = model.vehicles[vehicle].durations
    cdef int32_t start = start_of(model, vehicle)
    cdef int32_t end = end_of(model, vehicle)
    cdef int32_t stop = start
    cdef int32_t following
    view.stops[start].before = segment_of(&model.nodes[start])
    while stop != end:
        following = view.stops[stop].next
        view.stops[following].before = joined(
            view.stops[stop].before,
            leg(model, durations, stop, following),
            segment_of(&model.nodes[following]),
        )
        stop = following
    view.stops[end].after = segment_of(&model.nodes[end])
    while stop != start:
        following = stop
        stop = view.stops[following].prev
        view.stops[stop].after = joined(
            segment_of(&model.nodes[stop]),
            leg(model, durations, stop, following),
            view.stops[following].after,
        )


cdef inline int32_t next_with(
    const RoutesView* view, int32_t stop, int32_t order, int32_t after
) noexcept nogil:
    """Return the next stop as if `order` stood behind `after`."""
    if stop == after:
        return order
    return view.stops[after].next if stop == order else view.stops[stop].next


cdef inline int32_t prev_with(
    const RoutesView* view, int32_t stop, int32_t order, int32_t after
) noexcept nogil:
    if stop == order:
        return after
    return order if view.stops[stop].prev == after and after >= 0 else view.stops[stop].prev


cdef int64_t least_duty(const RoutesView* view, int32_t vehicle, int32_t order, int32_t after) noexcept nogil:
    """Return the shortest duty of a route with any number of windows, with `order` behind `after` unless -1.

    The end of a route never decreases in its start. For an end, the latest start with this end gives the
    least duty. If that schedule nowhere waits, no schedule is shorter; else some window closes before the
    wait, and starting one tick later loses it for good: so there are at most as many rounds as there are
    windows. Return NEVER if no start is feasible.
    """
    cdef const ModelView* model = view.model
    cdef const int32_t* durations = model.vehicles[vehicle].durations
    cdef int32_t start = start_of(model, vehicle)
    cdef int32_t end = end_of(model, vehicle)
    cdef int64_t least = NEVER
    cdef int64_t bound = -NEVER  # the start is no earlier
    cdef int64_t moment, end_moment, work
    cdef int32_t stop, following
    while True:
        moment = earliest_service(&model.nodes[start], bound)
        work = 0
        stop = start
        while stop != end:
            if moment >= NEVER:
                return least
            following = next_with(view, stop, order, after)
            work += model.nodes[stop].service + leg(model, durations, stop, following)
            moment = earliest_service(
                &model.nodes[following],
                moment + model.nodes[stop].service + leg(model, durations, stop, following),
            )
            stop = following
        if moment >= NEVER:
            return least
        end_moment = moment
        while stop != start:
            following = stop
            stop = prev_with(view, following, order, after)
            moment = latest_service(
                &model.nodes[stop],
                moment - leg(model, durations, stop, following) - model.nodes[stop].service,
            )
        if end_moment - moment < least:
            least = end_moment - moment
        if end_moment - moment <= work:
            return least
        bound = moment + 1


cdef Place cheapest_place(const RoutesView* view, int32_t vehicle, int32_t order) noexcept nogil:
    """Return the first of the cheapest places of an order on one route; it costs NEVER if there is none."""
    cdef Place best, place
    cdef int32_t end = end_of(view.model, vehicle)
    best.cost = NEVER
    best.after = -1
    best.leg_in = best.leg_out = best.extra_length = 0
    if not has_room(view, vehicle, order):
        return best
    place.after = start_of(view.model, vehicle)
    while place.after != end:
        if read_legs(view, vehicle, order, &place):
            place.cost = insertion_cost(view, vehicle, order, &place, best.cost)
            if place.cost < best.cost:
                best = place
        place.after = view.stops[place.after].next
    return best
