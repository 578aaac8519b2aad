"""Routes in several trips; see trips.pyx."""

from libc.stdint cimport int32_t, int64_t, uint64_t

from o2oroute._kernel.day cimport Sweep
from o2oroute._kernel.route cimport Vehicle

cdef void run_trips(Sweep* sweep, int32_t skipped) noexcept nogil
cdef void begin_loads(const Sweep* sweep, int32_t first) noexcept nogil
cdef bint add_load(const Sweep* sweep, int32_t task) noexcept nogil
cdef bint add_kind(
    const Sweep* sweep, int32_t first, int32_t position, uint64_t* kinds
) noexcept nogil


cdef inline int64_t full_stay(const Vehicle* owner, int32_t task) noexcept nogil:
    """Return the stay at a task behind a depot."""
    return owner.nodes[task].service + (0 if owner.setup == NULL else owner.setup[task])
