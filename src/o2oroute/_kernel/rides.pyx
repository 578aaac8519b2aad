"""Rides that may last so long: from leaving a pickup to the start of service at its delivery.

Each bound says that one moment is no later than another plus a number. So of all schedules from some start on
there is one that is the earliest everywhere, and of all with some end one that is the latest everywhere:
passes along the line find them, which go back where a ride is too long and let its pickup come later, or in
the other direction its delivery earlier. Going back and forth ends, or the pass gives up after many steps,
and the line counts as infeasible. For the latest schedule that ends with the earliest, see `line_duty` in
line.pyx: what it says about windows that close before a wait holds for rides, too.

Cordeau, Laporte: A tabu search heuristic for the static multi-vehicle dial-a-ride problem, Transportation
Research Part B 37, 2003, delay pickups in this way; Firat, Woeginger: Analysis of the dial-a-ride problem of
Hunsaker and Savelsbergh, Operations Research Letters 39, 2011, see the bounds as paths.

Layout. In the work space, by position on the line: the position of the pickup of each delivery with such a
ride, or -1; and bounds of the start of service within which no schedule has a ride that is too long.
"""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.route cimport ModelView, RoutesView, is_first_task, request_of
from o2oroute._kernel.timing cimport NEVER, Node, earliest_service, latest_service

cdef enum:
    STEPS = 20  # for each node of the line


cdef bint find_rides(const Sweep* sweep) noexcept nogil:
    """Write down where rides begin; tell whether there are any, and take back bounds of other lines."""
    cdef const RoutesView* view = sweep.view
    cdef const ModelView* model = view.model
    cdef bint found = False
    cdef int32_t i, k, task
    for i in range(sweep.count):
        view.pickups[i] = -1
        view.lowest[i], view.highest[i] = -NEVER, NEVER
        task = view.line[i]
        if task < model.tasks and not is_first_task(model, task):
            if model.max_ride[request_of(model, task)] < NEVER:
                for k in range(1, i):
                    if view.line[k] == task - 1:
                        view.pickups[i] = k
                        found = True
    return found


cdef inline int64_t longest_ride(const Sweep* sweep, int32_t delivery) noexcept nogil:
    """Return how long after the start of its pickup a delivery may begin."""
    cdef const RoutesView* view = sweep.view
    return (
        view.model.max_ride[request_of(view.model, view.line[delivery])]
        + view.stays[view.pickups[delivery]]
    )


cdef bint pass_forward(const Sweep* sweep, int64_t release, int64_t* moments) noexcept nogil:
    """Work out the earliest schedule that starts at `release` or later; tell whether there is one."""
    cdef const RoutesView* view = sweep.view
    cdef const Node* nodes = sweep.owner.nodes
    cdef int64_t steps = STEPS * <int64_t> sweep.count
    cdef int64_t moment
    cdef int32_t i = 0
    cdef int32_t k
    for k in range(sweep.count):
        moments[k] = -NEVER
    while i < sweep.count:
        steps -= 1
        moment = release if i == 0 else moments[i - 1] + view.stays[i - 1] + view.legs[i - 1]
        # moments that a pickup was put off to stay
        moment = earliest_service(&nodes[view.line[i]], max(moment, moments[i]))
        if moment >= NEVER or steps < 0:
            return False
        moments[i] = moment
        k = view.pickups[i]
        if k >= 0 and moment > moments[k] + longest_ride(sweep, i):
            moments[k] = moment - longest_ride(sweep, i)
            i = k
            continue
        i += 1
    return True


cdef bint pass_backward(const Sweep* sweep, int64_t end, int64_t* moments) noexcept nogil:
    """Work out the latest schedule that ends at `end` or earlier; tell whether there is one."""
    cdef const RoutesView* view = sweep.view
    cdef const Node* nodes = sweep.owner.nodes
    cdef int64_t steps = STEPS * <int64_t> sweep.count
    cdef int64_t moment
    cdef int32_t i = sweep.count - 1
    cdef int32_t k, late
    for k in range(sweep.count):
        moments[k] = NEVER
    while i >= 0:
        steps -= 1
        moment = end
        if i < sweep.count - 1:
            moment = moments[i + 1] - view.legs[i] - view.stays[i]
        moment = latest_service(&nodes[view.line[i]], min(moment, moments[i]))
        if moment <= -NEVER or steps < 0:
            return False
        moments[i] = moment
        late = -1
        for k in range(i + 1, sweep.count):
            if view.pickups[k] == i and moments[k] > moment + longest_ride(sweep, k):
                moments[k] = moment + longest_ride(sweep, k)
                late = k
        i = late if late >= 0 else i - 1
    return True


cdef bint shortest_with_rides(
    const Sweep* sweep, int64_t* duty, int64_t* end, int64_t* soonest, int64_t* latest
) noexcept nogil:
    """Find the least duty where nothing else costs; tell whether any schedule keeps windows and rides.

    `soonest` becomes the earliest schedule, `latest` the one with the least duty.
    """
    cdef int64_t release = sweep.release
    cdef int64_t least = NEVER
    cdef int64_t work = 0
    cdef int64_t start
    cdef int32_t i
    cdef int64_t* moments = sweep.view.moments
    for i in range(sweep.count - 1):
        work += sweep.view.stays[i] + sweep.view.legs[i]
    while pass_forward(sweep, release, moments):
        if least >= NEVER:
            for i in range(sweep.count):
                soonest[i] = moments[i]
        end[0] = moments[sweep.count - 1]
        if not pass_backward(sweep, end[0], moments):
            break
        start = moments[0]
        if end[0] - start < least:
            least = duty[0] = end[0] - start
            for i in range(sweep.count):
                latest[i] = moments[i]
        if least <= work:
            break
        release = start + 1
    if least < NEVER:
        end[0] = latest[sweep.count - 1]
    return least < NEVER


cdef void bound_rides(const Sweep* sweep, const int64_t* schedule) noexcept nogil:
    """Bound services around a schedule, so that whatever keeps the bounds keeps the rides."""
    cdef const RoutesView* view = sweep.view
    cdef int32_t i, k
    for i in range(sweep.count):
        view.lowest[i], view.highest[i] = -NEVER, NEVER
    for i in range(sweep.count):
        k = view.pickups[i]
        if k >= 0:
            view.lowest[k] = schedule[k]
            view.highest[i] = schedule[k] + longest_ride(sweep, i)
