"""What one more request would cost, and where; see places.pyx."""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.line cimport line_duty, write_line
from o2oroute._kernel.relations cimport may_join
from o2oroute._kernel.route cimport (
    ModelView, Place, Route, RoutesView, Stop, Vehicle, extra_cost, first_task, is_pair, leg, makes_trips,
)
from o2oroute._kernel.timing cimport NEVER, Node, earliest_service, joined, segment_of

cdef int64_t rich_cost(
    const RoutesView* view, int32_t vehicle, int32_t request, const Place* place, int64_t bound
) noexcept nogil
cdef int64_t cost_at(
    const RoutesView* view, int32_t vehicle, int32_t request, Place* place
) noexcept nogil
cdef void look_at_pair(
    const RoutesView* view, int32_t vehicle, int32_t request, int32_t after, bint hasty, Place* best
) noexcept nogil
cdef Place cheapest_place(const RoutesView* view, int32_t vehicle, int32_t request) noexcept nogil
cdef void link_request(RoutesView* view, int32_t request, const Place* place) noexcept nogil


cdef inline bint has_room(const RoutesView* view, int32_t vehicle, int32_t request) noexcept nogil:
    """Tell whether a vehicle may serve a request, as far as that does not depend on the place."""
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef const Route* route = &view.routes[vehicle]
    cdef const int64_t* load
    cdef int32_t unit
    if route.stops + is_pair(model, request) >= owner.max_stops:
        return False
    if not model.carries:
        load = &model.delivery[<int64_t> request * model.units]
        for unit in range(model.units):
            if route.load[unit] + load[unit] > owner.capacity[unit]:
                return False
    if extra_cost(model, vehicle, request) >= NEVER:
        return False
    if model.tie_first != NULL and not may_join(view, vehicle, request):
        return False
    return model.kind == NULL or makes_trips(owner) or (model.excluded[request] & route.kinds) == 0


cdef inline bint read_legs(
    const RoutesView* view, int32_t vehicle, int32_t task, Place* place
) noexcept nogil:
    """Read the legs of a task behind the stop `place.after`; return whether there is a way."""
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef int32_t before = view.stops[place.after].next
    place.second_after = -1
    place.leg_in = leg(model, owner.durations, place.after, task)
    place.leg_out = leg(model, owner.durations_to, before, task)
    if place.leg_in >= INF or place.leg_out >= INF:
        return False
    place.extra_length = (
        leg(model, owner.distances, place.after, task)
        + leg(model, owner.distances_to, before, task)
        - view.stops[before].length
    )
    return True


cdef inline int64_t insertion_cost(
    const RoutesView* view, int32_t vehicle, int32_t request, const Place* place, int64_t bound
) noexcept nogil:
    """Return what a request of one task costs at a place whose legs are read; NEVER if that breaks a rule.

    NEVER also if it costs `bound` or more. The request must not be on a route, and `has_room` must hold.
    Constant time, except where windows come in several: then the duty takes a walk along the route, for
    places that pass all other tests.
    """
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef const Route* route = &view.routes[vehicle]
    cdef const Node* node = &model.nodes[request]
    cdef const Stop* tail = &view.stops[place.after]
    cdef const Stop* head = &view.stops[tail.next]
    cdef int64_t service, distance, cost, duty
    if owner.is_rich:
        return rich_cost(view, vehicle, request, place, bound)
    distance = route.distance + place.extra_length
    cost = route.base + owner.per_length * distance + extra_cost(model, vehicle, request)
    if cost >= bound:  # time costs nothing or more
        return NEVER
    service = earliest_service(node, tail.depart + place.leg_in)
    if service >= NEVER or service + node.service + place.leg_out > head.latest:
        return NEVER
    if distance > owner.max_distance:
        return NEVER
    if owner.is_timed:
        if route.several == 0 and node.windows == 1:
            duty = joined(
                joined(view.stretches[place.after].before, place.leg_in, segment_of(node, node.service)),
                place.leg_out,
                view.stretches[tail.next].after,
            ).duration
        else:
            duty = line_duty(view, vehicle, write_line(view, vehicle, request, place), -NEVER)
        if duty > owner.max_duty:
            return NEVER
        cost += owner.per_tick * duty
    return cost if cost < bound else NEVER
