"""Records that the many-lane search works on; see lanes.pxi."""

from libc.stdint cimport int32_t

from o2oroute._kernel.dtypes cimport label_t

ctypedef fused lane_t:
    int32_t
    double

cdef extern from *:
    """
    /* a time and a length in one double: ms * 2**24 + dm */
    #define O2OROUTE_LABEL_ONE_MS 16777216.0
    #define O2OROUTE_LABEL_SHIFT (1.0 / 16777216.0)
    /* beyond this, a label is not exact; unreachable is far beyond */
    #define O2OROUTE_LABEL_LIMIT 9007199254740992.0
    #define O2OROUTE_LABEL_INF 1e300
    """
    const double LABEL_ONE_MS "O2OROUTE_LABEL_ONE_MS"
    const double LABEL_SHIFT "O2OROUTE_LABEL_SHIFT"
    const double LABEL_LIMIT "O2OROUTE_LABEL_LIMIT"
    const double LABEL_INF "O2OROUTE_LABEL_INF"

# the arcs up: row v is first[v] .. first[v + 1]
cdef struct UpView:
    const int32_t* parent  # in the elimination tree, -1 for roots
    const int32_t* first
    const int32_t* head
    const void* weight

# points and, row by row, the nodes where they begin with what it takes to get there
cdef struct EndsView:
    const int32_t* first
    const int32_t* node
    const void* offset

# the seeds of the lanes' points, row by row, and those of the swept points, sorted by node
cdef struct AheadView:
    bint backwards  # the swept points are the sources
    const int32_t* first
    const int32_t* node
    const label_t* offset
    int32_t swept
    const int32_t* swept_node
    const int32_t* swept_point
    const label_t* swept_offset

# The steps of a sweep: the nodes from which some target is reached going down, highest first, and right after
# the lowest node of its ends each target. Each step fills one row from rows that earlier steps have filled.
# Rows of the nodes between the root and the node at hand lie in a stack, by depth in the tree; the rows of
# the targets follow.
cdef struct ClosureView:
    int32_t count
    const int32_t* node  # where a lane may start; for a target the number behind the last node
    const int32_t* row
    const int32_t* first
    const int32_t* slot  # rows that the arcs come from
    const void* weight

# One for each thread; pointers to rows are to ROW_BYTES each.
cdef struct LaneWorkspace:
    int32_t group  # number of the group at hand
    int32_t* mark  # nodes, and one more that is never met: the last group that met it
    int32_t* place  # nodes: its row, where `mark` is the group at hand
    int32_t* met  # nodes of the group, falling
    int32_t* order  # seeds of the group, falling
    void* rows  # as many as are met, and one more
    void* stack  # depths, and behind them
    void* found  # targets
    double* top  # one for each lane of a cache line: largest label that was written

# What a room offers; a row holds ROW_BYTES // sizeof(lane_t) lanes.
ctypedef void (*group_function)(
    bint, const UpView*, const EndsView*, const AheadView*, const ClosureView*, const int32_t*, int32_t,
    LaneWorkspace*
) noexcept nogil

ctypedef void (*emit_function)(
    LaneWorkspace*, bint, int32_t, const int32_t*, int32_t, bint, size_t, bint, void*, void*
) noexcept nogil

cdef struct Room:
    int32_t row_bytes
    group_function group
    emit_function emit
