"""What the door needs to find one path; see unpack.pyx."""

from libc.stdint cimport int32_t, uint8_t

# a customized hierarchy with all that unpacking needs; labels as in lanes.pxd
cdef struct PathView:
    int32_t nodes
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

# one search towards the root
cdef struct Climb:
    int32_t count
    int32_t* met  # ancestors of the seeds, falling
    double* label  # by node
    int32_t* entry  # by node: pattern entry that gave the label, or ~seed

cdef int32_t find_meeting(const Climb* forward, const Climb* backward, uint8_t* mark) noexcept nogil

cdef void climb(
    const PathView* p, const double* weight, const int32_t* seed_node, const double* seed_label, int32_t
    seeds, const int32_t* falling, uint8_t* mark, Climb* out,
) noexcept nogil

cdef int32_t unpack_path(
    const PathView* p, const Climb* forward, const Climb* backward, int32_t meeting, int32_t* stack,
    int32_t* arcs, int32_t room, int32_t* source_seed, int32_t* target_seed,
) noexcept nogil
