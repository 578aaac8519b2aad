"""Nested dissection of a road graph by inertial flow.

The graph's *links* (undirected pairs of junctions, each standing for the directed segments between them)
are put into an elimination order. A cell is a set of junctions with the links between them. Each cell is
cut in two by a smallest set of links, the cut links come last, and both halves are ordered before them the
same way:

    links of a cell   [ first half | second half | cut ]      lower ranks to the left

Both the junctions and the links of a cell are slices of one array each, so that going down is two new
slices and moves nothing else. Cutting links, not junctions, is what suits a graph whose nodes are the
segments: once the segments over the cut are gone, no turn leads from one half to the other.

The cut is a minimum cut between the junctions that lie furthest out in some direction and those furthest
out in the opposite one (a fixed share of the cell each); the best of several directions is taken.

Source: Schild, Sommer, On Balanced Separators in Road Networks (SEA 2015).
"""

from libc.stdint cimport int32_t
from libc.string cimport memcpy

cdef int32_t UNBOUNDED = 2147483646


cdef inline double projection(const double* x, const double* y, int32_t v, int32_t direction) noexcept nogil:
    if direction == 0:
        return x[v]
    if direction == 1:
        return y[v]
    if direction == 2:
        return x[v] + y[v]
    if direction == 3:
        return x[v] - y[v]
    if direction == 4:
        return 2 * x[v] + y[v]
    if direction == 5:
        return x[v] + 2 * y[v]
    if direction == 6:
        return 2 * x[v] - y[v]
    return x[v] - 2 * y[v]


cdef inline bint before(const double* key, int32_t a, int32_t b) noexcept nogil:
    return key[a] < key[b] or (key[a] == key[b] and a < b)


cdef void select(int32_t* items, const double* key, int32_t count, int32_t rank) noexcept nogil:
    """Put the `rank` smallest items first (Hoare's selection); equal keys go by item, so that runs agree."""
    cdef int32_t low = 0, high = count - 1, i, j, pivot, held
    while low < high:
        pivot = items[(low + high) // 2]
        i = low
        j = high
        while i <= j:
            while before(key, items[i], pivot):
                i += 1
            while before(key, pivot, items[j]):
                j -= 1
            if i <= j:
                held = items[i]
                items[i] = items[j]
                items[j] = held
                i += 1
                j -= 1
        if rank <= j:
            high = j
        elif rank >= i:
            low = i
        else:
            return


cdef int32_t seed_levels(Scratch* s, int32_t vertices, int8_t side) noexcept nogil:
    """Queue the vertices of one side at level 0, mark all others unreached; return how many are queued."""
    cdef int32_t v, tail = 0
    for v in range(vertices):
        s.level[v] = -1
        if s.side[v] == side:
            s.level[v] = 0
            s.queue[tail] = v
            tail += 1
    return tail


cdef bint reach_sinks(Scratch* s, int32_t vertices) noexcept nogil:
    """Level the vertices by hops from the sources, up to the nearest sinks; return whether there are any."""
    cdef int32_t v, u, a, head = 0, tail = seed_levels(s, vertices, SOURCE), nearest = UNBOUNDED
    while head < tail:
        v = s.queue[head]
        head += 1
        if s.level[v] >= nearest:
            break
        for a in range(s.first[v], s.first[v + 1]):
            u = s.arc_head[a]
            if s.room[a] > 0 and s.level[u] < 0:
                s.level[u] = s.level[v] + 1
                s.queue[tail] = u
                tail += 1
                if s.side[u] == SINK:
                    nearest = s.level[u]
    return nearest < UNBOUNDED


cdef int32_t augment(Scratch* s, int32_t source, int32_t limit) noexcept nogil:
    """Send unit after unit from a source along rising levels until no way is left; return what was sent."""
    cdef int32_t depth = 0, v = source, a, i, sent = 0
    # s.trail[0:depth] holds the arcs from the source to v
    while True:
        if s.side[v] == SINK:
            for i in range(depth):
                s.room[s.trail[i]] -= 1
                s.room[s.twin[s.trail[i]]] += 1
            sent += 1
            if sent >= limit:
                return sent
            depth = 0
            v = source
            continue
        a = s.next_arc[v]
        while a < s.first[v + 1] and not (s.room[a] > 0 and s.level[s.arc_head[a]] == s.level[v] + 1):
            a += 1
        s.next_arc[v] = a
        if a < s.first[v + 1]:
            s.trail[depth] = a
            depth += 1
            v = s.arc_head[a]
        elif depth == 0:
            return sent
        else:
            depth -= 1
            v = s.arc_head[s.twin[s.trail[depth]]]
            s.next_arc[v] += 1


cdef int32_t minimum_cut(Scratch* s, int32_t vertices, int32_t limit) noexcept nogil:
    """Return the size of the smallest cut between sources and sinks, or `limit` once it is known not to be
    smaller.

    Source: Dinic, Algorithm for solution of a problem of maximum flow in networks with power estimation
    (1970).
    """
    cdef int32_t v, flow = 0
    while flow < limit and reach_sinks(s, vertices):
        memcpy(s.next_arc, s.first, vertices * sizeof(int32_t))
        for v in range(vertices):
            if s.side[v] == SOURCE and flow < limit:
                flow += augment(s, v, limit - flow)
    return flow


cdef int32_t spread(Scratch* s, int32_t vertices, int8_t side) noexcept nogil:
    """Level >= 0: what the sources can still reach, or what can still reach the sinks; return how many."""
    cdef int32_t v, u, a, head = 0, tail = seed_levels(s, vertices, side)
    while head < tail:
        v = s.queue[head]
        head += 1
        for a in range(s.first[v], s.first[v + 1]):
            u = s.arc_head[a]
            if s.level[u] < 0 and s.room[a if side == SOURCE else s.twin[a]] > 0:
                s.level[u] = 0
                s.queue[tail] = u
                tail += 1
    return tail


cdef void build_flow_network(
    Scratch* s, const LinksView* links, const Cell* cell, int32_t vertices
) noexcept nogil:
    cdef int32_t i, link, a, b, v
    for v in range(vertices + 1):
        s.first[v] = 0
    for i in range(cell.link_from, cell.link_to):
        link = links.order[i]
        a = s.local[links.tail[link]]
        b = s.local[links.head[link]]
        if a != b:
            s.first[a + 1] += 1
            s.first[b + 1] += 1
    for v in range(vertices):
        s.first[v + 1] += s.first[v]
    memcpy(s.next_arc, s.first, vertices * sizeof(int32_t))
    for i in range(cell.link_from, cell.link_to):
        link = links.order[i]
        a = s.local[links.tail[link]]
        b = s.local[links.head[link]]
        if a != b:
            s.arc_head[s.next_arc[a]] = b
            s.arc_head[s.next_arc[b]] = a
            s.twin[s.next_arc[a]] = s.next_arc[b]
            s.twin[s.next_arc[b]] = s.next_arc[a]
            s.capacity[s.next_arc[a]] = links.weight[link]
            s.capacity[s.next_arc[b]] = links.weight[link]
            s.next_arc[a] += 1
            s.next_arc[b] += 1


cdef int32_t part_components(Scratch* s, int32_t vertices) noexcept nogil:
    """Set half[v] by whole components; return the size of the first half: all, if the cell hangs together."""
    cdef int32_t v, u, a, head, tail = 0, begin, first = 0, second = 0
    cdef int8_t half
    for v in range(vertices):
        s.level[v] = -1
    for v in range(vertices):
        if s.level[v] >= 0:
            continue
        begin = tail
        head = tail
        s.level[v] = 0
        s.queue[tail] = v
        tail += 1
        # the emptier half takes the component, so that a cell of many parts is halved, not peeled
        half = first > second
        while head < tail:
            u = s.queue[head]
            s.half[u] = half
            head += 1
            for a in range(s.first[u], s.first[u + 1]):
                if s.level[s.arc_head[a]] < 0:
                    s.level[s.arc_head[a]] = 0
                    s.queue[tail] = s.arc_head[a]
                    tail += 1
        if half:
            second += tail - begin
        else:
            first += tail - begin
    return first


cdef void keep_if_better(
    Scratch* s, int32_t vertices, int32_t cut, int32_t reached, bint reached_is_first, Best* best
) noexcept nogil:
    """Take over the halves in `level` if the cut is smaller, or as small and better balanced."""
    cdef int32_t v, smaller = reached if 2 * reached <= vertices else vertices - reached
    if cut < best.cut or (cut == best.cut and smaller > best.smaller):
        best.cut = cut
        best.smaller = smaller
        for v in range(vertices):
            s.half[v] = (s.level[v] < 0) == reached_is_first


cdef void split(
    Scratch* s, const double* x, const double* y, const int32_t* junctions, int32_t vertices, int32_t
    directions, double share,
) noexcept nogil:
    """Set half[v] for each vertex of a connected cell."""
    cdef int32_t direction, v, i, cut, ends
    cdef Best best
    best.cut = UNBOUNDED
    best.smaller = 0
    ends = <int32_t> (share * vertices)
    if ends < 1:
        ends = 1
    for direction in range(directions):
        for v in range(vertices):
            s.key[v] = projection(x, y, junctions[v], direction)
            s.items[v] = v
            s.side[v] = NEITHER
        select(s.items, s.key, vertices, ends)
        select(s.items + ends, s.key, vertices - ends, vertices - 2 * ends)
        for i in range(ends):
            s.side[s.items[i]] = SOURCE
            s.side[s.items[vertices - 1 - i]] = SINK
        memcpy(s.room, s.capacity, s.first[vertices] * sizeof(int32_t))
        # a cut of the same size may still be better balanced, so look one further
        cut = minimum_cut(s, vertices, best.cut + 1)
        if cut <= best.cut:
            keep_if_better(s, vertices, cut, spread(s, vertices, SOURCE), True, &best)
            keep_if_better(s, vertices, cut, spread(s, vertices, SINK), False, &best)


cdef void part_links(
    Scratch* s, const LinksView* links, const Cell* cell, Cell* first, Cell* second
) noexcept nogil:
    """Put the links of a cell in the order first half, second half, cut."""
    cdef int32_t i, link, a, b, at_first = 0, at_second = 0, at_cut = 0
    cdef int32_t* order = links.order + cell.link_from
    for i in range(cell.link_to - cell.link_from):
        link = order[i]
        a = s.half[s.local[links.tail[link]]]
        b = s.half[s.local[links.head[link]]]
        if a != b:
            s.cut[at_cut] = link
            at_cut += 1
        elif a == 0:
            order[at_first] = link
            at_first += 1
        else:
            s.spare[at_second] = link
            at_second += 1
    memcpy(order + at_first, s.spare, at_second * sizeof(int32_t))
    memcpy(order + at_first + at_second, s.cut, at_cut * sizeof(int32_t))
    first.link_from = cell.link_from
    first.link_to = cell.link_from + at_first
    second.link_from = first.link_to
    second.link_to = first.link_to + at_second


cdef void part_junctions(
    Scratch* s, int32_t* junctions, const Cell* cell, Cell* first, Cell* second
) noexcept nogil:
    cdef int32_t i, at_first = 0, at_second = 0
    cdef int32_t* members = junctions + cell.junction_from
    for i in range(cell.junction_to - cell.junction_from):
        if s.half[i] == 0:
            members[at_first] = members[i]
            at_first += 1
        else:
            s.spare[at_second] = members[i]
            at_second += 1
    memcpy(members + at_first, s.spare, at_second * sizeof(int32_t))
    first.junction_from = cell.junction_from
    first.junction_to = cell.junction_from + at_first
    second.junction_from = first.junction_to
    second.junction_to = cell.junction_to


cdef void dissect(
    Scratch* s, const LinksView* links, const double* x, const double* y, int32_t* junctions,
    int32_t junction_count, int32_t directions, double share, Cell* cells,
) noexcept nogil:
    """Put `links.order` into an elimination order.

    `junctions` lists each junction once; `cells` has room for as many cells as there are junctions, plus one.
    """
    cdef int32_t open_cells = 1, v, vertices
    cdef Cell cell
    cells[0].junction_from = 0
    cells[0].junction_to = junction_count
    cells[0].link_from = 0
    cells[0].link_to = links.count
    while open_cells:
        open_cells -= 1
        cell = cells[open_cells]
        vertices = cell.junction_to - cell.junction_from
        if vertices < 2 or cell.link_to - cell.link_from < 2:
            continue
        for v in range(vertices):
            s.local[junctions[cell.junction_from + v]] = v
        build_flow_network(s, links, &cell, vertices)
        if part_components(s, vertices) == vertices:
            split(s, x, y, junctions + cell.junction_from, vertices, directions, share)
        part_links(s, links, &cell, &cells[open_cells], &cells[open_cells + 1])
        part_junctions(s, junctions, &cell, &cells[open_cells], &cells[open_cells + 1])
        open_cells += 2
