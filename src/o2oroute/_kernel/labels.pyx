"""Labels of points: how far each is from the nodes that its ways climb over, kept to be met with others'.

The best way between two points turns at a node above both. If a point's labels of the nodes above it are
kept, row by row of the elimination tree, then a cell is the least sum over the nodes that two points have
above them in common; these are the first so many of either row, down to where the tree parts. A point that
comes or goes changes nobody else's row.

The nodes that a point begins or ends on are parted into chains, each on one way to the root (closure.pyx);
each chain has a row. Labels carry time and length; see lanes.pxi.

Source: Ouyang, Qin, Chang, Lin, Zhang, Zhu, When Hierarchy Meets 2-Hop-Labeling (SIGMOD 2018); here with what
the search up finds in place of exact distances, so that a row takes one climb.
"""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.closure cimport Ends, ancestors_falling, last_node
from o2oroute._kernel.dtypes cimport dm_of, ms_of
from o2oroute._kernel.lanes cimport LABEL_INF, LABEL_LIMIT, LABEL_ONE_MS, LABEL_SHIFT, UpView

cdef extern from "<math.h>" nogil:
    const float INFINITY

cdef enum:
    SIDE_BY_SIDE = 8  # sums that are kept apart, so that they need not wait for each other


cdef void label_chains(
    const UpView* up, const Ends* ends, const double* offset, const int32_t* depth, int32_t number,
    LabelWorkspace* work, Chains* chains,
) noexcept nogil:
    """Append the chains of some points, which are numbered from `number` on; there is room for them."""
    cdef const double* weight = <const double*> up.weight
    cdef double* best = work.best
    cdef double* row
    cdef double way
    cdef int32_t p, i, a, v, begin, count, c = 0
    for p in range(ends.points):
        begin = ends.first[p]
        for i in range(begin, ends.first[p + 1]):
            v = ends.node[ends.falling[i]]
            work.order[i - begin] = v
            if offset[ends.falling[i]] < best[v]:
                best[v] = offset[ends.falling[i]]
        count = ancestors_falling(up.parent, work.order, ends.first[p + 1] - begin, work.mark, work.met)
        for i in range(count - 1, -1, -1):
            v = work.met[i]
            for a in range(up.first[v], up.first[v + 1]):
                way = best[v] + weight[a]
                if way < best[up.head[a]]:
                    best[up.head[a]] = way
        while ends.chain_first[c] < ends.first[p + 1]:
            v = last_node(ends, c)
            chains.point[chains.count] = number + p
            chains.last[chains.count] = v
            row = chains.label + chains.count * chains.height
            while v >= 0:
                row[depth[v]] = best[v]
                v = up.parent[v]
            chains.count += 1
            c += 1
        for i in range(count):
            best[work.met[i]] = LABEL_INF


cdef inline double least_sum(const double* a, const double* b, int32_t length) noexcept nogil:
    cdef double[SIDE_BY_SIDE] least
    cdef double way
    cdef int32_t i = 0, k
    for k in range(SIDE_BY_SIDE):
        least[k] = LABEL_INF
    while i + SIDE_BY_SIDE <= length:
        for k in range(SIDE_BY_SIDE):
            way = a[i + k] + b[i + k]
            least[k] = way if way < least[k] else least[k]
        i += SIDE_BY_SIDE
    for k in range(length - i):
        way = a[i + k] + b[i + k]
        least[k] = way if way < least[k] else least[k]
    for k in range(1, SIDE_BY_SIDE):
        least[0] = least[k] if least[k] < least[0] else least[0]
    return least[0]


cdef void meet_chains(
    const Tree* tree, int32_t last, const double* label, const Chains* others, LabelWorkspace* work
) noexcept nogil:
    """Lower what was found for each point to the best way over one chain and the point's own."""
    cdef int32_t length = tree.depth[last] + 1, v = last, c, low, high, middle
    cdef double way
    while v >= 0:
        work.path_node[tree.depth[v]] = v
        work.path_lowest[tree.depth[v]] = tree.lowest[v]
        v = tree.parent[v]
    for c in range(others.count):
        # the path's nodes above the other chain's last are those whose subtree it is in: the first so many
        v = others.last[c]
        low = 0
        high = length
        while low < high:
            middle = (low + high) // 2
            if work.path_lowest[middle] <= v <= work.path_node[middle]:
                low = middle + 1
            else:
                high = middle
        way = least_sum(label, others.label + c * others.height, low)
        if way < work.found[others.point[c]]:
            work.found[others.point[c]] = way


cdef void go_ahead(
    const Spots* spots, int32_t own_from, int32_t own_to, bint departing, double* found
) noexcept nogil:
    """Let points that lie ahead on the same node be reached straight on, in time and in length."""
    cdef int32_t i, j
    cdef int64_t ms, dm
    cdef double label
    for i in range(own_from, own_to):
        for j in range(spots.count):
            if spots.node[j] == spots.node[i]:
                ms = ms_of(spots.offset[j]) - ms_of(spots.offset[i])
                dm = dm_of(spots.offset[j]) - dm_of(spots.offset[i])
                if not departing:
                    ms = -ms
                    dm = -dm
                if ms >= 0 and dm >= 0:
                    label = <double> ms * LABEL_ONE_MS + <double> dm
                    if label < found[spots.point[j]]:
                        found[spots.point[j]] = label


cdef inline int32_t first_of(const int32_t* point, int32_t count, int32_t begin) noexcept nogil:
    """Return where the points from `begin` on stand, which are mostly few and the last."""
    while count > 0 and point[count - 1] >= begin:
        count -= 1
    return count


cdef double write_lines(
    int32_t begin, int32_t end, bint departing, const Tree* tree, const Chains* own, const Chains* others,
    const Spots* spots, LabelWorkspace* work, size_t columns, float* ms_out, float* dm_out,
) noexcept nogil:
    """Write the rows of some points, from them to all, or the columns if not `departing`.

    Return the largest label; seconds and metres are made as in lanes.pxi.
    """
    cdef int32_t c = first_of(own.point, own.count, begin), s = first_of(spots.point, spots.count, begin)
    cdef int32_t p, q, own_spots
    cdef double label, ms, top = 0.0
    cdef size_t cell, step = 1 if departing else columns
    for q in range(begin, end):
        for p in range(end):
            work.found[p] = LABEL_INF
        while c < own.count and own.point[c] == q:
            meet_chains(tree, own.last[c], own.label + c * own.height, others, work)
            c += 1
        own_spots = s
        while s < spots.count and spots.point[s] == q:
            s += 1
        go_ahead(spots, own_spots, s, departing, work.found)
        cell = q * columns if departing else q
        for p in range(end):
            label = work.found[p]
            if label < LABEL_LIMIT:
                ms = <double> <int32_t> (label * LABEL_SHIFT)
                ms_out[cell] = <float> (ms * 0.001)
                dm_out[cell] = <float> ((label - ms * LABEL_ONE_MS) * 0.1)
            else:
                ms_out[cell] = dm_out[cell] = INFINITY
            if top < label < LABEL_INF:
                top = label
            cell += step
    return top
