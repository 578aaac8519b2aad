"""The many-lane search, compiled for processors with AVX-512."""

from o2oroute._kernel.lanes cimport Room

cdef Room room() noexcept nogil
