"""One shortest path through a customized hierarchy, arc by arc.

Both ends climb: over their ancestors in the elimination tree, upwards, along the arcs up from the source
and against the arcs down to the target. The best node that both reach is where the path turns. Each step of
the two climbs is an entry of the chordal pattern; an entry that is no arc of the graph is as long as the
way over some node below both its ends, and is replaced by the two entries of that triangle until only arcs
of the graph are left.

Source: Dibbelt, Strasser, Wagner, Customizable Contraction Hierarchies (JEA 2016), sections 6 and 7
(elimination tree query, path unpacking by lower triangles).
"""

from libc.stdint cimport int32_t, uint8_t

from o2oroute._kernel.closure cimport ancestors_falling
from o2oroute._kernel.lanes cimport LABEL_INF


cdef void climb(
    const PathView* p, const double* weight, const int32_t* seed_node, const double* seed_label, int32_t
    seeds, const int32_t* falling, uint8_t* mark, Climb* out,
) noexcept nogil:
    """Label all ancestors of the seeds; `falling` lists the seeds' nodes, highest first; `mark` is clear."""
    cdef int32_t i, v, e
    cdef double way
    out.count = ancestors_falling(p.parent, falling, seeds, mark, out.met)
    for i in range(out.count):
        out.label[out.met[i]] = LABEL_INF
    for i in range(seeds):
        if seed_label[i] < out.label[seed_node[i]]:
            out.label[seed_node[i]] = seed_label[i]
            out.entry[seed_node[i]] = ~i
    for i in range(out.count - 1, -1, -1):
        v = out.met[i]
        if out.label[v] >= LABEL_INF:
            continue
        for e in range(p.first[v], p.first[v + 1]):
            way = out.label[v] + weight[e]
            if way < out.label[p.head[e]]:
                out.label[p.head[e]] = way
                out.entry[p.head[e]] = e


cdef int32_t find_meeting(const Climb* forward, const Climb* backward, uint8_t* mark) noexcept nogil:
    """Return the best node that both climbs reach, of several the lowest, or -1."""
    cdef int32_t i, v, best = -1
    cdef double label, least = LABEL_INF
    for i in range(forward.count):
        mark[forward.met[i]] = 1
    for i in range(backward.count):
        v = backward.met[i]
        if mark[v]:
            label = forward.label[v] + backward.label[v]
            if label < LABEL_INF and label <= least:
                least = label
                best = v
    for i in range(forward.count):
        mark[forward.met[i]] = 0
    return best


cdef inline int32_t row_of(const PathView* p, int32_t e) noexcept nogil:
    """Return the row that an entry stands in."""
    cdef int32_t low = 0, high = p.nodes, middle
    while high - low > 1:
        middle = (low + high) // 2
        if p.first[middle] <= e:
            low = middle
        else:
            high = middle
    return low


cdef inline int32_t entry_to(const PathView* p, int32_t v, int32_t y) noexcept nogil:
    """Return the entry of row v that leads to y, or -1."""
    cdef int32_t low = p.first[v], high = p.first[v + 1], middle
    while low < high:
        middle = (low + high) // 2
        if p.head[middle] < y:
            low = middle + 1
        else:
            high = middle
    return low if low < p.first[v + 1] and p.head[low] == y else -1


cdef int32_t unpack_entry(
    const PathView* p, int32_t signed_entry, int32_t* stack, int32_t* arcs, int32_t room
) noexcept nogil:
    """Write the arcs of an entry (~entry: down) in driving order; return how many, or -1 without room.

    Below any node on the stack lie only lower ones, so the stack is no deeper than twice the nodes.
    """
    cdef int32_t size = 1, count = 0, e, x, y, i, v, other, lower
    cdef double label
    stack[0] = signed_entry
    while size:
        size -= 1
        e = stack[size]
        if e >= 0 and p.own_up[e] == p.up[e] or e < 0 and p.own_down[~e] == p.down[~e]:
            if count == room:
                return -1
            arcs[count] = p.arc_up[e] if e >= 0 else p.arc_down[~e]
            count += 1
            continue
        x = row_of(p, e if e >= 0 else ~e)
        y = p.head[e if e >= 0 else ~e]
        label = p.up[e] if e >= 0 else p.down[~e]
        for i in range(p.lower_first[x], p.lower_first[x + 1]):
            v = p.lower[i]
            lower = p.lower_entry[i]
            other = entry_to(p, v, y)
            if other < 0:
                continue
            if e >= 0 and p.down[lower] + p.up[other] == label:
                # x to v to y; what is driven first lies on top
                stack[size] = other
                stack[size + 1] = ~lower
                size += 2
                break
            if e < 0 and p.down[other] + p.up[lower] == label:
                stack[size] = lower
                stack[size + 1] = ~other
                size += 2
                break
    return count


cdef int32_t unpack_path(
    const PathView* p, const Climb* forward, const Climb* backward, int32_t meeting, int32_t* stack,
    int32_t* arcs, int32_t room, int32_t* source_seed, int32_t* target_seed,
) noexcept nogil:
    """Write the arcs from the source's seed to the target's; return how many, or -1 without room."""
    cdef int32_t v = meeting, length = 0, i, e, count = 0, added
    # the climb is walked down from the meeting, and driven the other way round: its entries wait behind the
    # stack
    cdef int32_t* steps = stack + 2 * p.nodes + 2
    while forward.entry[v] >= 0:
        steps[length] = forward.entry[v]
        v = row_of(p, forward.entry[v])
        length += 1
    source_seed[0] = ~forward.entry[v]
    for i in range(length - 1, -1, -1):
        added = unpack_entry(p, steps[i], stack, arcs + count, room - count)
        if added < 0:
            return -1
        count += added
    v = meeting
    while backward.entry[v] >= 0:
        e = backward.entry[v]
        added = unpack_entry(p, ~e, stack, arcs + count, room - count)
        if added < 0:
            return -1
        count += added
        v = row_of(p, e)
    target_seed[0] = ~backward.entry[v]
    return count
