"""Lists of neighbours: for each order the best to come before it, the best to follow, the closest.

How well `j` follows `i` is the cost of the leg plus a part of the wait that no schedule avoids, as in the
granular neighbourhoods of Vidal, Crainic, Gendreau, Prins: A hybrid genetic algorithm with adaptive diversity
management for a large class of vehicle routing problems with time-windows, Computers and Operations Research
40, 2013; what can never follow is left out. The legs are those of one vehicle: the lists only say where to
look first.

Layout. Each list is a row of fixed length, ascending while it is filled, so that most candidates fall to one
comparison with its last key.
"""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.route cimport leg
from o2oroute._kernel.timing cimport Node


cdef inline void keep_smallest(
    int32_t* numbers, double* keys, int32_t room, int32_t* count, int32_t number, double key
) noexcept nogil:
    """Insert into an ascending list of at most `room`; of equal keys the first stays before."""
    cdef int32_t place
    if count[0] == room:
        if room == 0 or key >= keys[room - 1]:
            return
        place = room - 1
    else:
        place = count[0]
        count[0] += 1
    while place > 0 and keys[place - 1] > key:
        keys[place] = keys[place - 1]
        numbers[place] = numbers[place - 1]
        place -= 1
    keys[place] = key
    numbers[place] = number


cdef inline double leg_cost(const NeighbourView* view, int32_t tail, int32_t head) noexcept nogil:
    """Return what a leg costs, or -1 if there is no way."""
    cdef const ModelView* model = view.model
    cdef int32_t duration = leg(model, model.vehicles[view.vehicle].durations, tail, head)
    if duration >= INF:
        return -1.0
    return (
        view.per_tick * duration
        + view.per_length * leg(model, model.vehicles[view.vehicle].distances, tail, head)
    )


cdef inline double following_cost(const NeighbourView* view, int32_t tail, int32_t head) noexcept nogil:
    """Return how badly an order follows another, or -1 if it never can."""
    cdef const Node* first = &view.model.nodes[tail]
    cdef const Node* second = &view.model.nodes[head]
    cdef double cost = leg_cost(view, tail, head)
    cdef int64_t away, waiting
    if cost < 0:
        return cost
    away = first.service + leg(view.model, view.model.vehicles[view.vehicle].durations, tail, head)
    if first.window[0].open + away > second.window[second.windows - 1].close:
        return -1.0
    waiting = second.window[0].open - first.window[first.windows - 1].close - away
    return cost + view.waiting * waiting if waiting > 0 else cost


cdef void list_neighbours(const NeighbourView* view, int32_t order) noexcept nogil:
    """Fill the rows of one order."""
    cdef int32_t near = view.near
    cdef int32_t* before = &view.before[<int64_t> order * near]
    cdef int32_t* behind = &view.behind[<int64_t> order * near]
    cdef int32_t* around = &view.around[<int64_t> order * view.wide]
    cdef double* keys = view.keys
    cdef double* behind_keys = &view.keys[near]
    cdef double* around_keys = &view.keys[2 * near]
    cdef int32_t before_count = 0
    cdef int32_t behind_count = 0
    cdef int32_t around_count = 0
    cdef int32_t other, i
    cdef double cost, back
    cdef double sum_of_best = 0
    for i in range(near):
        before[i] = behind[i] = -1
    for i in range(view.wide):
        around[i] = -1
    view.link_cost[order] = -1.0
    if view.model.nodes[order].point < 0:
        return
    keep_smallest(around, around_keys, view.wide, &around_count, order, -1.0)
    for other in range(view.model.tasks):
        if other == order or view.model.nodes[other].point < 0:
            continue
        cost = following_cost(view, other, order)
        if cost >= 0:
            keep_smallest(before, keys, near, &before_count, other, cost)
        cost = following_cost(view, order, other)
        if cost >= 0:
            keep_smallest(behind, behind_keys, near, &behind_count, other, cost)
        cost = leg_cost(view, order, other)
        back = leg_cost(view, other, order)
        if cost >= 0 or back >= 0:
            # a way in one direction only counts twice
            cost = 2 * back if cost < 0 else 2 * cost if back < 0 else cost + back
            keep_smallest(around, around_keys, view.wide, &around_count, other, cost)
    before_count = behind_count if behind_count < 5 else 5
    for i in range(before_count):
        sum_of_best += leg_cost(view, order, behind[i])
    if before_count > 0:
        view.link_cost[order] = sum_of_best / before_count
