"""Time along a route: when service may start, and what a stretch of a route takes.

All that the route rooms know about time goes through these inlined functions. Times are ticks in int64; legs
are int32 and below INF when they are used. A *node* is a task, or the start or end of a vehicle (with no
service). Its windows bound the start of service, both ends included; they ascend and do not overlap.

`earliest_service` and `latest_service` never decrease in their time, so that "feasible up to here" and
"feasible from here" stay exact with any number of windows: a route is feasible if the earliest departure on
the one side of a leg, plus the leg, is no later than the latest service on the other side.

A *segment* sums up a feasible stretch in which each node has one window (Vidal, Crainic, Gendreau, Prins: A
hybrid genetic algorithm with adaptive diversity management for a large class of vehicle routing problems with
time-windows, Computers and Operations Research 40, 2013, section 4.1, without time warp):

    duration    from the first service to the last departure, as short as windows allow
    earliest    first service that reaches this duration; an earlier one only waits longer
    latest      last first service that is feasible
"""

from libc.stdint cimport int32_t, int64_t

cdef extern from *:
    """
    #include <stdint.h>
    /* later than every time and dearer than every cost; four of them still fit an int64 */
    #define O2OROUTE_NEVER ((int64_t)1 << 60)
    """
    const int64_t NEVER "O2OROUTE_NEVER"

cdef struct Window:
    int64_t open
    int64_t close

cdef struct Node:
    int32_t point  # in the legs; -1 at an open start or end, which is wherever its neighbour is
    int32_t windows
    const Window* window
    int64_t service

cdef struct Segment:
    int64_t duration
    int64_t earliest
    int64_t latest


cdef inline int64_t earliest_service(const Node* node, int64_t arrival) noexcept nogil:
    """Return the first moment from `arrival` on at which service may start, or NEVER."""
    cdef int32_t i
    for i in range(node.windows):
        if arrival <= node.window[i].close:
            return arrival if arrival > node.window[i].open else node.window[i].open
    return NEVER


cdef inline int64_t latest_service(const Node* node, int64_t bound) noexcept nogil:
    """Return the last moment up to `bound` at which service may start, or -NEVER."""
    cdef int32_t i
    for i in range(node.windows - 1, -1, -1):
        if bound >= node.window[i].open:
            return bound if bound < node.window[i].close else node.window[i].close
    return -NEVER


cdef inline Segment segment_of(const Node* node, int64_t stay) noexcept nogil:
    """Return the stretch that is this node alone, which must have one window, with so long a stay."""
    cdef Segment segment
    segment.duration = stay
    segment.earliest = node.window[0].open
    segment.latest = node.window[0].close
    return segment


cdef inline bint can_join(const Segment* first, int64_t leg, const Segment* second) noexcept nogil:
    """Tell whether two stretches are feasible one after the other."""
    return first.earliest + first.duration + leg <= second.latest


cdef inline Segment joined(Segment first, int64_t leg, Segment second) noexcept nogil:
    """Return two stretches one after the other, which together must be feasible."""
    cdef Segment both
    cdef int64_t shift = first.duration + leg
    cdef int64_t waiting = second.earliest - shift - first.latest
    if waiting < 0:
        waiting = 0
    both.duration = shift + second.duration + waiting
    both.earliest = second.earliest - shift
    if first.earliest > both.earliest:
        both.earliest = first.earliest
    both.earliest -= waiting
    both.latest = second.latest - shift
    if first.latest < both.latest:
        both.latest = first.latest
    return both
