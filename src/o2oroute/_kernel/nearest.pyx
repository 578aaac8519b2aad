"""The nearest step of a set of polylines, by a packed R-tree.

Distances are measured in the plane of the point itself: `per_lon` and `per_lat` metres for a degree at its
latitude. The distance to a box in that plane is never more than to anything inside it, so a box that is
farther than the best step so far is left out with all it holds; nearer children are looked at first.

Sources: Kamel, Faloutsos, Hilbert R-tree (VLDB 1994), on packing by a space-filling curve; Roussopoulos,
Kelley, Vincent, Nearest neighbor queries (SIGMOD 1995), on the pruning.
"""

from libc.math cimport INFINITY, floor, sqrt
from libc.stdint cimport int32_t

cdef extern from *:
    """
    #define O2OROUTE_E7 1e-7
    """
    const double E7 "O2OROUTE_E7"


cdef inline double square_to_box(
    const Box* box, double lon, double lat, double per_lon, double per_lat
) noexcept nogil:
    # without branches: which side a box lies on is as good as random
    cdef double west = box.west - lon, east = lon - box.east, south = box.south - lat, north = lat - box.north
    cdef double x = west if west > east else east
    cdef double y = south if south > north else north
    x = (x if x > 0.0 else 0.0) * per_lon
    y = (y if y > 0.0 else 0.0) * per_lat
    return x * x + y * y


cdef inline double square_to_step(
    const Step* step, double lon, double lat, double per_lon, double per_lat, double* along
) noexcept nogil:
    cdef double x = (step.lon_a - lon) * per_lon
    cdef double y = (step.lat_a - lat) * per_lat
    cdef double dx = (<double> step.lon_b - step.lon_a) * per_lon
    cdef double dy = (<double> step.lat_b - step.lat_a) * per_lat
    cdef double square = dx * dx + dy * dy
    cdef double t = 0.0
    if square > 0.0:
        t = -(x * dx + y * dy) / square
        t = 0.0 if t < 0.0 else (1.0 if t > 1.0 else t)
    along[0] = t
    x += t * dx
    y += t * dy
    return x * x + y * y


cdef inline void look(
    const StepTree* tree, int32_t group, double lon, double lat, double per_lon, double per_lat, Hit* hit,
    double* bound,
) noexcept nogil:
    """Measure the steps of one box of level 0; `bound` is the square beyond which nothing counts any more."""
    cdef int32_t i, end = group * FANOUT + FANOUT
    cdef double along, metres
    if end > tree.steps:
        end = tree.steps
    for i in range(group * FANOUT, end):
        metres = square_to_step(&tree.step[i], lon, lat, per_lon, per_lat, &along)
        if metres > bound[0]:
            continue
        # whole millimetres, so that a shared end point is a tie and not a matter of rounding
        metres = floor(sqrt(metres) * 1000.0 + 0.5) / 1000.0
        if metres < hit.metres or (metres == hit.metres and tree.priority[i] < tree.priority[hit.step]):
            hit.step = i
            hit.along = along
            hit.metres = metres
            bound[0] = (metres + 0.001) * (metres + 0.001)


cdef void nearest_step(
    const StepTree* tree, double lon, double lat, double per_lon, double per_lat, Hit* hit
) noexcept nogil:
    """Improve `hit` (begin with infinite metres) by the nearest step; `lon` may lie beyond half a turn."""
    # boxes that wait, the nearest on top; at most FANOUT - 1 stay behind on each level
    cdef int32_t waiting[MOST_LEVELS * FANOUT + 1]
    cdef int32_t level_of[MOST_LEVELS * FANOUT + 1]
    cdef double square[MOST_LEVELS * FANOUT + 1]
    cdef double away, bound = INFINITY
    cdef int32_t size = 1, box, level, first, last, child, begin, j
    lon /= E7
    lat /= E7
    per_lon *= E7
    per_lat *= E7
    if hit.metres < INFINITY:
        bound = (hit.metres + 0.001) * (hit.metres + 0.001)
    waiting[0] = 0
    level_of[0] = tree.levels - 1
    square[0] = square_to_box(&tree.box[tree.level_first[tree.levels - 1]], lon, lat, per_lon, per_lat)
    while size:
        size -= 1
        if square[size] > bound:
            continue
        box = waiting[size]
        level = level_of[size]
        if level == 0:
            look(tree, box, lon, lat, per_lon, per_lat, hit, &bound)
            continue
        level -= 1
        first = box * FANOUT
        last = first + FANOUT
        if last > tree.level_first[level + 1] - tree.level_first[level]:
            last = tree.level_first[level + 1] - tree.level_first[level]
        begin = size
        for child in range(first, last):
            away = square_to_box(&tree.box[tree.level_first[level] + child], lon, lat, per_lon, per_lat)
            if away > bound:
                continue
            j = size
            size += 1
            while j > begin and square[j - 1] < away:
                square[j] = square[j - 1]
                waiting[j] = waiting[j - 1]
                level_of[j] = level_of[j - 1]
                j -= 1
            square[j] = away
            waiting[j] = child
            level_of[j] = level
