"""Routes that know their own times and loads; see route.pyx."""

from libc.stdint cimport int32_t, int64_t, uint64_t

from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.curve cimport Curve, Piece, Term
from o2oroute._kernel.timing cimport NEVER, Node, Segment, Window

# what holds between the members of a relation
cdef enum:
    SAME_VEHICLE
    DIFFERENT_VEHICLES
    IN_ORDER  # on one vehicle
    IN_SEQUENCE  # directly one behind the other

# a break of the driver; see day.pyx
cdef struct Pause:
    int64_t duration
    const Window* window
    int32_t windows
    bint is_paid
    bint is_dispensable  # a route that is over before it, or begins after it, goes without
    const int64_t* max_load  # units

# a depot where a vehicle may load again
cdef struct Reload:
    int32_t point
    int32_t windows
    const Window* window  # when loading may start
    int64_t loading  # ticks until it leaves again

# what a vehicle's day asks for besides windows and limits
cdef struct Day:
    const Pause* pauses  # in the order in which they are taken
    int32_t pause_count
    int32_t reload_count  # 0: it makes one trip
    const Reload* reloads
    int32_t max_trips  # as far as they are counted; 0: they are not
    int64_t ordinary  # paid ticks, after which
    int64_t overtime  # each costs so much more

cdef struct Vehicle:
    const Day* day  # NULL: nothing; else day.pyx works out what time costs
    const int32_t* durations  # legs of its profile, points x points: [from, to]
    const int32_t* distances
    const int32_t* durations_to  # transposed: [to, from], so that many tails of one head lie side by side
    const int32_t* distances_to
    const Node* nodes  # with the service of its type
    const int64_t* setup  # tasks, of its type; NULL: there is none
    const int64_t* capacity  # units
    int64_t fixed
    int64_t per_tick
    int64_t per_length
    int64_t per_travel  # cost of a tick of driving
    int64_t per_service  # cost of a tick of service and set-up
    int64_t per_stop
    int64_t max_distance
    int64_t max_duty
    int64_t max_travel
    int32_t max_stops
    bint is_timed  # duty costs or is limited
    bint is_deep  # its routes are brought up to date as a whole, with all sums
    bint is_rich  # an insertion takes the tests of places.pyx

# Requests are first those of one task, `singles` of them, then pairs of two: a pickup and its drop-off. Tasks
# are numbered alike, the two of a pair one behind the other. Nodes are the tasks, then a start for each
# vehicle, then an end for each vehicle.
cdef struct ModelView:
    int32_t tasks
    int32_t requests
    int32_t singles
    int32_t vehicle_count
    int32_t units
    bint carries  # loads change otherwise than by deliveries from the start
    int64_t points
    const Node* nodes  # as those of vehicles, but for the service
    const int64_t* delivery  # tasks x units: on board from the start
    const int64_t* change  # tasks x units: what the load changes by at the stop
    const int32_t* place  # tasks: at one place, set-up is paid once
    const int64_t* release  # tasks: no earlier departure from the start; NULL: there is none
    const int64_t* choice_cost  # choices x vehicles: NEVER where it may not; NULL: all may serve all
    const int32_t* choice  # requests: row of `choice_cost`
    const uint64_t* kind  # requests: a bit for the kind of load; NULL: there is none
    const uint64_t* excluded  # requests: bits of the kinds it may not ride with
    # relations.pyx; NULL: there are none
    const int32_t* tie_first
    const int32_t* tie_relation
    const int32_t* tie_rank
    const int32_t* relation_kind
    const int32_t* relation_first
    const int32_t* relation_task
    # what the moments of tasks cost, task by task; NULL: nothing
    const int32_t* soft_first
    const Term* soft
    const int64_t* max_ride  # requests: most ticks from leaving the first task to the second; NULL: any
    const Vehicle** vehicles  # those that differ in nothing here share one
    bint counts  # the order of stops matters, or what they are: pairs, kinds of load, releases, relations

# a node on a route; what follows `vehicle` counts only while the node is on one
cdef struct Stop:
    int32_t prev
    int32_t next
    int32_t vehicle  # -1: not on a route
    int32_t length  # of the leg from `prev`
    int64_t depart  # earliest departure
    int64_t latest  # latest start of service that leaves the rest of the route feasible

# what else a route knows at a node; kept on deep routes only
cdef struct Stretch:
    Segment before  # from the route's start to here, and from here to its end;
    Segment after  # kept only while each node of the route has one window
    int32_t travel  # duration of the leg from `prev`
    int32_t position  # 0 at the start
    int32_t open  # pairs that are on board on leaving

cdef struct Route:
    int64_t* load  # units: all that is delivered from the start
    int32_t stops  # tasks on it
    int32_t several  # nodes with several windows, start and end included
    int64_t distance
    int64_t cost  # 0 while there are no tasks on it
    int64_t base  # what a task more costs, without time and length
    int64_t extra  # cost of what it serves though others should
    # kept on deep routes only
    int64_t duty  # as short as windows allow
    int64_t travel  # ticks of driving
    int64_t work  # ticks of driving and service: no duty is shorter
    int64_t release  # of all tasks; -NEVER if there is none
    uint64_t kinds  # of the loads

# curves that are kept
cdef struct Kept:
    int32_t first  # piece
    int32_t count
    int64_t length  # that detours to depots have taken
    int64_t travel

# a way to get to a depot where a trip begins; plain_trips.pyx
cdef struct Label:
    int64_t cost  # of detours to depots
    Segment way  # from the start to the depot
    int32_t depot
    int32_t trips  # made until there

cdef enum:
    MOST_LABELS = 16  # at a task

cdef struct Stock:
    Label* labels  # by position on the line, MOST_LABELS each
    int32_t* label_count
    Piece* pieces
    int32_t used
    int32_t room
    Kept* kept
    int64_t* loads  # 3 x units

cdef struct RoutesView:
    ModelView* model
    Stop* stops
    Stretch* stretches  # nodes
    Route* routes
    # nodes x 3 units, where loads change on the way: the load on leaving, the highest up to there, and from
    # there on; NULL elsewhere
    int64_t* loads
    # work space, for one route and a request more
    int32_t* line  # nodes in the order of the visits
    int64_t* stays  # ticks at each
    int64_t* legs  # ticks to the next
    Curve* curves
    Stock* stock  # trips.pyx
    # rides.pyx; by position on the line
    int32_t* pickups
    int64_t* lowest  # bounds of the start of service;
    int64_t* highest
    int64_t* moments
    int64_t* schedules  # two of them
    # by leg of the line, a bit for each break or depot that may be on it; NULL: any may
    const uint64_t* may_pause
    const uint64_t* may_reload

# where a request is put on a route: its task, or the pickup of a pair, right behind the stop `after`. The
# legs are those of a single task, and stay while that stop's `next` does.
cdef struct Place:
    int64_t cost  # NEVER: none is feasible
    int32_t after
    int32_t second_after  # the stop right before the drop-off, which may be the pickup; -1 for a single task
    int32_t leg_in
    int32_t leg_out
    int32_t extra_length  # of the two new legs over the one they replace

cdef void clear_route(RoutesView* view, int32_t vehicle) noexcept nogil
cdef void append_task(RoutesView* view, int32_t vehicle, int32_t task) noexcept nogil
cdef bint update_route(RoutesView* view, int32_t vehicle) noexcept nogil


cdef inline bint makes_trips(const Vehicle* owner) noexcept nogil:
    """Tell whether a vehicle may load again on its way."""
    return owner.day != NULL and owner.day.reload_count > 0


cdef inline int32_t start_of(const ModelView* model, int32_t vehicle) noexcept nogil:
    return model.tasks + vehicle


cdef inline int32_t end_of(const ModelView* model, int32_t vehicle) noexcept nogil:
    return model.tasks + model.vehicle_count + vehicle


cdef inline int32_t request_of(const ModelView* model, int32_t task) noexcept nogil:
    return task if task < model.singles else model.singles + ((task - model.singles) >> 1)


cdef inline int32_t first_task(const ModelView* model, int32_t request) noexcept nogil:
    return request if request < model.singles else 2 * request - model.singles


cdef inline bint is_pair(const ModelView* model, int32_t request) noexcept nogil:
    return request >= model.singles


cdef inline bint is_first_task(const ModelView* model, int32_t task) noexcept nogil:
    return task < model.singles or ((task - model.singles) & 1) == 0


cdef inline int32_t partner(const ModelView* model, int32_t task) noexcept nogil:
    """Return the other task of a pair; -1 for the only task of a request."""
    if task < model.singles:
        return -1
    return task + 1 if ((task - model.singles) & 1) == 0 else task - 1


cdef inline int32_t leg(
    const ModelView* model, const int32_t* legs, int32_t tail, int32_t head
) noexcept nogil:
    """Return a leg between nodes; open starts and ends are no way off."""
    cdef int32_t from_point = model.nodes[tail].point
    cdef int32_t to_point = model.nodes[head].point
    if from_point < 0 or to_point < 0:
        return 0
    return legs[from_point * model.points + to_point]


cdef inline void set_cost(const Vehicle* owner, Route* route, int64_t of_time) noexcept nogil:
    """Set the cost of a route whose sums are up to date."""
    cdef int64_t used = owner.fixed + owner.per_stop * route.stops + route.extra
    route.cost = used + owner.per_length * route.distance + of_time if route.stops > 0 else 0
    route.base = used + owner.per_stop - route.cost


cdef inline int64_t stay(
    const ModelView* model, const Vehicle* owner, int32_t prev, int32_t stop
) noexcept nogil:
    """Return the ticks of service at a stop behind another, with the set-up unless that is at one place."""
    cdef int64_t service = owner.nodes[stop].service
    if owner.setup == NULL or stop >= model.tasks:
        return service
    if prev < model.tasks and model.place[prev] == model.place[stop]:
        return service
    return service + owner.setup[stop]


cdef inline int64_t extra_cost(const ModelView* model, int32_t vehicle, int32_t request) noexcept nogil:
    """Return what it costs besides that this vehicle serves a request; NEVER if it may not."""
    if model.choice_cost == NULL:
        return 0
    return model.choice_cost[<int64_t> model.choice[request] * model.vehicle_count + vehicle]


cdef inline void link_stop(RoutesView* view, int32_t task, int32_t after) noexcept nogil:
    """Put a task on a route, untested; the route must be brought up to date afterwards."""
    cdef const ModelView* model = view.model
    cdef Stop* stop = &view.stops[task]
    cdef int32_t vehicle = view.stops[after].vehicle
    cdef Route* route = &view.routes[vehicle]
    cdef const int64_t* load = &model.delivery[<int64_t> task * model.units]
    cdef int32_t unit
    stop.vehicle = vehicle
    stop.prev = after
    stop.next = view.stops[after].next
    stop.length = 0
    view.stops[stop.next].prev = task
    view.stops[after].next = task
    route.stops += 1
    for unit in range(model.units):
        route.load[unit] += load[unit]
    if is_first_task(model, task):
        route.extra += extra_cost(model, vehicle, request_of(model, task))


cdef inline void unlink_stop(RoutesView* view, int32_t task) noexcept nogil:
    """Take a task off its route, untested; the route must be brought up to date afterwards."""
    cdef const ModelView* model = view.model
    cdef Stop* stop = &view.stops[task]
    cdef Route* route = &view.routes[stop.vehicle]
    cdef const int64_t* load = &model.delivery[<int64_t> task * model.units]
    cdef int32_t unit
    view.stops[stop.prev].next = stop.next
    view.stops[stop.next].prev = stop.prev
    route.distance -= stop.length
    route.stops -= 1
    for unit in range(model.units):
        route.load[unit] -= load[unit]
    if is_first_task(model, task):
        route.extra -= extra_cost(model, stop.vehicle, request_of(model, task))
    stop.vehicle = -1
