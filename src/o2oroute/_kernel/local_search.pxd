"""Local search on routes that have just changed; see local_search.pyx."""

from o2oroute._kernel.ruin_recreate cimport Search

cdef void polish(Search* search) noexcept nogil
