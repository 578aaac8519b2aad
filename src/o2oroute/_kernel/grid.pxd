"""Points of a plane in cells; see grid.pyx."""

from libc.stdint cimport int32_t, int64_t

cdef struct GridView:
    const double* plane  # points x 2
    int32_t points
    double left
    double low
    double cell  # length of a side
    int32_t across
    int32_t up
    int32_t* first  # cells + 1, row by row
    int32_t* member  # points, by cell
    int32_t* cell_of  # points

cdef void fill_grid(GridView* grid) noexcept nogil
cdef int32_t collect_close(
    const GridView* grid, int32_t point, int32_t wanted, int32_t room, int32_t* found
) noexcept nogil
