"""Places for requests where more than windows and deliveries count, and places for pairs.

A *chain* is a route as far as it goes, with the tasks that are put in on the way: it knows its earliest
departure, how much longer it has become, and its segment where windows do not come in several. It is extended
task by task, and closed by a leg to the next stop of the route, whose latest service tells whether the rest
remains feasible. Only the stay at that next stop may differ from the route's, by the set-up that it pays or
is spared.

A pair is looked at with its pickup behind one stop and the drop-off behind that and each further one: the
chain grows by a stop of the route each time, so that each pair of places takes constant time. It ends where a
load, a window, or in haste a stop's latest service is exceeded: a drop-off farther along would find the same
excess, unless a way round is faster than the way.
"""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.day cimport Outcome, day_cost
from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.line cimport line_duty, write_line
from o2oroute._kernel.relations cimport may_stand
from o2oroute._kernel.route cimport (
    end_of, link_stop, makes_trips, start_of, stay,
)
from o2oroute._kernel.timing cimport NEVER, Segment, earliest_service, joined, latest_service, segment_of

cdef struct Chain:
    int32_t last  # node
    int32_t stop  # the last stop of the route that is on it
    bint is_joined  # `segment` is kept
    int64_t depart
    int64_t length  # more than on the route
    int64_t travel
    int64_t work
    int64_t release  # the start is no earlier
    Segment segment


cdef bint begin_chain(
    const RoutesView* view, int32_t vehicle, int32_t request, int32_t after, Chain* chain
) noexcept nogil:
    """Begin with the route up to a stop; tell whether the start may be as late as the request wants it."""
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef const Route* route = &view.routes[vehicle]
    cdef int32_t first = first_task(model, request)
    cdef const Segment* before = &view.stretches[after].before
    cdef bint is_later = (
        model.release != NULL and model.release[first] > route.release and not makes_trips(owner)
    )
    chain.last = chain.stop = after
    chain.depart = view.stops[after].depart
    chain.length = chain.travel = chain.work = 0
    chain.release = model.release[first] if is_later else route.release
    chain.is_joined = (
        owner.day == NULL and (owner.is_timed or is_later)
        and route.several == 0 and model.nodes[first].windows == 1
        and not (is_pair(model, request) and model.nodes[first + 1].windows > 1)
    )
    if chain.is_joined:
        chain.segment = before[0]
        if is_later:
            if chain.release > before.latest:
                return False
            chain.depart = max(chain.release, before.earliest) + before.duration
    return True


cdef inline bint extend(
    const RoutesView* view, const Vehicle* owner, int32_t node, Chain* chain
) noexcept nogil:
    """Go on to a node; return whether there is a way, and a window is left."""
    cdef const ModelView* model = view.model
    cdef int32_t duration = leg(model, owner.durations, chain.last, node)
    cdef int64_t stays, service
    if duration >= INF:
        return False
    service = earliest_service(&owner.nodes[node], chain.depart + duration)
    if service >= NEVER:
        return False
    stays = stay(model, owner, chain.last, node)
    chain.depart = service + stays
    chain.length += leg(model, owner.distances, chain.last, node)
    chain.travel += duration
    chain.work += duration + stays
    if chain.is_joined:
        chain.segment = joined(chain.segment, duration, segment_of(&owner.nodes[node], stays))
    chain.last = node
    return True


cdef inline bint follow(const RoutesView* view, const Vehicle* owner, Chain* chain) noexcept nogil:
    """Go on to the next stop of the route."""
    cdef int32_t stop = view.stops[chain.stop].next
    if not extend(view, owner, stop, chain):
        return False
    chain.length -= view.stops[stop].length
    chain.travel -= view.stretches[stop].travel
    chain.work -= view.stretches[stop].travel + stay(view.model, owner, chain.stop, stop)
    chain.stop = stop
    return True


cdef inline int64_t way_cost(
    const ModelView* model, const Vehicle* owner, int32_t from_point, int32_t to_point
) noexcept nogil:
    """Return what it costs to drive, more than any route where there is no way; open ends are no way off."""
    cdef int64_t cell = from_point * model.points + to_point
    if from_point < 0 or to_point < 0:
        return 0
    if owner.durations[cell] >= INF or owner.distances[cell] >= INF:
        return NEVER >> 4
    return owner.per_length * owner.distances[cell] + owner.per_travel * owner.durations[cell]


cdef int64_t least_detour(
    const ModelView* model, const Vehicle* owner, int32_t before, int32_t task, int32_t behind
) noexcept nogil:
    """Return what a single task costs at least between two nodes, wherever the vehicle loads again.

    Of any split into trips with the task, take it out: what remains is a split without it, which costs no
    less than the best one. So the task costs at least what is saved by that, with a depot on one of its
    sides, on both, or on none.
    """
    cdef int32_t i, k, depot, other
    cdef int32_t point = model.nodes[task].point
    cdef int32_t tail = model.nodes[before].point
    cdef int32_t head = model.nodes[behind].point
    cdef int64_t way_in = way_cost(model, owner, tail, point)
    cdef int64_t way_out = way_cost(model, owner, point, head)
    cdef int64_t least = way_in + way_out - way_cost(model, owner, tail, head)
    for i in range(owner.day.reload_count):
        depot = owner.day.reloads[i].point
        least = min(
            least, way_in + way_cost(model, owner, point, depot) - way_cost(model, owner, tail, depot)
        )
        least = min(
            least, way_out + way_cost(model, owner, depot, point) - way_cost(model, owner, depot, head)
        )
        for k in range(owner.day.reload_count):
            other = owner.day.reloads[k].point
            least = min(
                least,
                way_cost(model, owner, tail, depot) + way_cost(model, owner, depot, point)
                + way_cost(model, owner, point, other) - way_cost(model, owner, tail, other),
            )
    return least


cdef int64_t close_chain(
    const RoutesView* view, int32_t vehicle, int32_t request, const Place* place, const Chain* chain,
    int64_t bound,
) noexcept nogil:
    """Return what the route costs more if its rest follows; NEVER if it breaks a rule or costs `bound`."""
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef const Route* route = &view.routes[vehicle]
    cdef int32_t head = view.stops[chain.stop].next
    cdef int32_t beyond = view.stops[head].next
    cdef int32_t duration = leg(model, owner.durations, chain.last, head)
    cdef int64_t spared = stay(model, owner, chain.stop, head)
    cdef int64_t stays = stay(model, owner, chain.last, head)
    cdef int64_t latest = view.stops[head].latest
    cdef int64_t distance, travel, work, cost, duty, of_time, least
    cdef Outcome outcome
    cdef Segment rest
    if duration >= INF:
        return NEVER
    if stays != spared:
        latest = latest_service(
            &owner.nodes[head], view.stops[beyond].latest - view.stretches[beyond].travel - stays
        )
    if chain.depart + duration > latest:
        return NEVER
    if model.tie_first != NULL and not may_stand(view, request, place):
        return NEVER
    distance = (
        route.distance + chain.length
        + leg(model, owner.distances, chain.last, head) - view.stops[head].length
    )
    travel = route.travel + chain.travel + duration - view.stretches[head].travel
    if not makes_trips(owner) and (distance > owner.max_distance or travel > owner.max_travel):
        return NEVER
    work = route.work + chain.work + duration + stays - view.stretches[head].travel - spared
    cost = (
        route.base + owner.per_length * distance + owner.per_travel * travel
        + owner.per_service * (work - travel)
        + extra_cost(model, vehicle, request) + owner.per_stop * is_pair(model, request)
    )
    if owner.day != NULL:
        # whatever it costs to be there at some moment comes on top of the work, and of the way to a depot
        if not makes_trips(owner):
            if cost + owner.per_tick * work >= bound:
                return NEVER
        elif route.stops > 0 and not is_pair(model, request):
            least = least_detour(model, owner, chain.stop, request, head)
            if least + extra_cost(model, vehicle, request) + owner.per_stop >= bound:
                return NEVER
        of_time = day_cost(
            view, vehicle, write_line(view, vehicle, request, place), chain.release, bound - cost, &outcome
        )
        return cost + of_time if of_time < NEVER and cost + of_time < bound else NEVER
    if chain.is_joined:
        rest = view.stretches[head].after
        if stays != spared:
            rest = joined(
                segment_of(&owner.nodes[head], stays), view.stretches[beyond].travel,
                view.stretches[beyond].after,
            )
        duty = joined(chain.segment, duration, rest).duration
    elif owner.is_timed or chain.release > route.release:
        if work > owner.max_duty or cost + owner.per_tick * work >= bound:
            return NEVER
        duty = line_duty(view, vehicle, write_line(view, vehicle, request, place), chain.release)
        if duty >= NEVER:  # the windows of a later start have not been looked at yet
            return NEVER
    else:
        return cost if cost < bound else NEVER
    if duty > owner.max_duty:
        return NEVER
    cost += owner.per_tick * duty
    return cost if cost < bound else NEVER


cdef inline bint carries_more(
    const RoutesView* view, int32_t vehicle, int32_t stop, int32_t task
) noexcept nogil:
    """Tell whether the load on leaving a stop may grow by that of a task."""
    cdef const ModelView* model = view.model
    cdef const int64_t* capacity = model.vehicles[vehicle].capacity
    cdef int32_t unit
    if makes_trips(model.vehicles[vehicle]):
        return True  # day.pyx looks at each trip
    for unit in range(model.units):
        if (
            view.loads[<int64_t> stop * 3 * model.units + unit]
            + model.change[<int64_t> task * model.units + unit] > capacity[unit]
        ):
            return False
    return True


cdef inline bint fits_behind(
    const RoutesView* view, int32_t vehicle, int32_t task, int32_t after
) noexcept nogil:
    """Tell whether loads allow a single task behind a stop."""
    cdef const ModelView* model = view.model
    cdef const int64_t* capacity = model.vehicles[vehicle].capacity
    cdef const int64_t* row = &view.loads[<int64_t> after * 3 * model.units]
    cdef int64_t delivered, more
    cdef int32_t unit
    if makes_trips(model.vehicles[vehicle]):
        return True
    for unit in range(model.units):
        delivered = model.delivery[<int64_t> task * model.units + unit]
        more = delivered + model.change[<int64_t> task * model.units + unit]
        if row[model.units + unit] + delivered > capacity[unit]:
            return False
        if row[2 * model.units + unit] + more > capacity[unit]:
            return False
    return True


cdef int64_t rich_cost(
    const RoutesView* view, int32_t vehicle, int32_t request, const Place* place, int64_t bound
) noexcept nogil:
    """As `insertion_cost`, for all rules."""
    cdef const Vehicle* owner = view.model.vehicles[vehicle]
    cdef Chain chain
    if view.model.carries and not fits_behind(view, vehicle, request, place.after):
        return NEVER
    if not begin_chain(view, vehicle, request, place.after, &chain):
        return NEVER
    if not extend(view, owner, request, &chain):
        return NEVER
    return close_chain(view, vehicle, request, place, &chain, bound)


cdef int64_t cost_at(
    const RoutesView* view, int32_t vehicle, int32_t request, Place* place
) noexcept nogil:
    """Return what a request costs at a place; NEVER if it breaks a rule there."""
    cdef const Vehicle* owner = view.model.vehicles[vehicle]
    cdef int32_t first = first_task(view.model, request)
    cdef Chain chain
    if not has_room(view, vehicle, request):
        return NEVER
    if not is_pair(view.model, request):
        if not read_legs(view, vehicle, request, place):
            return NEVER
        return insertion_cost(view, vehicle, request, place, NEVER)
    if view.model.carries and not carries_more(view, vehicle, place.after, first):
        return NEVER
    if not begin_chain(view, vehicle, request, place.after, &chain):
        return NEVER
    if not extend(view, owner, first, &chain):
        return NEVER
    while place.second_after != first and chain.stop != place.second_after:
        if not follow(view, owner, &chain):
            return NEVER
        if view.model.carries and not carries_more(view, vehicle, chain.stop, first):
            return NEVER
    if not extend(view, owner, first + 1, &chain):
        return NEVER
    return close_chain(view, vehicle, request, place, &chain, NEVER)


cdef void look_at_pair(
    const RoutesView* view, int32_t vehicle, int32_t request, int32_t after, bint hasty, Place* best
) noexcept nogil:
    """Let each place of a pair with its pickup behind a stop become the best; `has_room` must hold.

    In haste it passes over drop-offs behind a stop that is reached too late for what now follows it.
    """
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef int32_t first = first_task(model, request)
    cdef int32_t end = end_of(model, vehicle)
    cdef int32_t stop
    cdef Chain chain, longer
    cdef Place place
    if model.carries and not carries_more(view, vehicle, after, first):
        return
    if not begin_chain(view, vehicle, request, after, &chain) or not extend(view, owner, first, &chain):
        return
    place.after = after
    place.second_after = first
    place.leg_in = place.leg_out = place.extra_length = 0
    while True:
        longer = chain
        if extend(view, owner, first + 1, &longer):
            place.cost = close_chain(view, vehicle, request, &place, &longer, best.cost)
            if place.cost < best.cost:
                best[0] = place
        stop = view.stops[chain.stop].next
        if stop == end:
            return
        if hasty and chain.last == chain.stop:
            if chain.depart + view.stretches[stop].travel > view.stops[stop].latest:
                return
        if not follow(view, owner, &chain):
            return
        if model.carries and not carries_more(view, vehicle, stop, first):
            return
        place.second_after = stop


cdef Place cheapest_place(const RoutesView* view, int32_t vehicle, int32_t request) noexcept nogil:
    """Return the first of the cheapest places of a request on one route; it costs NEVER if there is none."""
    cdef Place best, place
    cdef int32_t end = end_of(view.model, vehicle)
    best.cost = NEVER
    best.after = best.second_after = -1
    best.leg_in = best.leg_out = best.extra_length = 0
    if not has_room(view, vehicle, request):
        return best
    place.after = start_of(view.model, vehicle)
    while place.after != end:
        if is_pair(view.model, request):
            look_at_pair(view, vehicle, request, place.after, False, &best)
        elif read_legs(view, vehicle, request, &place):
            place.cost = insertion_cost(view, vehicle, request, &place, best.cost)
            if place.cost < best.cost:
                best = place
        place.after = view.stops[place.after].next
    return best


cdef void link_request(RoutesView* view, int32_t request, const Place* place) noexcept nogil:
    """Put a request on a route; `update_route` must follow."""
    cdef int32_t first = first_task(view.model, request)
    link_stop(view, first, place.after)
    if is_pair(view.model, request):
        link_stop(view, first + 1, place.second_after)
