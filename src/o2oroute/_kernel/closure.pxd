"""What the door needs to select a closure; see closure.pyx."""

from libc.stdint cimport int32_t, uint8_t

from o2oroute._kernel.lanes cimport lane_t

# the nodes that points end on, row by row
cdef struct Ends:
    int32_t points
    const int32_t* first
    const int32_t* node
    int32_t* falling  # each row's ends by falling node
    int32_t chains
    int32_t* chain_first  # where in `falling` each chain begins; one more than chains
    int32_t* step_of_chain

# the selected nodes, falling, of a hierarchy, and its arcs down
cdef struct Closure:
    int32_t nodes  # of the hierarchy
    int32_t height  # most nodes on a way to the root
    const int32_t* first
    const int32_t* tail
    const int32_t* depth
    int32_t count
    const int32_t* node
    int32_t* step_of_node

# see ClosureView in lanes.pxd; `source` says where each weight is found: an arc, or ~end, or ~ends for none
cdef struct Steps:
    int32_t count
    int32_t* node
    int32_t* row
    int32_t* first
    int32_t* slot
    int32_t* source

cdef int32_t ancestors_falling(
    const int32_t* parent, const int32_t* nodes_falling, int32_t count, uint8_t* mark, int32_t* out
) noexcept nogil

cdef int32_t keep_reached(
    const int32_t* first, const int32_t* tail, const int32_t* seeds, int32_t seed_count, uint8_t* mark,
    int32_t* nodes, int32_t count, int32_t* arcs,
) noexcept nogil

cdef void part_ends(Ends* ends, const int32_t* lowest) noexcept nogil

cdef int32_t last_node(const Ends* ends, int32_t chain) noexcept nogil

cdef void order_steps(Closure* closure, Ends* ends, int32_t* place) noexcept nogil

cdef void fill_steps(const Closure* closure, const Ends* ends, Steps* steps) noexcept nogil

cdef void gather_weights(
    int32_t arcs, const int32_t* source, const lane_t* weight, const lane_t* end_weight, lane_t* out
) noexcept nogil
