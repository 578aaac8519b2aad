"""Which orders are worth a look next to which; see neighbours.pyx."""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.route cimport ModelView

# an order and how badly it goes with another
cdef struct Ranked:
    double key
    int32_t number

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
    double* link_cost  # orders: mean over the five best that may follow; -1 if there is none
    const int32_t* candidates  # who is looked at
    int32_t candidate_count
    Ranked* work  # three rows of so many
    int64_t work_room

cdef void list_neighbours(const NeighbourView* view, int32_t order) noexcept nogil
cdef void select_neighbours(
    const int32_t* row, int32_t columns, const int32_t* number_of, int32_t* selected
) noexcept nogil
