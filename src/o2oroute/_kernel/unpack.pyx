"""One shortest path through a customized hierarchy, arc by arc.

Both ends climb: over their ancestors in the elimination tree, upwards, along the arcs up from the source
and against the arcs down to the target. The best node that both reach is where the path turns. They climb
side by side, the lower node first: what lies farther off than the best turn so far is climbed no further.
Each step of the two climbs is an entry of the chordal pattern; an entry that is no arc of the graph is as
long as the way over some node below both its ends, and is replaced by the two entries of that triangle until
only arcs of the graph are left.

Source: Dibbelt, Strasser, Wagner, Customizable Contraction Hierarchies (JEA 2016), sections 6 and 7
(elimination tree query, path unpacking by lower triangles).
"""

from libc.stdint cimport int32_t, int64_t, uint8_t

from o2oroute._kernel.closure cimport ancestors_falling
from o2oroute._kernel.dijkstra cimport FOUND, TOO_LONG, UNREACHABLE, GraphView, SeedsView, Way, is_ahead
from o2oroute._kernel.dtypes cimport dm_of, label_t, ms_of, pack
from o2oroute._kernel.lanes cimport LABEL_INF, LABEL_ONE_MS


cdef inline void add_to_foot(
    Foot* foot, int32_t node, double label, int32_t seed, int32_t arc
) noexcept nogil:
    cdef int32_t place = foot.count
    foot.node[place], foot.label[place] = node, label
    foot.seed[place], foot.arc[place] = seed, arc
    foot.count += 1
    while place and foot.falling[place - 1] < node:
        foot.falling[place] = foot.falling[place - 1]
        place -= 1
    foot.falling[place] = node


cdef void leave(
    const PathView* p, const GraphView* graph, const SeedsView* sources, int32_t source, Foot* foot
) noexcept nogil:
    """Begin behind each arc that leaves a seed of a source."""
    cdef int32_t seed, node, arc
    cdef label_t offset
    foot.count = 0
    for seed in range(sources.first[source], sources.first[source + 1]):
        node = sources.node[seed]
        offset = sources.offset[seed]
        for arc in range(graph.first_out[node], graph.first_out[node + 1]):
            add_to_foot(
                foot,
                p.rank[graph.arcs[arc].head],
                <double> (graph.arcs[arc].weight_ms - ms_of(offset)) * LABEL_ONE_MS
                + <double> (graph.node_dm[node] - dm_of(offset)),
                seed,
                arc,
            )


cdef void arrive(const PathView* p, const SeedsView* targets, int32_t target, Foot* foot) noexcept nogil:
    """Begin at each seed of a target."""
    cdef int32_t seed
    cdef label_t offset
    foot.count = 0
    for seed in range(targets.first[target], targets.first[target + 1]):
        offset = targets.offset[seed]
        add_to_foot(
            foot,
            p.rank[targets.node[seed]],
            <double> ms_of(offset) * LABEL_ONE_MS + <double> dm_of(offset),
            seed,
            -1,
        )


cdef bint go_straight_on(
    const SeedsView* sources, int32_t source, const SeedsView* targets, int32_t target, Way* way
) noexcept nogil:
    """Find the way to a target ahead on a node of the source; tell whether there is one."""
    cdef int32_t seed, end
    cdef label_t label
    cdef bint found = False
    for seed in range(sources.first[source], sources.first[source + 1]):
        for end in range(targets.first[target], targets.first[target + 1]):
            if sources.node[seed] != targets.node[end] or not is_ahead(
                sources.offset[seed], targets.offset[end]
            ):
                continue
            label = targets.offset[end] - sources.offset[seed]
            if not found or label < way.label:
                found = True
                way.label, way.source_seed, way.target_seed, way.arcs = label, seed, end, 0
    return found


cdef void begin_climb(const PathView* p, uint8_t* mark, Climb* out) noexcept nogil:
    """Label the foot, and find all that lies above it."""
    cdef const Foot* foot = &out.foot
    cdef int32_t i
    out.count = ancestors_falling(p.parent, foot.falling, foot.count, mark, out.met)
    for i in range(out.count):
        out.label[out.met[i]] = LABEL_INF
    for i in range(foot.count):
        if foot.label[i] < out.label[foot.node[i]]:
            out.label[foot.node[i]] = foot.label[i]
            out.entry[foot.node[i]] = ~i


cdef inline void climb_from(const PathView* p, const double* weight, int32_t v, Climb* out) noexcept nogil:
    cdef int32_t e
    cdef double way
    for e in range(p.first[v], p.first[v + 1]):
        way = out.label[v] + weight[e]
        if way < out.label[p.head[e]]:
            out.label[p.head[e]] = way
            out.entry[p.head[e]] = e


cdef int32_t climb_both(const PathView* p, Climb* forward, Climb* backward) noexcept nogil:
    """Climb to the best node that both reach, of several the lowest; return it, or -1."""
    cdef int32_t i = forward.count - 1, j = backward.count - 1, best = -1, one, other, v
    cdef double label, least = LABEL_INF
    while i >= 0 or j >= 0:
        one = forward.met[i] if i >= 0 else p.nodes
        other = backward.met[j] if j >= 0 else p.nodes
        v = min(one, other)
        if one == other:
            label = forward.label[v] + backward.label[v]
            if label < least:
                least = label
                best = v
        if one == v:
            i -= 1
            if forward.label[v] < LABEL_INF and forward.label[v] <= least:
                climb_from(p, p.up, v, forward)
        if other == v:
            j -= 1
            if backward.label[v] < LABEL_INF and backward.label[v] <= least:
                climb_from(p, p.down, v, backward)
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


cdef int32_t unpack_path(const PathView* p, const PathRoom* room, int32_t meeting, Way* way) noexcept nogil:
    """Write the arcs from the source's seed to the target's; return how many, or -1 without room."""
    cdef const Climb* forward = &room.forward
    cdef const Climb* backward = &room.backward
    cdef int32_t v = meeting, length = 0, i, e, count = 1, added
    # the climb is walked down from the meeting, and driven the other way round: its entries wait behind the
    # stack
    cdef int32_t* steps = room.stack + 2 * p.nodes + 2
    while forward.entry[v] >= 0:
        steps[length] = forward.entry[v]
        v = row_of(p, forward.entry[v])
        length += 1
    way.source_seed = forward.foot.seed[~forward.entry[v]]
    room.arcs[0] = forward.foot.arc[~forward.entry[v]]
    for i in range(length - 1, -1, -1):
        added = unpack_entry(p, steps[i], room.stack, room.arcs + count, room.room - count)
        if added < 0:
            return -1
        count += added
    v = meeting
    while backward.entry[v] >= 0:
        e = backward.entry[v]
        added = unpack_entry(p, ~e, room.stack, room.arcs + count, room.room - count)
        if added < 0:
            return -1
        count += added
        v = row_of(p, e)
    way.target_seed = backward.foot.seed[~backward.entry[v]]
    return count


cdef int find_path(
    const PathView* p, const GraphView* graph, const SeedsView* sources, int32_t source,
    const SeedsView* targets, int32_t target, double most_exact_ms, PathRoom* room, Way* way,
) noexcept nogil:
    """Find the best way between two points, and write its arcs; none lead straight on."""
    cdef bint ahead = go_straight_on(sources, source, targets, target, way)
    cdef int32_t meeting
    cdef int64_t ms
    cdef double label
    leave(p, graph, sources, source, &room.forward.foot)
    arrive(p, targets, target, &room.backward.foot)
    begin_climb(p, room.mark, &room.forward)
    begin_climb(p, room.mark, &room.backward)
    meeting = climb_both(p, &room.forward, &room.backward)
    if meeting < 0:
        return FOUND if ahead else UNREACHABLE
    label = room.forward.label[meeting] + room.backward.label[meeting]
    if label >= (most_exact_ms + 1.0) * LABEL_ONE_MS:
        return FOUND if ahead and ms_of(way.label) <= most_exact_ms else TOO_LONG
    ms = <int64_t> (label / LABEL_ONE_MS)
    if ahead and way.label <= pack(<int32_t> ms, <int32_t> (label - <double> ms * LABEL_ONE_MS)):
        return FOUND
    way.label = pack(<int32_t> ms, <int32_t> (label - <double> ms * LABEL_ONE_MS))
    way.arcs = unpack_path(p, room, meeting, way)
    return FOUND
