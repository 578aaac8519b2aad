"""A route written out as a line of nodes, and what only a walk along it can tell.

Layout: the nodes in the order of the visits, from start to end, with the ticks spent at each and the ticks to
the next, in the work space of the routes:

    line    [start, task, task, ..., end]        stays, legs   alike; the last leg is no number
"""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.route cimport (
    ModelView, Place, RoutesView, Vehicle, end_of, first_task, leg, start_of, stay,
)
from o2oroute._kernel.timing cimport NEVER, Node, earliest_service, latest_service


cdef int32_t write_line(
    const RoutesView* view, int32_t vehicle, int32_t request, const Place* place
) noexcept nogil:
    """Write out a route, with a request at a place unless that is -1; return the number of nodes."""
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef int32_t first = -1
    cdef int32_t stop = start_of(model, vehicle)
    cdef int32_t end = end_of(model, vehicle)
    cdef int32_t count = 0
    cdef int32_t i
    if request >= 0:
        first = first_task(model, request)
    while stop >= 0:
        view.line[count] = stop
        count += 1
        if first >= 0 and stop == place.after:
            view.line[count] = first
            count += 1
            if place.second_after == first:
                view.line[count] = first + 1
                count += 1
        if first >= 0 and stop == place.second_after:
            view.line[count] = first + 1
            count += 1
        stop = -1 if stop == end else view.stops[stop].next
    view.stays[0] = owner.nodes[view.line[0]].service
    for i in range(1, count):
        view.legs[i - 1] = leg(model, owner.durations, view.line[i - 1], view.line[i])
        view.stays[i] = stay(model, owner, view.line[i - 1], view.line[i])
    return count


cdef int64_t line_duty(
    const RoutesView* view, int32_t vehicle, int32_t count, int64_t release
) noexcept nogil:
    """Return the shortest duty of a line with any number of windows that starts at `release` or later.

    The end of a route never decreases in its start. For an end, the latest start with this end gives the
    least duty. If that schedule nowhere waits, no schedule is shorter; else some window closes before the
    wait, and starting one tick later loses it for good: so there are at most as many rounds as there are
    windows. Return NEVER if no start is feasible.
    """
    cdef const Node* nodes = view.model.vehicles[vehicle].nodes
    cdef int64_t least = NEVER
    cdef int64_t work = 0
    cdef int64_t moment, end_moment
    cdef int32_t i
    for i in range(count - 1):
        work += view.stays[i] + view.legs[i]
    while True:
        moment = earliest_service(&nodes[view.line[0]], release)
        for i in range(1, count):
            if moment >= NEVER:
                return least
            moment = earliest_service(&nodes[view.line[i]], moment + view.stays[i - 1] + view.legs[i - 1])
        if moment >= NEVER:
            return least
        end_moment = moment
        for i in range(count - 2, -1, -1):
            moment = latest_service(&nodes[view.line[i]], moment - view.legs[i] - view.stays[i])
        if end_moment - moment < least:
            least = end_moment - moment
        if end_moment - moment <= work:
            return least
        release = moment + 1
