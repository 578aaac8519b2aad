"""Routes in several trips whose moments cost nothing; see plain_trips.pyx."""

from o2oroute._kernel.day cimport Sweep

cdef bint is_plain(const Sweep* sweep) noexcept nogil
cdef void run_plain_trips(Sweep* sweep) noexcept nogil
