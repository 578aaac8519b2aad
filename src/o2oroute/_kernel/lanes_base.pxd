"""The many-lane search, compiled for any processor of the platform."""

from o2oroute._kernel.lanes cimport Room

cdef Room room() noexcept nogil
