"""Taking requests out of routes; see ruin.pyx."""

from libc.stdint cimport int32_t

from o2oroute._kernel.ruin_recreate cimport Search

cdef bint ruin(Search* search) noexcept nogil
cdef bint remove_route(Search* search, int32_t vehicle) noexcept nogil
