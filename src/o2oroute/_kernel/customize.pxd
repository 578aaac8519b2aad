"""What the door needs of the customization; see customize.pyx."""

from libc.stdint cimport int32_t, uint8_t

ctypedef fused weight_t:
    uint8_t
    int32_t
    double

# The chordal pattern: row v is first[v] .. first[v + 1], heads rising. Transposed: the entries that lead to
# x are lower_entry[lower_first[x]] .., and lower[..] are the rows they stand in.
cdef struct Chordal:
    int32_t nodes
    const int32_t* first
    const int32_t* head
    const int32_t* lower_first
    const int32_t* lower
    const int32_t* lower_entry

cdef void place_weights(
    int32_t arcs, const int32_t* slot, int32_t entries, const weight_t* weight, weight_t* own_up, weight_t*
    own_down
) noexcept nogil

cdef bint customize_row(
    const Chordal* c, int32_t x, const weight_t* own_up, const weight_t* own_down, weight_t* up, weight_t*
    down, int32_t* place, weight_t* new_up, weight_t* new_down,
) noexcept nogil

cdef void customize_all(
    const Chordal* c, const weight_t* own_up, const weight_t* own_down, weight_t* up, weight_t* down,
    int32_t* place, weight_t* new_up, weight_t* new_down,
) noexcept nogil

cdef int32_t customize_some(
    const Chordal* c, const double* own_up, const double* own_down, double* up, double* down,
    int32_t* place, double* new_up, double* new_down, uint8_t* stale, int32_t lowest,
) noexcept nogil

cdef bint times_of_labels(int32_t entries, const double* label, double most, int32_t* ms) noexcept nogil
