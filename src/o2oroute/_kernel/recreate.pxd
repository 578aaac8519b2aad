"""Putting requests on routes again; see recreate.pyx."""

from o2oroute._kernel.ruin_recreate cimport Search

cdef void call_left_over(Search* search) noexcept nogil
cdef bint recreate(Search* search) noexcept nogil
