"""What the door needs of the nested dissection; see dissection.pyx."""

from libc.stdint cimport int8_t, int32_t

cdef enum Side:
    NEITHER = 0
    SOURCE = 1
    SINK = 2

# undirected pairs of junctions; `order` holds each link once and ends as the elimination order
cdef struct LinksView:
    int32_t count
    const int32_t* tail
    const int32_t* head
    const int32_t* weight  # directed segments that the link stands for
    int32_t* order

# slices of the junctions and of the links
cdef struct Cell:
    int32_t junction_from
    int32_t junction_to
    int32_t link_from
    int32_t link_to

cdef struct Best:
    int32_t cut
    int32_t smaller  # junctions in the smaller half

# Room for the largest cell, J junctions and L links, numbered within the cell but for `local`.
# Arcs first[v] .. first[v + 1] leave v; twin[a] is the reverse of arc a, room[a] what it can still carry.
cdef struct Scratch:
    int32_t* local  # J: number within the cell
    int32_t* first  # J + 1
    int32_t* arc_head  # 2 L
    int32_t* twin  # 2 L
    int32_t* capacity  # 2 L
    int32_t* room  # 2 L
    int32_t* level  # J: hops from where the search began, -1 not reached
    int32_t* next_arc  # J: where the blocking flow goes on
    int32_t* queue  # J
    int32_t* trail  # J
    int32_t* items  # J
    double* key  # J
    int8_t* side  # J
    int8_t* half  # J
    int32_t* spare  # max(J, L)
    int32_t* cut  # L

cdef void dissect(
    Scratch* s, const LinksView* links, const double* x, const double* y, int32_t* junctions,
    int32_t junction_count, int32_t directions, double share, Cell* cells,
) noexcept nogil
