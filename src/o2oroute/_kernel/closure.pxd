"""What the door needs to select a closure; see closure.pyx."""

from libc.stdint cimport int32_t, uint8_t

cdef int32_t ancestors_falling(
    const int32_t* parent, const int32_t* nodes_falling, int32_t count, uint8_t* mark, int32_t* out
) noexcept nogil

cdef int32_t keep_reached(
    const int32_t* first, const int32_t* tail, const int32_t* seeds, int32_t seed_count, uint8_t* mark,
    int32_t* nodes, int32_t count, int32_t* arcs,
) noexcept nogil

cdef void fill_closure(
    const int32_t* first, const int32_t* tail, const int32_t* node_depth, const int32_t* nodes, int32_t count,
    int32_t* closure_first, int32_t* slot, int32_t* arc,
) noexcept nogil
