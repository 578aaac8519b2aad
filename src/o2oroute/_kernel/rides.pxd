"""Rides that may last so long; see rides.pyx."""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.day cimport Sweep

cdef bint find_rides(const Sweep* sweep) noexcept nogil
cdef bint shortest_with_rides(
    const Sweep* sweep, int64_t* duty, int64_t* end, int64_t* soonest, int64_t* latest
) noexcept nogil
cdef void bound_rides(const Sweep* sweep, const int64_t* schedule) noexcept nogil
