"""Routes in several trips; see trips.pyx."""

from libc.stdint cimport int32_t

from o2oroute._kernel.day cimport Sweep

cdef void run_trips(Sweep* sweep, int32_t skipped) noexcept nogil
