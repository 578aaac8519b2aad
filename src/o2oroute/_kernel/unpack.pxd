"""What the door needs to find one path; see unpack.pyx."""

from libc.stdint cimport int32_t, uint8_t

from o2oroute._kernel.dijkstra cimport GraphView, SeedsView, Way

# a customized hierarchy with all that unpacking needs; labels as in lanes.pxd
cdef struct PathView:
    int32_t nodes
    const int32_t* rank  # of the graph's nodes
    const int32_t* parent
    const int32_t* first  # the chordal pattern
    const int32_t* head
    const int32_t* lower_first
    const int32_t* lower
    const int32_t* lower_entry
    const double* up  # per entry: row to head
    const double* down  # per entry: head to row
    const double* own_up  # the same by the graph's own arcs alone ...
    const double* own_down
    const int32_t* arc_up  # ... and which arc that is
    const int32_t* arc_down

# where a climb begins: nodes, each with the way there
cdef struct Foot:
    int32_t count
    int32_t* node
    int32_t* falling  # the nodes again, highest first
    int32_t* seed
    int32_t* arc  # that leads there from the seed of a source
    double* label

# one search towards the root
cdef struct Climb:
    Foot foot
    int32_t count
    int32_t* met  # ancestors of the foot, falling
    double* label  # by node
    int32_t* entry  # by node: pattern entry that gave the label, or ~ the place in the foot

# memory of one search for a path
cdef struct PathRoom:
    Climb forward
    Climb backward
    uint8_t* mark  # by node; clear
    int32_t* stack
    int32_t* arcs
    int32_t room  # for arcs

cdef int find_path(
    const PathView* p, const GraphView* graph, const SeedsView* sources, int32_t source,
    const SeedsView* targets, int32_t target, double most_exact_ms, PathRoom* room, Way* way,
) noexcept nogil
