"""What the door needs to keep labels of points; see labels.pyx."""

from libc.stdint cimport int32_t, uint8_t

from o2oroute._kernel.closure cimport Ends
from o2oroute._kernel.dtypes cimport label_t
from o2oroute._kernel.lanes cimport UpView

# The elimination tree, by node.
cdef struct Tree:
    const int32_t* parent  # -1 for roots
    const int32_t* depth
    const int32_t* lowest  # of the nodes below

# Chains of many points, by rising point: the point and the last node of each, and a row of labels by depth.
cdef struct Chains:
    int32_t count
    int32_t* point
    int32_t* last
    double* label
    size_t height  # of the rows: most nodes on a way to the root

# Where points are: by rising point, a node and the way from its start.
cdef struct Spots:
    int32_t count
    int32_t* point
    int32_t* node
    label_t* offset

# Memory of one call; between calls `mark` is clear and `best` infinite.
cdef struct LabelWorkspace:
    uint8_t* mark  # nodes
    double* best  # nodes
    int32_t* met  # nodes
    int32_t* order  # ends of one point
    int32_t* path_node  # depths
    int32_t* path_lowest  # depths
    double* found  # points

cdef void label_chains(
    const UpView* up, const Ends* ends, const double* offset, const int32_t* depth, int32_t number,
    LabelWorkspace* work, Chains* chains,
) noexcept nogil

cdef double write_lines(
    int32_t begin, int32_t end, bint departing, const Tree* tree, const Chains* own, const Chains* others,
    const Spots* spots, LabelWorkspace* work, size_t columns, float* ms_out, float* dm_out,
) noexcept nogil
