"""The many-lane search, compiled for a lane or two on any processor."""

from o2oroute._kernel.lanes cimport Room

cdef Room room() noexcept nogil
