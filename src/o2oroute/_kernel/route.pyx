"""Routes as linked stops: kept up to date as they change, and never asked while they are not.

Layout. Each vehicle's route is a doubly linked list over node numbers, from the vehicle's start node to its
end node, which are always there:

    start(v) <-> task <-> task <-> ... <-> end(v)          `next` of the end and `prev` of the start are -1

Invariant between calls, for every route: it keeps all rules; each stop's `depart` and `latest` are exact for
the route as it stands (so any insertion is judged in constant time); `distance`, `cost`, `load` and `stops`
are the route's own. An empty route costs nothing, but its `distance` and `travel` are those of the leg from
start to end, so that an insertion adds and takes away the same numbers on every route.

Set-up is part of the stay at a stop, so that what a stop takes depends on the stop before it.

Loads are on board from the start (`delivery`) and change at each stop. Three rows a node tell what an
insertion needs: the load on leaving the node, the highest on leaving any up to there, and any from there on.
A delivery behind the node adds to all up to there, a pickup to all from there on.

Feasibility by earliest departure and latest service: Savelsbergh: The vehicle routing problem with time
windows, ORSA Journal on Computing 4, 1992. Loads by highest sums: Vidal, Crainic, Gendreau, Prins: A unified
solution framework for multi-attribute vehicle routing problems, European Journal of Operational Research 234,
2014.
"""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.day cimport Outcome, day_cost
from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.line cimport line_duty, write_line
from o2oroute._kernel.relations cimport keeps_relations
from o2oroute._kernel.timing cimport (
    NEVER, earliest_service, joined, latest_service, segment_of,
)


cdef void clear_route(RoutesView* view, int32_t vehicle) noexcept nogil:
    """Take all tasks off a route, or set up one that was never used."""
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
    route.extra = 0
    update_route(view, vehicle)


cdef void append_task(RoutesView* view, int32_t vehicle, int32_t task) noexcept nogil:
    """Put a task last on a route, untested; `update_route` must follow."""
    link_stop(view, task, view.stops[end_of(view.model, vehicle)].prev)


cdef bint is_within_limits(const RoutesView* view, int32_t vehicle) noexcept nogil:
    """Tell whether an updated route keeps the limits on its sums; used for routes that others made."""
    cdef const Vehicle* owner = view.model.vehicles[vehicle]
    cdef const Route* route = &view.routes[vehicle]
    cdef int32_t unit
    if makes_trips(owner):
        return route.stops <= owner.max_stops
    if (
        route.stops > owner.max_stops or route.distance > owner.max_distance
        or route.duty > owner.max_duty or route.travel > owner.max_travel
    ):
        return False
    if not view.model.carries:
        for unit in range(view.model.units):
            if route.load[unit] > owner.capacity[unit]:
                return False
    return True


cdef bint update_route(RoutesView* view, int32_t vehicle) noexcept nogil:
    """Work out all times, loads and sums of a route again; return whether it keeps all rules.

    A route without tasks counts as keeping them, even where its end cannot be reached from its start. After
    False the route must be cleared or changed before anything else is asked of it. Whether the vehicle may
    serve its requests at all is not tested: what links them asks first.
    """
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef Route* route = &view.routes[vehicle]
    cdef int32_t start = start_of(model, vehicle)
    cdef int32_t end = end_of(model, vehicle)
    cdef bint is_right = True
    cdef int64_t of_time
    cdef Outcome outcome
    route.release = -NEVER
    route.kinds = 0
    if model.counts:
        is_right = number_stops(view, vehicle)
    if route.stops == 0:
        update_empty(view, vehicle)
        return True
    if not is_right or not update_times(view, vehicle):
        return False
    if model.tie_first != NULL and not keeps_relations(view, vehicle):
        return False
    if model.carries and not update_loads(view, vehicle):
        return False
    if owner.day != NULL:
        of_time = day_cost(
            view, vehicle, write_line(view, vehicle, -1, NULL), route.release, NEVER, &outcome
        )
        if of_time >= NEVER:
            return False
        route.duty = outcome.duty
        set_cost(
            owner, route,
            of_time + owner.per_travel * route.travel + owner.per_service * (route.work - route.travel),
        )
        return is_within_limits(view, vehicle)
    if route.several == 0:
        join_segments(view, vehicle)
        route.duty = view.stretches[end].before.duration
        if route.release > view.stretches[start].after.latest:
            return False
    else:
        route.duty = line_duty(view, vehicle, write_line(view, vehicle, -1, NULL), route.release)
    set_cost(
        owner, route,
        owner.per_tick * route.duty + owner.per_travel * route.travel
        + owner.per_service * (route.work - route.travel),
    )
    return is_within_limits(view, vehicle)


cdef void update_empty(RoutesView* view, int32_t vehicle) noexcept nogil:
    """Set up the sums of a route without tasks."""
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef Route* route = &view.routes[vehicle]
    cdef int32_t start = start_of(model, vehicle)
    cdef int32_t end = end_of(model, vehicle)
    cdef int32_t unit
    route.duty = 0
    set_cost(owner, route, 0)
    view.stops[start].length = view.stretches[start].travel = 0
    view.stops[start].depart = earliest_service(&model.nodes[start], -NEVER)
    view.stops[end].latest = latest_service(&model.nodes[end], NEVER)
    view.stops[end].length = leg(model, owner.distances, start, end)
    view.stretches[end].travel = leg(model, owner.durations, start, end)
    route.distance = view.stops[end].length
    route.travel = route.work = view.stretches[end].travel
    route.several = (model.nodes[start].windows > 1) + (model.nodes[end].windows > 1)
    if route.several == 0:
        view.stretches[start].before = segment_of(&model.nodes[start], 0)
        view.stretches[end].after = segment_of(&model.nodes[end], 0)
    if model.carries:
        for unit in range(3 * model.units):
            view.loads[<int64_t> start * 3 * model.units + unit] = 0
            view.loads[<int64_t> end * 3 * model.units + unit] = 0


cdef bint number_stops(RoutesView* view, int32_t vehicle) noexcept nogil:
    """Number the stops and sum up what does not depend on times; tell whether pairs and kinds are right."""
    cdef const ModelView* model = view.model
    cdef Route* route = &view.routes[vehicle]
    cdef int32_t end = end_of(model, vehicle)
    cdef int32_t stop = start_of(model, vehicle)
    cdef int32_t position = 0
    cdef int32_t open = 0
    cdef int32_t request
    cdef bint by_trips = makes_trips(model.vehicles[vehicle])
    cdef bint is_right = True
    while True:
        view.stretches[stop].position = position
        if stop < model.tasks:
            if stop >= model.singles:
                # of each pair both tasks are here, and the first of them comes first
                if is_first_task(model, stop):
                    open += 1
                    is_right = is_right and view.stops[stop + 1].vehicle == vehicle
                else:
                    open -= 1
                    is_right = is_right and view.stops[stop - 1].vehicle == vehicle
                    is_right = is_right and open >= 0
            if by_trips:
                pass  # day.pyx knows which trip it is on
            elif model.release != NULL and model.release[stop] > route.release:
                route.release = model.release[stop]
            if model.kind != NULL and is_first_task(model, stop) and not by_trips:
                request = request_of(model, stop)
                is_right = is_right and (model.excluded[request] & route.kinds) == 0
                route.kinds |= model.kind[request]
        view.stretches[stop].open = open
        if stop == end:
            return is_right and are_pairs_in_order(view, vehicle)
        stop = view.stops[stop].next
        position += 1


cdef bint are_pairs_in_order(const RoutesView* view, int32_t vehicle) noexcept nogil:
    """Tell whether each pickup comes before its drop-off, on a route whose stops are numbered."""
    cdef const ModelView* model = view.model
    cdef int32_t end = end_of(model, vehicle)
    cdef int32_t stop
    if model.singles == model.tasks:
        return True
    stop = view.stops[start_of(model, vehicle)].next
    while stop != end:
        if not is_first_task(model, stop):
            if view.stretches[stop].position < view.stretches[stop - 1].position:
                return False
        stop = view.stops[stop].next
    return True


cdef bint update_times(RoutesView* view, int32_t vehicle) noexcept nogil:
    """Work out times, lengths and driving; tell whether windows allow them, and there are ways."""
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef Route* route = &view.routes[vehicle]
    cdef int32_t start = start_of(model, vehicle)
    cdef int32_t end = end_of(model, vehicle)
    cdef int32_t stop = start
    cdef int32_t following
    cdef int64_t service, duration
    route.distance = route.travel = route.work = 0
    route.several = model.nodes[start].windows > 1
    view.stops[start].length = view.stretches[start].travel = 0
    view.stops[start].depart = earliest_service(&model.nodes[start], route.release)
    if view.stops[start].depart >= NEVER:
        return False
    while stop != end:
        following = view.stops[stop].next
        duration = leg(model, owner.durations, stop, following)
        view.stops[following].length = leg(model, owner.distances, stop, following)
        view.stretches[following].travel = <int32_t> duration
        if duration >= INF:
            return False
        service = earliest_service(&model.nodes[following], view.stops[stop].depart + duration)
        if service >= NEVER:
            return False
        view.stops[following].depart = service + stay(model, owner, stop, following)
        route.distance += view.stops[following].length
        route.travel += duration
        route.work += duration + stay(model, owner, stop, following)
        route.several += model.nodes[following].windows > 1
        stop = following
    view.stops[end].latest = latest_service(&model.nodes[end], NEVER)
    while stop != start:
        following = stop
        stop = view.stops[following].prev
        view.stops[stop].latest = latest_service(
            &model.nodes[stop],
            view.stops[following].latest
            - leg(model, owner.durations, stop, following)
            - stay(model, owner, view.stops[stop].prev, stop),
        )
    return True


cdef bint update_loads(RoutesView* view, int32_t vehicle) noexcept nogil:
    """Work out the loads at each stop; tell whether the vehicle holds them."""
    cdef const ModelView* model = view.model
    cdef const int64_t* capacity = model.vehicles[vehicle].capacity
    cdef int32_t end = end_of(model, vehicle)
    cdef int32_t unit, stop
    cdef int64_t load, highest
    cdef int64_t* row
    if makes_trips(model.vehicles[vehicle]):
        return True  # day.pyx looks at each trip
    for unit in range(model.units):
        stop = start_of(model, vehicle)
        load = highest = view.routes[vehicle].load[unit]
        while True:
            if stop < model.tasks:
                load += model.change[<int64_t> stop * model.units + unit]
            highest = max(highest, load)
            row = &view.loads[<int64_t> stop * 3 * model.units]
            row[unit] = load
            row[model.units + unit] = highest
            if stop == end:
                break
            stop = view.stops[stop].next
        if highest > capacity[unit]:
            return False
        highest = load
        while stop >= 0:
            row = &view.loads[<int64_t> stop * 3 * model.units]
            highest = max(highest, row[unit])
            row[2 * model.units + unit] = highest
            stop = view.stops[stop].prev
    return True


cdef void join_segments(RoutesView* view, int32_t vehicle) noexcept nogil:
    """Write the stretches before and after each stop of a feasible route."""
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef int32_t start = start_of(model, vehicle)
    cdef int32_t end = end_of(model, vehicle)
    cdef int32_t stop = start
    cdef int32_t following
    view.stretches[start].before = segment_of(&model.nodes[start], 0)
    while stop != end:
        following = view.stops[stop].next
        view.stretches[following].before = joined(
            view.stretches[stop].before,
            view.stretches[following].travel,
            segment_of(&model.nodes[following], stay(model, owner, stop, following)),
        )
        stop = following
    view.stretches[end].after = segment_of(&model.nodes[end], 0)
    while stop != start:
        following = stop
        stop = view.stops[following].prev
        view.stretches[stop].after = joined(
            segment_of(&model.nodes[stop], stay(model, owner, view.stops[stop].prev, stop)),
            view.stretches[following].travel,
            view.stretches[following].after,
        )
