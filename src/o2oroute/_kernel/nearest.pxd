"""What the door needs to find the nearest step; see nearest.pyx."""

from libc.stdint cimport int32_t

cdef enum:
    FANOUT = 8
    MOST_LEVELS = 12  # 8**12 steps are more than an int32 counts

# in whole units of 1e-7 degrees
cdef struct Box:
    int32_t west
    int32_t south
    int32_t east
    int32_t north

# straight from a to b, longitudes within half a turn of one another
cdef struct Step:
    int32_t lon_a
    int32_t lat_a
    int32_t lon_b
    int32_t lat_b

# Steps in an order that keeps neighbours together. Level 0 has a box for each FANOUT steps, level k a box
# for each FANOUT boxes of level k - 1, the last level a single box. Boxes of all levels follow one another.
cdef struct StepTree:
    int32_t steps
    const Step* step
    const int32_t* priority  # of two equally near steps the lower wins
    const Box* box
    int32_t levels
    int32_t level_first[MOST_LEVELS + 1]

cdef struct Hit:
    int32_t step
    double along
    double metres

cdef void nearest_step(
    const StepTree* tree, double lon, double lat, double per_lon, double per_lat, Hit* hit
) noexcept nogil
