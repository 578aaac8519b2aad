"""Which orders are worth a look next to which; see neighbours.pyx."""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.route cimport ModelView

cdef struct NeighbourView:
    const ModelView* model
    int32_t vehicle  # by whose legs
    double per_tick  # of travel
    double per_length
    double waiting  # what a tick of waiting counts
    int32_t near  # columns of `before` and `behind`
    int32_t wide  # columns of `around`
    int32_t* before  # orders x near: those that go well right before, best first; -1 behind the last
    int32_t* behind  # orders x near: those that go well right behind
    int32_t* around  # orders x wide: the closest, first the order itself
    double* keys  # work space: the longest list
    double* link_cost  # orders: mean over the five best that may follow; -1 if there is none

cdef void list_neighbours(const NeighbourView* view, int32_t order) noexcept nogil
