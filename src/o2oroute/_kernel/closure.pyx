"""The part of a hierarchy that a set of targets needs: all nodes from which a target is reached going down.

It depends on the targets and the topology alone, so that it is selected once for any number of sources and
metrics.

Source: Delling, Goldberg, Werneck, Faster Batched Shortest Paths in Road Networks (ATMOS 2011), section 3.
"""

from libc.stdint cimport int32_t, uint8_t


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


cdef void fill_closure(
    const int32_t* first, const int32_t* tail, const int32_t* node_depth, const int32_t* nodes, int32_t count,
    int32_t* closure_first, int32_t* slot, int32_t* arc,
) noexcept nogil:
    """Lay out the arcs into the listed nodes, in their order; `arc` says where each weight is found."""
    cdef int32_t i, a, v, size = 0
    for i in range(count):
        v = nodes[i]
        closure_first[i] = size
        for a in range(first[v], first[v + 1]):
            slot[size] = node_depth[tail[a]]
            arc[size] = a
            size += 1
    closure_first[count] = size
