"""Lists of neighbours: for each order the best to come before it, the best to follow, the closest.

How well `j` follows `i` is the cost of the leg plus a part of the wait that no schedule avoids, as in the
granular neighbourhoods of Vidal, Crainic, Gendreau, Prins: A hybrid genetic algorithm with adaptive diversity
management for a large class of vehicle routing problems with time-windows, Computers and Operations Research
40, 2013; what can never follow is left out. The legs are those of one vehicle: the lists only say where to
look first.

Layout. Each list is a row of fixed length, best first, with -1 behind the last. Who is looked at for an order
the caller decides: all others, or those that grid.pyx finds close.
"""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.route cimport ModelView, Vehicle
from o2oroute._kernel.timing cimport Node

cdef enum:
    LINKS = 5  # that the mean cost of a link is taken over
    SHORT = 16  # stretches that are sorted by insertion


cdef inline bint is_less(const Ranked* one, const Ranked* other) noexcept nogil:
    return one.key < other.key or (one.key == other.key and one.number < other.number)


cdef inline void exchange(Ranked* one, Ranked* other) noexcept nogil:
    cdef Ranked kept = one[0]
    one[0] = other[0]
    other[0] = kept


cdef void sort_first(Ranked* entries, int64_t count, int64_t wanted) noexcept nogil:
    """Bring the smallest so many to the front, sorted: a quicksort that leaves the rest alone."""
    cdef int64_t i, place, border
    cdef Ranked moved
    while count > SHORT and wanted > 0:
        # the median of three, at the end, divides
        if is_less(&entries[count // 2], &entries[0]):
            exchange(&entries[count // 2], &entries[0])
        if is_less(&entries[count - 1], &entries[0]):
            exchange(&entries[count - 1], &entries[0])
        if is_less(&entries[count // 2], &entries[count - 1]):
            exchange(&entries[count // 2], &entries[count - 1])
        border = 0
        for i in range(count - 1):
            if is_less(&entries[i], &entries[count - 1]):
                exchange(&entries[i], &entries[border])
                border += 1
        exchange(&entries[border], &entries[count - 1])
        if border + 1 >= wanted:
            count = border
        else:
            sort_first(entries, border, wanted)
            entries += border + 1
            count -= border + 1
            wanted -= border + 1
    if wanted <= 0:
        return
    for i in range(1, count):
        moved = entries[i]
        place = i
        while place > 0 and is_less(&moved, &entries[place - 1]):
            entries[place] = entries[place - 1]
            place -= 1
        entries[place] = moved


cdef void write_row(Ranked* entries, int64_t count, int32_t columns, int32_t* row) noexcept nogil:
    cdef int32_t i
    sort_first(entries, count, columns)
    for i in range(columns):
        row[i] = entries[i].number if i < count else -1


cdef void list_neighbours(const NeighbourView* view, int32_t order) noexcept nogil:
    """Fill the rows of one order."""
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[view.vehicle]
    cdef const Node* node = &model.nodes[order]
    cdef const Node* other
    cdef Ranked* before = view.work
    cdef Ranked* behind = &view.work[view.work_room]
    cdef Ranked* around = &view.work[2 * view.work_room]
    cdef int64_t before_count = 0
    cdef int64_t behind_count = 0
    cdef int64_t around_count = 0
    cdef int64_t row = node.point * model.points
    cdef int64_t opening = node.window[0].open
    cdef int64_t closing = node.window[node.windows - 1].close
    cdef int64_t waiting
    cdef int32_t i, number, there, back
    cdef double there_cost, back_cost
    cdef double sum_of_best = 0
    view.link_cost[order] = -1.0
    if node.point >= 0:
        around[0].number = order
        around[0].key = -1.0
        around_count = 1
        for i in range(view.candidate_count):
            number = view.candidates[i]
            other = &model.nodes[number]
            if number == order or other.point < 0:
                continue
            there = owner.durations[row + other.point]
            back = owner.durations_to[row + other.point]
            there_cost = view.per_tick * there + view.per_length * owner.distances[row + other.point]
            back_cost = view.per_tick * back + view.per_length * owner.distances_to[row + other.point]
            if there < INF:
                waiting = other.window[0].open - closing - node.service - there
                if opening + node.service + there <= other.window[other.windows - 1].close:
                    behind[behind_count].number = number
                    behind[behind_count].key = there_cost + (view.waiting * waiting if waiting > 0 else 0.0)
                    behind_count += 1
            if back < INF:
                waiting = opening - other.window[other.windows - 1].close - other.service - back
                if other.window[0].open + other.service + back <= closing:
                    before[before_count].number = number
                    before[before_count].key = back_cost + (view.waiting * waiting if waiting > 0 else 0.0)
                    before_count += 1
            if there < INF or back < INF:
                # a way in one direction only counts twice
                around[around_count].number = number
                if there >= INF:
                    there_cost = back_cost
                elif back >= INF:
                    back_cost = there_cost
                around[around_count].key = there_cost + back_cost
                around_count += 1
    write_row(before, before_count, view.near, &view.before[<int64_t> order * view.near])
    write_row(behind, behind_count, view.near, &view.behind[<int64_t> order * view.near])
    write_row(around, around_count, view.wide, &view.around[<int64_t> order * view.wide])
    if behind_count > LINKS:
        behind_count = LINKS
    for i in range(min(behind_count, view.near)):
        number = model.nodes[behind[i].number].point
        sum_of_best += view.per_tick * owner.durations[row + number]
        sum_of_best += view.per_length * owner.distances[row + number]
    if behind_count > 0:
        view.link_cost[order] = sum_of_best / min(behind_count, view.near)


cdef void select_neighbours(
    const int32_t* row, int32_t columns, const int32_t* number_of, int32_t* selected
) noexcept nogil:
    """Copy a row without the orders whose new number is -1."""
    cdef int32_t i
    cdef int32_t count = 0
    for i in range(columns):
        if row[i] < 0:
            break
        if number_of[row[i]] >= 0:
            selected[count] = number_of[row[i]]
            count += 1
    while count < columns:
        selected[count] = -1
        count += 1
