"""Parallel cheapest insertion, the request with the greatest regret first.

Potvin, Rousseau: A parallel route building algorithm for the vehicle routing and scheduling problem with time
windows, European Journal of Operational Research 66, 1993; regret over single vehicles as in Pisinger, Ropke:
A general heuristic for vehicle routing problems, Computers and Operations Research 34, 2007, section 5.2.

Layout. Each waiting request keeps its cheapest place on each offered vehicle, in rows by vehicle (a vehicle's
row is read from end to end whenever its route changes), and the two vehicles that are cheapest for it:

    places[v * requests + u]      first[u], second[u], and alone[u]: of the empty vehicles

Of vehicles that differ in nothing only one empty one is offered; when it gets its first request, the next
takes over a copy of its row.

After an insertion into route r, only row r is worked out again, and of it, for each single task, only the
place that was the cheapest and the two places beside each new stop; pairs look along the whole route. So a
kept cost is always the exact cost of the place it belongs to; that this place is the cheapest of the route is
a good guess, because an insertion elsewhere can make a place cheaper by shortening a wait. Nor must a kept
NEVER be the truth, where a way round is faster than the way. So when no request seems to fit any more, all
places are looked at again; the work ends when that finds nothing either.
"""

from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy, memmove

from o2oroute._kernel.places cimport (
    cheapest_place, has_room, insertion_cost, link_request, read_legs,
)
from o2oroute._kernel.relations cimport is_related
from o2oroute._kernel.route cimport (
    Place, Route, RoutesView, Stop, clear_route, end_of, first_task, is_first_task, is_pair, request_of,
    start_of, unlink_stop, update_route,
)
from o2oroute._kernel.timing cimport NEVER

# what a request asks for; smaller groups first, and within a group the greatest score
cdef struct Bid:
    int64_t score
    int64_t cost
    int32_t vehicle
    int32_t request
    int32_t rank
    int32_t group

cdef enum Group:
    LONE  # only one vehicle is left for it
    JOINING  # a route that is there: regret, less the cost
    OPENING  # a vehicle of its own: the farthest out first


cdef inline Place* place_on(const InsertionView* view, int32_t vehicle, int32_t request) noexcept nogil:
    return &view.places[<int64_t> vehicle * view.routes.model.requests + request]


cdef inline bint is_empty(const InsertionView* view, int32_t vehicle) noexcept nogil:
    return view.routes.routes[vehicle].stops == 0


cdef inline int32_t next_empty(const InsertionView* view, int32_t vehicle) noexcept nogil:
    """Return the next empty vehicle like this one, or -1."""
    vehicle = view.next_alike[vehicle]
    while vehicle >= 0 and not is_empty(view, vehicle):
        vehicle = view.next_alike[vehicle]
    return vehicle


cdef void begin_insertion(InsertionView* view) noexcept nogil:
    """Offer the vehicles, and let the requests wait that are in `waiting`."""
    cdef int32_t vehicle
    # an empty vehicle that another empty one leads to is not the first of its kind
    for vehicle in range(view.routes.model.vehicle_count):
        view.offered[vehicle] = 1
    for vehicle in range(view.routes.model.vehicle_count):
        if is_empty(view, vehicle) and next_empty(view, vehicle) >= 0:
            view.offered[next_empty(view, vehicle)] = 0
    view.offered_count = 0
    for vehicle in range(view.routes.model.vehicle_count):
        if view.offered[vehicle]:
            view.offered[view.offered_count] = vehicle
            view.offered_count += 1
    view.filled = 0
    view.looks = 0
    view.settled = True


cdef void look_everywhere(InsertionView* view, int32_t request) noexcept nogil:
    """Work out the places of one request on all offered vehicles."""
    cdef int32_t i, vehicle
    for i in range(view.offered_count):
        vehicle = view.offered[i]
        place_on(view, vehicle, request)[0] = cheapest_place(view.routes, vehicle, request)
        view.looks += 1 + view.routes.routes[vehicle].stops
    rank_vehicles(view, request)


cdef inline int64_t cost_on(const InsertionView* view, int32_t vehicle, int32_t request) noexcept nogil:
    return NEVER if vehicle < 0 else place_on(view, vehicle, request).cost


cdef inline void consider(InsertionView* view, int32_t request, int32_t vehicle) noexcept nogil:
    """Let a vehicle become the first or second of an order."""
    cdef int64_t cost = cost_on(view, vehicle, request)
    if cost < cost_on(view, view.first[request], request):
        view.second[request] = view.first[request]
        view.first[request] = vehicle
    elif cost < cost_on(view, view.second[request], request):
        view.second[request] = vehicle


cdef void rank_vehicles(InsertionView* view, int32_t request) noexcept nogil:
    """Find the first, the second and the empty vehicle of a request from its costs."""
    cdef int32_t i, vehicle
    view.first[request] = view.second[request] = view.alone[request] = -1
    for i in range(view.offered_count):
        vehicle = view.offered[i]
        consider(view, request, vehicle)
        if is_empty(view, vehicle):
            if cost_on(view, vehicle, request) < cost_on(view, view.alone[request], request):
                view.alone[request] = vehicle
            if next_empty(view, vehicle) >= 0:
                consider(view, request, vehicle)  # the next one like it would do as well


cdef inline void look_behind(
    InsertionView* view, int32_t vehicle, int32_t request, int32_t after, Place* best
) noexcept nogil:
    """Replace the best place by the one behind a stop if that is cheaper."""
    cdef Place place
    place.after = after
    view.looks += 1
    if read_legs(view.routes, vehicle, request, &place):
        place.cost = insertion_cost(view.routes, vehicle, request, &place, best.cost)
        if place.cost < best.cost:
            best[0] = place


cdef inline void look_again(
    InsertionView* view, int32_t vehicle, int32_t request, int32_t inserted
) noexcept nogil:
    """Work out a request's place on a route that has just got another one."""
    cdef Place* best = place_on(view, vehicle, request)
    cdef const Stop* stops = view.routes.stops
    cdef int64_t old_cost = best.cost
    cdef int32_t first = first_task(view.routes.model, inserted)
    cdef bint is_lost = False
    view.looks += 1
    if not has_room(view.routes, vehicle, request):
        best.cost = NEVER
        return
    if is_pair(view.routes.model, request):
        best[0] = cheapest_place(view.routes, vehicle, request)
        view.looks += view.routes.routes[vehicle].stops
        return
    if old_cost < NEVER:
        best.cost = NEVER
        # a new stop behind it has split the place
        if stops[best.after].next != first and not (
            is_pair(view.routes.model, inserted) and stops[best.after].next == first + 1
        ):
            best.cost = insertion_cost(view.routes, vehicle, request, best, NEVER)
        is_lost = best.cost >= NEVER
    look_behind(view, vehicle, request, stops[first].prev, best)
    look_behind(view, vehicle, request, first, best)
    if is_pair(view.routes.model, inserted):
        if stops[first + 1].prev != first:
            look_behind(view, vehicle, request, stops[first + 1].prev, best)
        look_behind(view, vehicle, request, first + 1, best)
    # the place is gone or has become impossible, and one elsewhere may be cheaper than those at the new stop
    if is_lost and best.cost > old_cost:
        best[0] = cheapest_place(view.routes, vehicle, request)
        view.looks += view.routes.routes[vehicle].stops


cdef inline Bid bid_of(const InsertionView* view, int32_t request) noexcept nogil:
    """Return how urgent it is to insert a request, and on which vehicle; -1 if it fits none for its worth."""
    cdef Bid bid
    cdef int64_t alone = cost_on(view, view.alone[request], request)
    cdef int64_t second = cost_on(view, view.second[request], request)
    bid.vehicle = view.first[request]
    bid.request = request
    bid.rank = view.rank[request]
    bid.cost = cost_on(view, bid.vehicle, request)
    if bid.cost > view.worth[request] or bid.cost >= NEVER:
        bid.vehicle = -1
    elif second >= NEVER:
        bid.group = LONE
        bid.score = bid.cost if is_empty(view, bid.vehicle) else -bid.cost
    elif is_empty(view, bid.vehicle):
        bid.group = OPENING
        bid.score = bid.cost
    elif alone <= view.worth[request] and alone < NEVER and bid.cost > view.detour * alone:
        bid.vehicle = view.alone[request]
        bid.group = OPENING
        bid.score = alone
    else:
        bid.group = JOINING
        bid.score = second - bid.cost - bid.cost
    return bid


cdef inline bint is_more_urgent(const Bid* one, const Bid* other) noexcept nogil:
    if one.rank != other.rank:
        return one.rank < other.rank
    if one.group != other.group:
        return one.group < other.group
    if one.score != other.score:
        return one.score > other.score
    return one.request < other.request


cdef void open_vehicle(InsertionView* view, int32_t vehicle, int32_t heir) noexcept nogil:
    """Offer an empty vehicle like the one that is about to get its first request, in the places it had."""
    cdef int64_t requests = view.routes.model.requests
    cdef bint is_last = next_empty(view, heir) < 0
    cdef int32_t i, request
    view.offered[view.offered_count] = heir
    view.offered_count += 1
    memcpy(place_on(view, heir, 0), place_on(view, vehicle, 0), requests * sizeof(Place))
    for i in range(view.waiting_count):
        request = view.waiting[i]
        place_on(view, heir, request).after = start_of(view.routes.model, heir)
        if view.first[request] == vehicle:
            view.first[request] = heir
        if view.second[request] == vehicle:
            view.second[request] = heir
        if view.alone[request] == vehicle:
            view.alone[request] = heir
        if is_last and view.first[request] == heir and view.second[request] == heir:
            # there is no second one like it any more
            rank_vehicles(view, request)


cdef bint insert_next(InsertionView* view) noexcept nogil:
    """Insert the most urgent of the waiting requests; return whether there was one that fits."""
    cdef Bid best, bid
    cdef int32_t place = 0
    cdef int32_t i
    best.vehicle = best.request = best.rank = best.group = -1
    best.score = best.cost = 0
    for i in range(view.waiting_count):
        bid = bid_of(view, view.waiting[i])
        if bid.vehicle >= 0 and (best.vehicle < 0 or is_more_urgent(&bid, &best)):
            best = bid
            place = i
    if best.vehicle < 0:
        return False
    view.waiting_count -= 1
    # the others stay in ascending request: their rows are read from end to end
    memmove(&view.waiting[place], &view.waiting[place + 1], (view.waiting_count - place) * sizeof(int32_t))
    cdef int32_t heir = -1
    if is_empty(view, best.vehicle):
        heir = next_empty(view, best.vehicle)
        if heir >= 0:
            open_vehicle(view, best.vehicle, heir)
    link_request(view.routes, best.request, place_on(view, best.vehicle, best.request))
    update_route(view.routes, best.vehicle)
    for i in range(view.waiting_count):
        update_waiting(view, view.waiting[i], best.vehicle, best.request)
    return True


cdef inline void update_waiting(
    InsertionView* view, int32_t request, int32_t vehicle, int32_t inserted
) noexcept nogil:
    """Let a request look at a vehicle again that has just got another order."""
    cdef int64_t old_cost = cost_on(view, vehicle, request)
    cdef int64_t cost, second
    if is_related(view.routes.model, request, inserted):
        look_everywhere(view, request)
        return
    look_again(view, vehicle, request, inserted)
    cost = cost_on(view, vehicle, request)
    second = cost_on(view, view.second[request], request)
    if vehicle == view.alone[request]:
        rank_vehicles(view, request)  # it is not empty any more
    elif vehicle == view.first[request]:
        if cost > second or (cost >= NEVER and old_cost < NEVER):
            rank_vehicles(view, request)
    elif vehicle == view.second[request]:
        if cost > old_cost:
            rank_vehicles(view, request)
        elif cost < cost_on(view, view.first[request], request):
            view.second[request] = view.first[request]
            view.first[request] = vehicle
    else:
        consider(view, request, vehicle)


cdef bint continue_insertion(InsertionView* view, int64_t looks) noexcept nogil:
    """Go on until about so many places have been looked at; return whether there is more to do."""
    looks += view.looks
    while view.looks < looks:
        if view.filled < view.waiting_count:
            look_everywhere(view, view.waiting[view.filled])
            view.filled += 1
        elif insert_next(view):
            view.filled = view.waiting_count
            view.settled = False
            view.looks += 1 + view.waiting_count
        elif view.settled:
            return False
        else:
            view.filled = 0
            view.settled = True
    return True


cdef bint is_unworthy_route(const RoutesView* view, int32_t vehicle, const int64_t* worth) noexcept nogil:
    cdef int64_t total = 0
    cdef int32_t stop = view.stops[start_of(view.model, vehicle)].next
    while stop != end_of(view.model, vehicle):
        if is_first_task(view.model, stop):
            total += worth[request_of(view.model, stop)]
        if total >= view.routes[vehicle].cost:
            return False
        stop = view.stops[stop].next
    return True


cdef bint drop_if_unworthy(RoutesView* view, int32_t vehicle, int32_t request, int64_t worth) noexcept nogil:
    """Take a request off a route if it costs more than it is worth; tell whether it is gone."""
    cdef Route* route = &view.routes[vehicle]
    cdef int32_t first = first_task(view.model, request)
    cdef int64_t cost = route.cost
    cdef Place place
    if worth >= cost:
        return False
    if is_pair(view.model, request):
        place.second_after = view.stops[first + 1].prev
        unlink_stop(view, first + 1)
    place.after = view.stops[first].prev
    unlink_stop(view, first)
    # where a way round is faster than the way, a route without the stop may break a rule
    if update_route(view, vehicle) and cost - route.cost > worth:
        return True
    link_request(view, request, &place)
    update_route(view, vehicle)
    return False


cdef int32_t drop_unworthy(RoutesView* view, int32_t vehicle, const int64_t* worth) noexcept nogil:
    """Take requests off a route that cost more than they are worth, or all if all do together; count them."""
    cdef Route* route = &view.routes[vehicle]
    cdef int32_t dropped = 0
    cdef int32_t seen = -1  # requests dropped when the last round began
    cdef int32_t stop, following, request
    while dropped != seen:
        seen = dropped
        stop = view.stops[start_of(view.model, vehicle)].next
        while stop != end_of(view.model, vehicle):
            following = view.stops[stop].next
            request = request_of(view.model, stop)
            if is_first_task(view.model, stop):
                # both tasks of a pair may go
                if is_pair(view.model, request) and following == stop + 1:
                    following = view.stops[following].next
                dropped += drop_if_unworthy(view, vehicle, request, worth[request])
            stop = following
    if route.stops > 0 and is_unworthy_route(view, vehicle, worth):
        stop = view.stops[start_of(view.model, vehicle)].next
        while stop != end_of(view.model, vehicle):
            dropped += is_first_task(view.model, stop)
            stop = view.stops[stop].next
        clear_route(view, vehicle)
    return dropped
