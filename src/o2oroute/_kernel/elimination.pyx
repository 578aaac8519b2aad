"""Elimination tree and chordal pattern of a graph whose nodes are numbered in elimination order.

Taking the nodes away one by one, and joining the neighbours of each as it goes, adds arcs until the graph is
chordal. Row v of the *pattern* then lists the neighbours of v that outlive it, in rising order; the first
of them is its parent in the elimination tree. All neighbours in a row are ancestors of v in that tree.

Sources: Liu, The role of elimination trees in sparse factorization (SIAM J. Matrix Anal. 1990), sections 3
and 5; Dibbelt, Strasser, Wagner, Customizable Contraction Hierarchies (JEA 2016), section 4.
"""

from libc.stdint cimport int32_t
from libc.stdlib cimport realloc

from o2oroute._kernel.dijkstra cimport GraphView


cdef void elimination_tree(
    int32_t nodes, const int32_t* lower_first, const int32_t* lower, int32_t* parent, int32_t* ancestor
) noexcept nogil:
    """Set the parent of each node, -1 for roots, from the neighbours that come before it (Liu, algorithm
    4.2).

    Invariant: before node v is handled, `ancestor` leads from any earlier node towards its root among them.
    """
    cdef int32_t v, i, r, onward
    for v in range(nodes):
        parent[v] = -1
        ancestor[v] = -1
        for i in range(lower_first[v], lower_first[v + 1]):
            r = lower[i]
            while ancestor[r] >= 0 and ancestor[r] != v:
                onward = ancestor[r]
                ancestor[r] = v
                r = onward
            if ancestor[r] < 0:
                ancestor[r] = v
                parent[r] = v


cdef void link_children(
    int32_t nodes, const int32_t* parent, int32_t* first_child, int32_t* next_sibling
) noexcept nogil:
    cdef int32_t v, r
    for v in range(nodes + 1):
        first_child[v] = -1
    # backwards, so that children are listed in rising order; roots hang below the extra entry
    for v in range(nodes - 1, -1, -1):
        r = parent[v] if parent[v] >= 0 else nodes
        next_sibling[v] = first_child[r]
        first_child[r] = v


cdef void postorder(
    int32_t nodes, const int32_t* parent, int32_t* first_child, int32_t* next_sibling, int32_t* stack,
    int32_t* position,
) noexcept nogil:
    """Set the position of each node in a postorder of the tree; the child lists are left behind for use."""
    cdef int32_t v, depth, count = 0
    link_children(nodes, parent, first_child, next_sibling)
    # `position` serves as the pointer to the next child until the node itself is placed
    v = first_child[nodes]
    while v >= 0:
        stack[0] = v
        depth = 1
        position[v] = first_child[v]
        while depth:
            v = stack[depth - 1]
            if position[v] >= 0:
                stack[depth] = position[v]
                depth += 1
                position[stack[depth - 1]] = first_child[stack[depth - 1]]
                position[v] = next_sibling[position[v]]
            else:
                position[v] = count
                count += 1
                depth -= 1
        v = next_sibling[v]


cdef int fill_pattern(
    int32_t nodes, const int32_t* parent, const int32_t* first_child, const int32_t* next_sibling,
    const int32_t* upper_first, const int32_t* upper, int32_t* mark, Pattern* pattern,
) noexcept nogil:
    """Set the rows of the pattern, unsorted: own later neighbours, and what the children pass on.

    Only nodes numbered in postorder or any elimination order will do. Returns 0, or 1 without memory, or 2
    where the rows hold more than 2**31 - 1 entries.
    """
    cdef int32_t v, child, i, w
    cdef size_t room = 0, size = 0, need
    cdef int32_t* grown
    for v in range(nodes):
        mark[v] = -1
    for v in range(nodes):
        pattern.first[v] = <int32_t> size
        need = size + upper_first[v + 1] - upper_first[v]
        child = first_child[v]
        while child >= 0:
            need += pattern.first[child + 1] - pattern.first[child]
            child = next_sibling[child]
        if need > 2147483647:
            return 2
        if need > room:
            room = need + need // 2 + 1024
            grown = <int32_t*> realloc(pattern.head, room * sizeof(int32_t))
            if grown == NULL:
                return 1
            pattern.head = grown
        mark[v] = v
        for i in range(upper_first[v], upper_first[v + 1]):
            w = upper[i]
            if mark[w] != v:
                mark[w] = v
                pattern.head[size] = w
                size += 1
        child = first_child[v]
        while child >= 0:
            for i in range(pattern.first[child], pattern.first[child + 1]):
                w = pattern.head[i]
                if mark[w] != v:
                    mark[w] = v
                    pattern.head[size] = w
                    size += 1
            child = next_sibling[child]
        pattern.first[v + 1] = <int32_t> size
    return 0


cdef void transpose(
    int32_t nodes, const int32_t* first, const int32_t* head, int32_t* other_first, int32_t* other_head,
    int32_t* place,
) noexcept nogil:
    """Group by head what is grouped by tail; the rows come out sorted."""
    cdef int32_t v, i
    for v in range(nodes + 1):
        other_first[v] = 0
    for i in range(first[nodes]):
        other_first[head[i] + 1] += 1
    for v in range(nodes):
        other_first[v + 1] += other_first[v]
        place[v] = other_first[v]
    for v in range(nodes):
        for i in range(first[v], first[v + 1]):
            other_head[place[head[i]]] = v
            place[head[i]] += 1


cdef void sort_rows(
    int32_t nodes, const int32_t* lower_first, const int32_t* lower, const int32_t* first, int32_t* head,
    int32_t* lower_entry, int32_t* place,
) noexcept nogil:
    """Transpose back into sorted rows, and note which entry of the rows each one of the transpose is."""
    cdef int32_t v, i
    for v in range(nodes):
        place[v] = first[v]
    for v in range(nodes):
        for i in range(lower_first[v], lower_first[v + 1]):
            head[place[lower[i]]] = v
            lower_entry[i] = place[lower[i]]
            place[lower[i]] += 1


cdef void place_arcs(
    int32_t nodes, const GraphView* graph, const int32_t* rank, const Pattern* pattern, int32_t* slot
) noexcept nogil:
    """Set for each arc its entry e in the pattern: e if the arc leads up, ~e if it leads down.

    Loops get the entry that does not exist, ``pattern.first[nodes]``.
    """
    cdef int32_t v, a, low, high, left, right, middle
    for v in range(nodes):
        for a in range(graph.first_out[v], graph.first_out[v + 1]):
            low = rank[v]
            high = rank[graph.arcs[a].head]
            if low == high:
                slot[a] = pattern.first[nodes]
                continue
            if low > high:
                low, high = high, low
            left = pattern.first[low]
            right = pattern.first[low + 1]
            while right - left > 1:
                middle = (left + right) // 2
                if pattern.head[middle] <= high:
                    left = middle
                else:
                    right = middle
            slot[a] = left if rank[v] == low else ~left
