"""A grid over points of a plane, which finds those that are close without looking at all.

Layout. Square cells, row by row, in CSR form: the points of cell `c` are `member[first[c] : first[c + 1]]`.
"""

from libc.stdint cimport int32_t, int64_t


cdef inline int32_t clipped(double place, int32_t count) noexcept nogil:
    return 0 if place < 0 else count - 1 if place >= count else <int32_t> place


cdef void fill_grid(GridView* grid) noexcept nogil:
    """Sort the points into the cells."""
    cdef int32_t i, cell
    cdef int32_t cells = grid.across * grid.up
    for cell in range(cells + 1):
        grid.first[cell] = 0
    for i in range(grid.points):
        cell = (
            clipped((grid.plane[2 * <int64_t> i + 1] - grid.low) / grid.cell, grid.up) * grid.across
            + clipped((grid.plane[2 * <int64_t> i] - grid.left) / grid.cell, grid.across)
        )
        grid.cell_of[i] = cell
        grid.first[cell + 1] += 1
    for cell in range(cells):
        grid.first[cell + 1] += grid.first[cell]
    # backwards, `first` is what is left of each cell
    for i in range(grid.points - 1, -1, -1):
        cell = grid.cell_of[i]
        grid.first[cell + 1] -= 1
        grid.member[grid.first[cell + 1]] = i
    for cell in range(cells):
        grid.first[cell] = grid.first[cell + 1]
    grid.first[cells] = grid.points


cdef int32_t collect_close(
    const GridView* grid, int32_t point, int32_t wanted, int32_t room, int32_t* found
) noexcept nogil:
    """Write the points of square rings around a point until there are so many; return their number.

    The last ring is taken whole, as far as there is room.
    """
    cdef int32_t column = grid.cell_of[point] % grid.across
    cdef int32_t row = grid.cell_of[point] // grid.across
    cdef int32_t count = 0
    cdef int32_t ring = 0
    cdef int32_t x, y, step, i, cell
    while count < wanted and ring < max(grid.across, grid.up):
        for y in range(max(row - ring, 0), min(row + ring, grid.up - 1) + 1):
            # inside the ring only its two sides
            step = 1 if y == row - ring or y == row + ring or ring == 0 else 2 * ring
            x = column - ring
            while x <= column + ring:
                if 0 <= x < grid.across:
                    cell = y * grid.across + x
                    for i in range(grid.first[cell], grid.first[cell + 1]):
                        if count < room:
                            found[count] = grid.member[i]
                            count += 1
                x += step
        ring += 1
    return count
