# The door to the hierarchy: elimination order and chordal pattern.
#
# Whatever a file or a caller hands over enters as a permutation, as weights or as seeds, all range-checked;
# every other array that the rooms follow is made here from those, so that none can lead them out of bounds.

from libc.stdint cimport int8_t
from libc.stdlib cimport free

from o2oroute._kernel.customize cimport Chordal
from o2oroute._kernel.dissection cimport Cell, LinksView, Scratch, dissect
from o2oroute._kernel.elimination cimport (
    Pattern, elimination_tree, fill_pattern, place_arcs, postorder, sort_rows, transpose,
)


def nested_dissection(tail, head, lon, lat, *, int directions=4, double share=0.3):
    """Return an elimination order of the nodes of a routing graph, which are segments between junctions.

    Parameters
    ----------
    tail, head : ndarray of int32, shape (nodes,)
        Junctions where the node's segment starts and ends.
    lon, lat : ndarray of int32, shape (junctions,)
        In units of 1e-7 degrees.
    directions : int
        How many directions are tried for each cut, 1 to 8.
    share : float
        Part of a cell at either end that may not be cut, above 0 and below 0.5.

    Returns
    -------
    ndarray of int32, shape (nodes,)
        Rank of each node; what is taken away first has the lowest.
    """
    cdef Py_ssize_t junctions = _checked(lon, "lon", -1, -(2**31), 2**31 - 1).shape[0]
    _checked(lat, "lat", junctions, -(2**31), 2**31 - 1)
    cdef Py_ssize_t nodes = _checked(tail, "tail", -1, 0, junctions - 1).shape[0]
    _checked(head, "head", nodes, 0, junctions - 1)
    if not 1 <= directions <= 8:
        raise InputError(f"directions is {directions}; it must be from 1 to 8")
    if not 0.0 < share < 0.5:
        raise InputError(f"share is {share}; it must be above 0 and below 0.5")
    if nodes == 0:
        return np.empty(0, dtype=np.int32)
    pair = np.minimum(tail, head).astype(np.int64) * junctions + np.maximum(tail, head)
    pairs, link_of_node, nodes_of_link = np.unique(pair, return_inverse=True, return_counts=True)
    order = _dissected(
        (pairs // junctions).astype(np.int32),
        (pairs % junctions).astype(np.int32),
        nodes_of_link.astype(np.int32),
        lon * np.cos(np.radians(lat.mean() * 1e-7)),
        lat.astype(np.float64),
        directions,
        share,
    )
    place = np.empty_like(order)
    place[order] = np.arange(order.size, dtype=np.int32)
    rank = np.empty(nodes, dtype=np.int32)
    rank[np.argsort(place[link_of_node], kind="stable")] = np.arange(nodes, dtype=np.int32)
    return rank


cdef object _dissected(link_tail, link_head, link_weight, x, y, int directions, double share):
    cdef int32_t links_count = <int32_t> link_tail.shape[0], junction_count = <int32_t> x.shape[0]
    order = np.arange(links_count, dtype=np.int32)
    junctions = np.arange(junction_count, dtype=np.int32)
    cells = np.empty(4 * (junction_count + 2), dtype=np.int32)
    by_junction = np.empty((8, junction_count + 1), dtype=np.int32)
    by_arc = np.empty((4, 2 * links_count + 1), dtype=np.int32)
    by_link = np.empty((2, max(links_count, junction_count) + 1), dtype=np.int32)
    sides = np.empty((2, junction_count + 1), dtype=np.int8)
    key = np.empty(junction_count + 1)
    cdef int32_t[:, ::1] j = by_junction, a = by_arc, k = by_link
    cdef int8_t[:, ::1] s8 = sides
    cdef double[::1] keys = key, xs = x, ys = y
    cdef Scratch s
    s.local = &j[0, 0]
    s.first = &j[1, 0]
    s.level = &j[2, 0]
    s.next_arc = &j[3, 0]
    s.queue = &j[4, 0]
    s.trail = &j[5, 0]
    s.items = &j[6, 0]
    s.arc_head = &a[0, 0]
    s.twin = &a[1, 0]
    s.capacity = &a[2, 0]
    s.room = &a[3, 0]
    s.spare = &k[0, 0]
    s.cut = &k[1, 0]
    s.side = &s8[0, 0]
    s.half = &s8[1, 0]
    s.key = &keys[0]
    cdef LinksView links
    links.count = links_count
    links.tail = _int32_pointer(link_tail)
    links.head = _int32_pointer(link_head)
    links.weight = _int32_pointer(link_weight)
    links.order = _int32_pointer(order)
    cdef int32_t* members = _int32_pointer(junctions)
    cdef Cell* stack = <Cell*> _int32_pointer(cells)
    cdef const double* east = &xs[0]
    cdef const double* north = &ys[0]
    with nogil:
        dissect(&s, &links, east, north, members, junction_count, directions, share, stack)
    return order


@cython.final
cdef class Hierarchy:
    """A routing graph's nodes in elimination order, and the chordal pattern of that order, without weights.

    Parameters
    ----------
    graph : Graph
    rank : ndarray of int32, shape (graph.nodes,)
        An elimination order, as :func:`nested_dissection` gives it.

    Attributes
    ----------
    rank : ndarray of int32, shape (graph.nodes,)
        Position of each node in a postorder of the elimination tree, which is as good an order and the one
        in use.
    entries : int
        Pairs of nodes that are neighbours in the pattern.
    depth : int
        Nodes on the longest way to the root of the elimination tree.

    Raises
    ------
    InputError
        If `rank` is no permutation of the nodes.
    RoutingError
        If the pattern would have 2**31 entries or more.
    """

    cdef readonly Graph graph
    cdef readonly Py_ssize_t entries
    cdef readonly int depth
    cdef readonly object rank
    cdef object parent, node_depth, lowest  # by rank, as all that follows; lowest node of each subtree
    cdef object first, head, lower_first, lower, lower_entry
    cdef object slot  # of each arc: its entry going up, ~entry going down, `entries` for a loop
    cdef object up_first, up_head, up_entry  # entries that can be finite going up
    cdef object down_first, down_tail, down_entry  # and going down
    cdef Chordal view

    def __cinit__(self, Graph graph not None, rank):
        cdef Py_ssize_t nodes = graph.nodes
        _checked(rank, "rank", nodes, 0, nodes - 1)
        if (np.bincount(rank, minlength=nodes) != 1).any():
            raise InputError("rank is no permutation: some nodes share one")
        self.graph = graph
        self._order(rank)
        self._fill()
        self._drop_infinite()

    cdef _ends(self, rank):
        """Return the arcs without loops, as lower and higher rank."""
        tails = np.repeat(rank, np.diff(self.graph.first_out))
        heads = rank[self.graph.arc_array[0::2]]
        proper = tails != heads
        tails, heads = tails[proper], heads[proper]
        return np.minimum(tails, heads), np.maximum(tails, heads)

    cdef _order(self, rank):
        """Set the elimination tree, and renumber the nodes in postorder, which keeps the pattern."""
        cdef int32_t nodes = <int32_t> self.graph.nodes
        low, high = self._ends(rank)
        lower_first, lower = _grouped(high, low, nodes)
        parent, ancestor, sibling, stack, position = np.empty((5, nodes + 1), dtype=np.int32)
        child = np.empty(nodes + 1, dtype=np.int32)
        cdef int32_t* p_first = _int32_pointer(lower_first)
        cdef int32_t* p_lower = _int32_pointer(lower)
        cdef int32_t* p_parent = _int32_pointer(parent)
        cdef int32_t* p_ancestor = _int32_pointer(ancestor)
        cdef int32_t* p_child = _int32_pointer(child)
        cdef int32_t* p_sibling = _int32_pointer(sibling)
        cdef int32_t* p_stack = _int32_pointer(stack)
        cdef int32_t* p_position = _int32_pointer(position)
        with nogil:
            elimination_tree(nodes, p_first, p_lower, p_parent, p_ancestor)
            postorder(nodes, p_parent, p_child, p_sibling, p_stack, p_position)
        position, parent = position[:nodes], parent[:nodes]
        self.rank = _copy(position[rank])
        self.parent = np.empty(nodes, dtype=np.int32)
        # position[-1] is whatever it is: roots are set apart
        self.parent[position] = np.where(parent >= 0, position[parent], -1)

    cdef _fill(self):
        """Set the chordal pattern, its transpose, and the depths."""
        cdef int32_t nodes = <int32_t> self.graph.nodes, v
        low, high = self._ends(self.rank)
        upper_first, upper = _grouped(low, high, nodes)
        child, sibling, stack, position = np.empty((4, nodes + 1), dtype=np.int32)
        self.first = np.zeros(nodes + 1, dtype=np.int32)
        self.lower_first = np.zeros(nodes + 1, dtype=np.int32)
        self.node_depth = np.zeros(nodes, dtype=np.int32)
        self.lowest = np.arange(nodes, dtype=np.int32)
        cdef int32_t* p_parent = _int32_pointer(self.parent)
        cdef int32_t* p_child = _int32_pointer(child)
        cdef int32_t* p_sibling = _int32_pointer(sibling)
        cdef int32_t* p_stack = _int32_pointer(stack)
        cdef int32_t* p_position = _int32_pointer(position)
        cdef int32_t* p_upper_first = _int32_pointer(upper_first)
        cdef int32_t* p_upper = _int32_pointer(upper)
        cdef int32_t* p_lower_first = _int32_pointer(self.lower_first)
        cdef int32_t* p_depth = _int32_pointer(self.node_depth)
        cdef int32_t* p_lowest = _int32_pointer(self.lowest)
        cdef int32_t* p_lower
        cdef int32_t* p_head
        cdef int32_t* p_entry
        cdef int32_t* p_slot
        cdef Pattern pattern
        cdef int status
        pattern.nodes = nodes
        pattern.first = _int32_pointer(self.first)
        pattern.head = NULL
        try:
            with nogil:
                postorder(nodes, p_parent, p_child, p_sibling, p_stack, p_position)
                status = fill_pattern(
                    nodes, p_parent, p_child, p_sibling, p_upper_first, p_upper, p_position, &pattern
                )
            if status == 1:
                raise MemoryError("the chordal pattern of the graph does not fit in memory")
            if status == 2:
                raise RoutingError(
                    "the chordal pattern has 2**31 entries or more; the order does not suit the graph"
                )
            self.entries = int(self.first[nodes])
            self.lower = np.empty(self.entries, dtype=np.int32)
            self.head = np.empty(self.entries, dtype=np.int32)
            self.lower_entry = np.empty(self.entries, dtype=np.int32)
            p_lower = _int32_pointer(self.lower)
            p_head = _int32_pointer(self.head)
            p_entry = _int32_pointer(self.lower_entry)
            with nogil:
                transpose(nodes, pattern.first, pattern.head, p_lower_first, p_lower, p_position)
                sort_rows(nodes, p_lower_first, p_lower, pattern.first, p_head, p_entry, p_position)
        finally:
            free(pattern.head)
        pattern.head = p_head
        self.slot = np.empty(self.graph.arcs, dtype=np.int32)
        p_slot = _int32_pointer(self.slot)
        cdef int32_t* p_rank = _int32_pointer(self.rank)
        cdef const GraphView* graph = &self.graph.view
        cdef int32_t deepest = -1
        with nogil:
            place_arcs(nodes, graph, p_rank, &pattern, p_slot)
            for v in range(nodes - 1, -1, -1):
                p_depth[v] = p_depth[p_parent[v]] + 1 if p_parent[v] >= 0 else 0
                if p_depth[v] > deepest:
                    deepest = p_depth[v]
            for v in range(nodes):
                if p_parent[v] >= 0 and p_lowest[v] < p_lowest[p_parent[v]]:
                    p_lowest[p_parent[v]] = p_lowest[v]
        self.depth = deepest + 1
        self.view.nodes = nodes
        self.view.first = pattern.first
        self.view.head = p_head
        self.view.lower_first = p_lower_first
        self.view.lower = p_lower
        self.view.lower_entry = p_entry

    cdef _drop_infinite(self):
        """Find the entries that no weights can make finite, by customizing whether there is a way at all."""
        own_up, own_down = _own_weights(self, np.zeros(self.graph.arcs, dtype=np.uint8), 1)
        up, down = _customized(self, own_up, own_down)
        row = np.repeat(np.arange(self.graph.nodes, dtype=np.int32), np.diff(self.first))
        self.up_entry = np.flatnonzero(up == 0).astype(np.int32)
        self.up_first = _offsets_of(row[self.up_entry], self.graph.nodes)
        self.up_head = self.head[self.up_entry]
        self.down_entry = np.flatnonzero(down == 0).astype(np.int32)
        self.down_first = _offsets_of(row[self.down_entry], self.graph.nodes)
        self.down_tail = self.head[self.down_entry]


cdef _check_same_arcs(Hierarchy hierarchy, Graph graph):
    if graph is not hierarchy.graph and not (
        np.array_equal(graph.first_out, hierarchy.graph.first_out)
        and np.array_equal(graph.arc_array[0::2], hierarchy.graph.arc_array[0::2])
    ):
        raise InputError("the graph has other arcs than the hierarchy; only its weights may differ")


cdef _offsets_of(group, Py_ssize_t groups):
    first = np.zeros(groups + 1, dtype=np.int32)
    np.cumsum(np.bincount(group, minlength=groups), out=first[1:])
    return first


cdef _grouped(group, item, Py_ssize_t groups):
    """Return the items of each group, in CSR."""
    order = np.argsort(group, kind="stable")
    return _offsets_of(group, groups), np.ascontiguousarray(item[order])
