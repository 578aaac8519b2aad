"""The part of a hierarchy that a set of targets needs: all nodes from which a target is reached going down.

It depends on the targets and the topology alone, so that it is selected once for any number of sources and
metrics.

It is laid out as *steps*, one for each node and then one for each target: rows that the step's row is pulled
from. A target is pulled from the nodes that it ends on. They must all lie in the stack then, so they are
parted into chains, each of which lies on one way to the root; a second chain of a target pulls from the row
that the first has left. Most targets end on a segment and its twin, which make one chain.

Source: Delling, Goldberg, Werneck, Faster Batched Shortest Paths in Road Networks (ATMOS 2011), section 3.
"""

from libc.stdint cimport int32_t, uint8_t

from o2oroute._kernel.lanes cimport lane_t


cdef int32_t ancestors_falling(
    const int32_t* parent, const int32_t* nodes_falling, int32_t count, uint8_t* mark, int32_t* out
) noexcept nogil:
    """List the ancestors of some nodes, themselves included, falling; return how many. `mark` is clear and
    stays so.

    Nodes are in postorder: what a lower node adds lies below all that the higher ones have added, so each
    chain is written behind the last, highest first.
    """
    cdef int32_t i, j, v, length, size = 0
    for i in range(count):
        length = 0
        v = nodes_falling[i]
        while v >= 0 and not mark[v]:
            mark[v] = 1
            length += 1
            v = parent[v]
        v = nodes_falling[i]
        for j in range(size + length - 1, size - 1, -1):
            out[j] = v
            v = parent[v]
        size += length
    for i in range(size):
        mark[out[i]] = 0
    return size


cdef int32_t keep_reached(
    const int32_t* first, const int32_t* tail, const int32_t* seeds, int32_t seed_count, uint8_t* mark,
    int32_t* nodes, int32_t count, int32_t* arcs,
) noexcept nogil:
    """Keep of a falling list the nodes that lead down to a seed; return how many, and count their arcs."""
    cdef int32_t i, a, kept = 0
    for i in range(seed_count):
        mark[seeds[i]] = 1
    for i in range(count - 1, -1, -1):
        if mark[nodes[i]]:
            for a in range(first[nodes[i]], first[nodes[i] + 1]):
                mark[tail[a]] = 1
    arcs[0] = 0
    for i in range(count):
        if mark[nodes[i]]:
            mark[nodes[i]] = 0
            nodes[kept] = nodes[i]
            kept += 1
            arcs[0] += first[nodes[i] + 1] - first[nodes[i]]
    return kept


cdef void part_ends(Ends* ends, const int32_t* lowest) noexcept nogil:
    """Put each point's ends in falling order, and part them into chains whose last lies below all others.

    In a postorder, v lies below u where ``lowest[u] <= v <= u``.
    """
    cdef const int32_t* node = ends.node
    cdef int32_t* order = ends.falling
    cdef int32_t p, i, j
    ends.chains = 0
    for p in range(ends.points):
        for i in range(ends.first[p], ends.first[p + 1]):
            j = i
            while j > ends.first[p] and node[order[j - 1]] < node[i]:
                order[j] = order[j - 1]
                j -= 1
            order[j] = i
        for i in range(ends.first[p], ends.first[p + 1]):
            if i == ends.first[p] or node[order[i]] < lowest[node[order[i - 1]]]:
                ends.chain_first[ends.chains] = i
                ends.chains += 1
    ends.chain_first[ends.chains] = ends.first[ends.points]


cdef int32_t last_node(const Ends* ends, int32_t chain) noexcept nogil:
    return ends.node[ends.falling[ends.chain_first[chain + 1] - 1]]


cdef void order_steps(Closure* closure, Ends* ends, int32_t* place) noexcept nogil:
    """Set which step each node and each chain is: chains come right after their last node.

    Points without ends come before all. `place` has room for all nodes of the hierarchy.
    """
    cdef int32_t i, c, p, brought, steps = 0
    for i in range(closure.count):
        place[closure.node[i]] = i
        closure.step_of_node[i] = 1
    for c in range(ends.chains):
        closure.step_of_node[place[last_node(ends, c)]] += 1
    for p in range(ends.points):
        steps += ends.first[p] == ends.first[p + 1]
    # from how many steps each node brings to the last of them
    for i in range(closure.count):
        brought = closure.step_of_node[i]
        steps += brought
        closure.step_of_node[i] = steps - 1
    # and back to the first, which is its own
    for c in range(ends.chains - 1, -1, -1):
        i = place[last_node(ends, c)]
        ends.step_of_chain[c] = closure.step_of_node[i]
        closure.step_of_node[i] -= 1


cdef void fill_steps(const Closure* closure, const Ends* ends, Steps* steps) noexcept nogil:
    """Lay out the steps.

    Arcs from the root come first and those from the parent last, whose row is the last to be ready.
    """
    cdef int32_t i, a, p, v, at, step, arcs, first_of_point, size = 0, c = 0, endless = 0
    for p in range(ends.points):
        if ends.first[p] == ends.first[p + 1]:
            steps.node[endless] = closure.nodes
            steps.row[endless] = closure.height + p
            steps.first[endless] = 0
            endless += 1
        first_of_point = c
        while ends.chain_first[c] < ends.first[p + 1]:
            step = ends.step_of_chain[c]
            steps.node[step] = closure.nodes
            steps.row[step] = closure.height + p
            steps.first[step] = ends.chain_first[c + 1] - ends.chain_first[c] + (c > first_of_point)
            c += 1
    for i in range(closure.count):
        v = closure.node[i]
        step = closure.step_of_node[i]
        steps.node[step] = v
        steps.row[step] = closure.depth[v]
        steps.first[step] = closure.first[v + 1] - closure.first[v]
    steps.count = endless + closure.count + c
    # from how many arcs each step has to where they begin
    for step in range(steps.count):
        arcs = steps.first[step]
        steps.first[step] = size
        size += arcs
    steps.first[steps.count] = size
    for i in range(closure.count):
        v = closure.node[i]
        at = steps.first[closure.step_of_node[i]]
        for a in range(closure.first[v + 1] - 1, closure.first[v] - 1, -1):
            steps.slot[at] = closure.depth[closure.tail[a]]
            steps.source[at] = a
            at += 1
    c = 0
    for p in range(ends.points):
        first_of_point = c
        while ends.chain_first[c] < ends.first[p + 1]:
            at = steps.first[ends.step_of_chain[c]]
            if c > first_of_point:
                steps.slot[at] = closure.height + p
                steps.source[at] = ~ends.first[ends.points]
                at += 1
            for i in range(ends.chain_first[c], ends.chain_first[c + 1]):
                steps.slot[at] = closure.depth[ends.node[ends.falling[i]]]
                steps.source[at] = ~ends.falling[i]
                at += 1
            c += 1


cdef void gather_weights(
    int32_t arcs, const int32_t* source, const lane_t* weight, const lane_t* end_weight, lane_t* out
) noexcept nogil:
    """Fetch the weights that `fill_steps` has named."""
    cdef int32_t a
    for a in range(arcs):
        out[a] = weight[source[a]] if source[a] >= 0 else end_weight[~source[a]]
