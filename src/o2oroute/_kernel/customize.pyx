"""Weights of a chordal pattern: the shortest way between two neighbours over nodes that come before both.

Row by row, upwards. Row x begins with the weights of the graph's own arcs. For each lower neighbour v of x,
whose row is finished, and each y after x in the row of v, the way x - v - y may be shorter:

    v:  . . x . y . . z      entries of v from x on are one slice, and x is joined to all of them
            |   |
    x:      up[x,y]   = min(up[x,y],   down[v,x] + up[v,y])
            down[x,y] = min(down[x,y], down[v,y] + up[v,x])

`place` says where in row x each head stands, so that nothing is searched. Weights that are infinite stay so
as long as infinity is the largest value used and two of them fit the type.

Source: Dibbelt, Strasser, Wagner, Customizable Contraction Hierarchies (JEA 2016), section 5 (lower
triangles).
"""

from libc.stdint cimport int32_t, uint8_t

from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.lanes cimport LABEL_INF, LABEL_SHIFT


cdef void place_weights(
    int32_t arcs, const int32_t* slot, int32_t entries, const weight_t* weight, weight_t* own_up, weight_t*
    own_down
) noexcept nogil:
    """Lower the entries to the least weight of the graph's own arcs; a slot is e going up, ~e going down."""
    cdef int32_t a
    for a in range(arcs):
        if slot[a] < 0:
            if weight[a] < own_down[~slot[a]]:
                own_down[~slot[a]] = weight[a]
        elif slot[a] < entries and weight[a] < own_up[slot[a]]:
            own_up[slot[a]] = weight[a]


cdef bint customize_row(
    const Chordal* c, int32_t x, const weight_t* own_up, const weight_t* own_down, weight_t* up, weight_t*
    down, int32_t* place, weight_t* new_up, weight_t* new_down,
) noexcept nogil:
    """Compute row x, all rows below it being right; return whether anything in it changed.

    `new_up` and `new_down` have room for the longest row.
    """
    cdef int32_t begin = c.first[x], length = c.first[x + 1] - begin, i, k, e, p
    cdef weight_t from_x, to_x, way
    cdef bint changed = False
    for k in range(length):
        place[c.head[begin + k]] = k
        new_up[k] = own_up[begin + k]
        new_down[k] = own_down[begin + k]
    for i in range(c.lower_first[x], c.lower_first[x + 1]):
        e = c.lower_entry[i]
        from_x = down[e]
        to_x = up[e]
        for k in range(e + 1, c.first[c.lower[i] + 1]):
            p = place[c.head[k]]
            way = from_x + up[k]
            new_up[p] = way if way < new_up[p] else new_up[p]
            way = down[k] + to_x
            new_down[p] = way if way < new_down[p] else new_down[p]
    for k in range(length):
        if up[begin + k] != new_up[k] or down[begin + k] != new_down[k]:
            up[begin + k] = new_up[k]
            down[begin + k] = new_down[k]
            changed = True
    return changed


cdef void customize_all(
    const Chordal* c, const weight_t* own_up, const weight_t* own_down, weight_t* up, weight_t* down,
    int32_t* place, weight_t* new_up, weight_t* new_down,
) noexcept nogil:
    """Compute all rows."""
    cdef int32_t x
    for x in range(c.nodes):
        customize_row(c, x, own_up, own_down, up, down, place, new_up, new_down)


cdef int32_t customize_some(
    const Chordal* c, const double* own_up, const double* own_down, double* up, double* down,
    int32_t* place, double* new_up, double* new_down, uint8_t* stale, int32_t lowest,
) noexcept nogil:
    """Compute the rows marked in `stale`, from `lowest` on, and those that they change; return how many.

    A row counts in triangles only for the rows of its own heads, so only those become stale when it changes.
    """
    cdef int32_t x, k, count = 0
    for x in range(lowest, c.nodes):
        if stale[x]:
            stale[x] = 0
            count += 1
            if customize_row(c, x, own_up, own_down, up, down, place, new_up, new_down):
                for k in range(c.first[x], c.first[x + 1]):
                    stale[c.head[k]] = 1
    return count


cdef bint times_of_labels(int32_t entries, const double* label, double most, int32_t* ms) noexcept nogil:
    """Set the times that labels of time and length begin with; return whether all are below `most`."""
    cdef int32_t e, beyond = 0
    for e in range(entries):
        beyond += label[e] >= most and label[e] < LABEL_INF
        ms[e] = <int32_t> (label[e] * LABEL_SHIFT) if label[e] < most else INF
    return beyond == 0
