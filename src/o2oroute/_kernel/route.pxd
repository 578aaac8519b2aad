"""Routes that know their own times, and what one more order would cost; see route.pyx."""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.timing cimport (
    NEVER, Node, Segment, earliest_service, joined, segment_of,
)

cdef struct Vehicle:
    const int32_t* durations  # legs of its profile, points x points: [from, to]
    const int32_t* distances
    const int32_t* durations_to  # transposed: [to, from], so that many tails of one head lie side by side
    const int32_t* distances_to
    const int64_t* capacity  # units
    int64_t fixed
    int64_t per_tick
    int64_t per_length
    int64_t max_distance
    int64_t max_duty
    int32_t max_stops

# nodes: orders, then a start for each vehicle, then an end for each vehicle
cdef struct ModelView:
    int32_t orders
    int32_t vehicle_count
    int32_t units
    int64_t points
    const Node* nodes
    const int64_t* order_load  # orders x units
    const Vehicle* vehicles

# a node on a route; what follows `vehicle` counts only while the node is on one
cdef struct Stop:
    int32_t prev
    int32_t next
    int32_t vehicle  # -1: not on a route
    int32_t length  # of the leg from `prev`
    int64_t depart  # earliest departure
    int64_t latest  # latest start of service that leaves the rest of the route feasible
    Segment before  # from the route's start to here, and from here to its end;
    Segment after  # kept only while each node of the route has one window

cdef struct Route:
    int64_t* load  # units
    int32_t stops  # orders on it
    int32_t several  # nodes with several windows, start and end included
    int64_t distance
    int64_t duty  # as short as windows allow
    int64_t cost  # 0 while there are no orders on it

cdef struct RoutesView:
    ModelView* model
    Stop* stops
    Route* routes

# an order right behind the stop `after`: what it costs, and the legs, which stay while that stop's `next`
# does
cdef struct Place:
    int64_t cost  # NEVER: none is feasible
    int32_t after
    int32_t leg_in
    int32_t leg_out
    int32_t extra_length  # of the two new legs over the one they replace

cdef void clear_route(RoutesView* view, int32_t vehicle) noexcept nogil
cdef void link_order(RoutesView* view, int32_t order, int32_t after) noexcept nogil
cdef void append_order(RoutesView* view, int32_t vehicle, int32_t order) noexcept nogil
cdef void insert_order(RoutesView* view, int32_t order, int32_t after) noexcept nogil
cdef void remove_order(RoutesView* view, int32_t order) noexcept nogil
cdef bint update_route(RoutesView* view, int32_t vehicle) noexcept nogil
cdef int64_t least_duty(const RoutesView* view, int32_t vehicle, int32_t order, int32_t after) noexcept nogil
cdef Place cheapest_place(const RoutesView* view, int32_t vehicle, int32_t order) noexcept nogil


cdef inline int32_t start_of(const ModelView* model, int32_t vehicle) noexcept nogil:
    return model.orders + vehicle


cdef inline int32_t end_of(const ModelView* model, int32_t vehicle) noexcept nogil:
    return model.orders + model.vehicle_count + vehicle


cdef inline int32_t leg(
    const ModelView* model, const int32_t* legs, int32_t tail, int32_t head
) noexcept nogil:
    """Return a leg between nodes; open starts and ends are no way off."""
    cdef int32_t from_point = model.nodes[tail].point
    cdef int32_t to_point = model.nodes[head].point
    if from_point < 0 or to_point < 0:
        return 0
    return legs[from_point * model.points + to_point]


cdef inline bint has_room(const RoutesView* view, int32_t vehicle, int32_t order) noexcept nogil:
    """Tell whether the order's load and one more stop fit the vehicle."""
    cdef const Vehicle* owner = &view.model.vehicles[vehicle]
    cdef const Route* route = &view.routes[vehicle]
    cdef const int64_t* load = &view.model.order_load[<int64_t> order * view.model.units]
    cdef int32_t unit
    if route.stops >= owner.max_stops:
        return False
    for unit in range(view.model.units):
        if route.load[unit] + load[unit] > owner.capacity[unit]:
            return False
    return True


cdef inline bint read_legs(
    const RoutesView* view, int32_t vehicle, int32_t order, Place* place
) noexcept nogil:
    """Read the legs of an order behind the stop `place.after`; return whether there is a way."""
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = &model.vehicles[vehicle]
    cdef int32_t before = view.stops[place.after].next
    place.leg_in = leg(model, owner.durations, place.after, order)
    place.leg_out = leg(model, owner.durations_to, before, order)
    if place.leg_in >= INF or place.leg_out >= INF:
        return False
    place.extra_length = (
        leg(model, owner.distances, place.after, order)
        + leg(model, owner.distances_to, before, order)
        - view.stops[before].length
    )
    return True


cdef inline int64_t insertion_cost(
    const RoutesView* view, int32_t vehicle, int32_t order, const Place* place, int64_t bound
) noexcept nogil:
    """Return what an order costs at a place whose legs are read; NEVER if it breaks a rule or costs `bound`.

    The order must not be on a route, and `has_room` must hold. Constant time, except where windows come in
    several: then the duty takes a walk along the route, for places that pass all other tests.
    """
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = &model.vehicles[vehicle]
    cdef const Route* route = &view.routes[vehicle]
    cdef const Node* node = &model.nodes[order]
    cdef const Stop* tail = &view.stops[place.after]
    cdef const Stop* head = &view.stops[tail.next]
    cdef int64_t service = earliest_service(node, tail.depart + place.leg_in)
    cdef int64_t distance = route.distance + place.extra_length
    cdef int64_t cost = owner.fixed + owner.per_length * distance - route.cost
    cdef int64_t duty
    if service >= NEVER or service + node.service + place.leg_out > head.latest:
        return NEVER
    if distance > owner.max_distance:
        return NEVER
    if owner.per_tick > 0 or owner.max_duty < NEVER:
        if route.several == 0 and node.windows == 1:
            duty = joined(
                joined(tail.before, place.leg_in, segment_of(node)), place.leg_out, head.after
            ).duration
        elif cost >= bound:
            return NEVER
        else:
            duty = least_duty(view, vehicle, order, place.after)
        if duty > owner.max_duty:
            return NEVER
        cost += owner.per_tick * duty
    return cost if cost < bound else NEVER
