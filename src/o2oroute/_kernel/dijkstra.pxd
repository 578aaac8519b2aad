"""What the door needs of the one-to-many search; see dijkstra.pyx."""

from libc.stdint cimport int32_t

from o2oroute._kernel.dtypes cimport dm_of, label_t, ms_of
from o2oroute._kernel.heap cimport Heap

# a head and its weight lie side by side: one cache line a relaxation instead of two
cdef struct Arc:
    int32_t head
    int32_t weight_ms

cdef struct GraphView:
    int32_t nodes
    const int32_t* first_out  # nodes + 1
    const Arc* arcs
    const int32_t* node_dm  # length of the node's segment, and so of each arc that leaves it

cdef struct SeedsView:
    int32_t points
    const int32_t* first  # points + 1
    const int32_t* node
    const label_t* offset  # from the start of the node's segment to the point

# 24 bytes; `label` and `parent` count only where `epoch` is the search's own
cdef struct NodeState:
    label_t label
    int32_t epoch
    int32_t parent  # arc that gave the label; ~arc where the search began with it
    int32_t target_epoch  # the node is a target where this is the target set's own epoch
    int32_t unused

cdef struct WorkspaceView:
    NodeState* states
    Heap heap
    int32_t epoch
    int32_t target_epoch
    int32_t target_nodes  # different nodes among the marked targets

cdef enum Status:
    FOUND = 0
    UNREACHABLE = 1
    TOO_LONG = 2

# the way from one point to another: over arcs, or straight on along the node both lie on
cdef struct Way:
    label_t label
    int32_t source_seed
    int32_t target_seed
    int32_t arcs  # 0: straight on

cdef inline bint is_ahead(label_t from_offset, label_t to_offset) noexcept nogil:
    # in time and in length: two points within the same millisecond may still lie the wrong way round
    return ms_of(to_offset) >= ms_of(from_offset) and dm_of(to_offset) >= dm_of(from_offset)

cdef void mark_targets(
    WorkspaceView* work, const SeedsView* targets, int32_t point_from, int32_t point_to
) noexcept nogil

cdef int search(
    WorkspaceView* work, const GraphView* graph, const SeedsView* sources, int32_t source
) noexcept nogil

cdef int read_row(
    const WorkspaceView* work, const SeedsView* sources, int32_t source, const SeedsView* targets,
    int32_t* out_ms, int32_t* out_dm,
) noexcept nogil

cdef int find_way(
    const WorkspaceView* work, const GraphView* graph, const SeedsView* sources, int32_t source,
    const SeedsView* targets, int32_t target, Way* way,
) noexcept nogil

cdef void read_arcs(
    const WorkspaceView* work, const GraphView* graph, const SeedsView* targets, const Way* way, int32_t* out
) noexcept nogil
