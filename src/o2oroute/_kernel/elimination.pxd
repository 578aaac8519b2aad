"""What the door needs of the elimination; see elimination.pyx."""

from libc.stdint cimport int32_t

from o2oroute._kernel.dijkstra cimport GraphView

# rows of a triangular pattern: row v is first[v] .. first[v + 1]
cdef struct Pattern:
    int32_t nodes
    int32_t* first
    int32_t* head

cdef void elimination_tree(
    int32_t nodes, const int32_t* lower_first, const int32_t* lower, int32_t* parent, int32_t* ancestor
) noexcept nogil

cdef void postorder(
    int32_t nodes, const int32_t* parent, int32_t* first_child, int32_t* next_sibling, int32_t* stack,
    int32_t* position,
) noexcept nogil

cdef int fill_pattern(
    int32_t nodes, const int32_t* parent, const int32_t* first_child, const int32_t* next_sibling,
    const int32_t* upper_first, const int32_t* upper, int32_t* mark, Pattern* pattern,
) noexcept nogil

cdef void transpose(
    int32_t nodes, const int32_t* first, const int32_t* head, int32_t* other_first, int32_t* other_head,
    int32_t* place,
) noexcept nogil

cdef void sort_rows(
    int32_t nodes, const int32_t* lower_first, const int32_t* lower, const int32_t* first, int32_t* head,
    int32_t* lower_entry, int32_t* place,
) noexcept nogil

cdef void place_arcs(
    int32_t nodes, const GraphView* graph, const int32_t* rank, const Pattern* pattern, int32_t* slot
) noexcept nogil
