# The door to the hierarchy: elimination order, chordal pattern, weights, closures, many lanes, paths.
#
# Whatever a file or a caller hands over enters as a permutation, as weights or as seeds, all range-checked;
# every other array that the rooms follow is made here from those, so that none can lead them out of bounds.

from libc.stdint cimport int8_t, uint64_t
from libc.stdlib cimport free

from o2oroute.arrays import ranges

from o2oroute._kernel cimport lanes_avx2, lanes_base
from o2oroute._kernel.closure cimport ancestors_falling, fill_closure, keep_reached
from o2oroute._kernel.customize cimport Chordal, customize_all, customize_some, place_weights, weight_t
from o2oroute._kernel.dissection cimport Cell, LinksView, Scratch, dissect
from o2oroute._kernel.elimination cimport (
    Pattern, elimination_tree, fill_pattern, place_arcs, postorder, sort_rows, transpose,
)
from o2oroute._kernel.lanes cimport (
    LANES as C_LANES, AheadView, ClosureView, EndsView, LaneWorkspace, UpView, emit_function, group_function,
)
from o2oroute._kernel.unpack cimport Climb, PathView, climb, find_meeting, unpack_path

cdef extern from *:
    """
    #if (defined(__x86_64__) || defined(__i386__)) && (defined(__GNUC__) || defined(__clang__))
    static int o2oroute_has_avx2(void) { __builtin_cpu_init(); return __builtin_cpu_supports("avx2") != 0; }
    #elif defined(_M_X64)
    #include <intrin.h>
    static int o2oroute_has_avx2(void) {
        int words[4];
        __cpuidex(words, 1, 0);
        /* the system must save the wide registers too */
        if (!(words[2] & (1 << 27)) || (_xgetbv(0) & 6) != 6) return 0;
        __cpuidex(words, 7, 0);
        return (words[1] >> 5) & 1;
    }
    #else
    static int o2oroute_has_avx2(void) { return 0; }
    #endif
    """
    bint o2oroute_has_avx2() noexcept nogil

LANES = C_LANES
HAS_AVX2 = o2oroute_has_avx2()

#: A time and a length in one double: ms * LABEL_ONE_MS + dm.
LABEL_ONE_MS = 2.0**24
LABEL_LIMIT = 2.0**53
LABEL_INF = 1e300


def nested_dissection(tail, head, lon, lat, *, int directions=4, double share=0.3):
    """Return an elimination order of the nodes of a routing graph, each a segment from one junction to
    another.

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
    """A routing graph's nodes in elimination order, and the chordal pattern of that order: all but the
    weights.

    Parameters
    ----------
    graph : Graph
    rank : ndarray of int32, shape (graph.nodes,)
        An elimination order, as :func:`nested_dissection` gives it.

    Attributes
    ----------
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
    # node numbers below are positions in a postorder of the elimination tree; `rank` gives that of a graph
    # node
    cdef readonly object rank, parent, node_depth
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
        self.rank = position[rank]
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
        cdef int32_t* p_parent = _int32_pointer(self.parent)
        cdef int32_t* p_child = _int32_pointer(child)
        cdef int32_t* p_sibling = _int32_pointer(sibling)
        cdef int32_t* p_stack = _int32_pointer(stack)
        cdef int32_t* p_position = _int32_pointer(position)
        cdef int32_t* p_upper_first = _int32_pointer(upper_first)
        cdef int32_t* p_upper = _int32_pointer(upper)
        cdef int32_t* p_lower_first = _int32_pointer(self.lower_first)
        cdef int32_t* p_depth = _int32_pointer(self.node_depth)
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


cdef _offsets_of(group, Py_ssize_t groups):
    first = np.zeros(groups + 1, dtype=np.int32)
    np.cumsum(np.bincount(group, minlength=groups), out=first[1:])
    return first


cdef _grouped(group, item, Py_ssize_t groups):
    """Return the items of each group, in CSR."""
    order = np.argsort(group, kind="stable")
    return _offsets_of(group, groups), np.ascontiguousarray(item[order])


def _customized(Hierarchy hierarchy, own_up, own_down):
    """Return the weights of all entries, up and down, in the type of the own ones."""
    up, down = np.empty_like(own_up), np.empty_like(own_down)
    place = np.zeros(hierarchy.graph.nodes, dtype=np.int32)
    row = np.empty((2, hierarchy.depth + 1), dtype=own_up.dtype)
    cdef const Chordal* chordal = &hierarchy.view
    cdef int32_t* p_place = _int32_pointer(place)
    if own_up.dtype == np.uint8:
        _run_customize[uint8_t](chordal, own_up, own_down, up, down, p_place, row)
    elif own_up.dtype == np.int32:
        _run_customize[int32_t](chordal, own_up, own_down, up, down, p_place, row)
    else:
        _run_customize[double](chordal, own_up, own_down, up, down, p_place, row)
    return up, down


cdef _run_customize(
    const Chordal* chordal, const weight_t[::1] own_up, const weight_t[::1] own_down, weight_t[::1] up,
    weight_t[::1] down, int32_t* place, weight_t[:, ::1] row,
):
    if up.shape[0] == 0:
        return
    cdef const weight_t* p_own_up = &own_up[0]
    cdef const weight_t* p_own_down = &own_down[0]
    cdef weight_t* p_up = &up[0]
    cdef weight_t* p_down = &down[0]
    cdef weight_t* row_up = &row[0, 0]
    cdef weight_t* row_down = &row[1, 0]
    with nogil:
        customize_all(chordal, p_own_up, p_own_down, p_up, p_down, place, row_up, row_down)


@cython.final
cdef class Metric:
    """Weights of a hierarchy: the times, and times with lengths, of all its entries.

    Parameters
    ----------
    hierarchy : Hierarchy
    graph : Graph, optional
        Where the weights come from: the hierarchy's own graph, or one with the same arcs and other weights.
    before : Metric, optional
        Weights of the same hierarchy. Only what its differences to `graph` reach is computed anew.

    Attributes
    ----------
    rows : int
        Rows of the hierarchy that were computed.

    Raises
    ------
    InputError
        If the arcs are others than the hierarchy's.
    """

    cdef readonly Hierarchy hierarchy
    cdef readonly Graph graph
    cdef readonly Py_ssize_t rows
    cdef dict gathered  # whether packed: weights of the arcs up and down
    cdef object up_ms, down_ms  # per entry
    cdef object up_label, down_label, own_up_label, own_down_label
    cdef readonly double longest_ms  # no label of a search can exceed this ...
    cdef readonly double most_exact_ms  # ... and up to this, packed labels are exact

    def __cinit__(self, Hierarchy hierarchy not None, Graph graph=None, Metric before=None):
        graph = hierarchy.graph if graph is None else graph
        if graph is not hierarchy.graph and not (
            np.array_equal(graph.first_out, hierarchy.graph.first_out)
            and np.array_equal(graph.arc_array[0::2], hierarchy.graph.arc_array[0::2])
        ):
            raise InputError("the graph has other arcs than the hierarchy; only its weights may differ")
        if before is not None and before.hierarchy is not hierarchy:
            raise InputError("the weights to begin with belong to another hierarchy")
        self.hierarchy, self.graph, self.gathered = hierarchy, graph, {}
        weight = np.ascontiguousarray(graph.arc_array[1::2])
        length = np.repeat(graph.node_dm, np.diff(graph.first_out))
        own_ms = _own_weights(hierarchy, weight, C_INF)
        own_label = _own_weights(hierarchy, weight * LABEL_ONE_MS + length, LABEL_INF)
        self.own_up_label, self.own_down_label = own_label
        if before is None:
            self.rows = graph.nodes
            self.up_ms, self.down_ms = _customized(hierarchy, *own_ms)
            self.up_label, self.down_label = _customized(hierarchy, *own_label)
        else:
            changed = (own_label[0] != before.own_up_label) | (own_label[1] != before.own_down_label)
            row = np.searchsorted(hierarchy.first, np.flatnonzero(changed), side="right") - 1
            self.up_ms, self.down_ms = before.up_ms.copy(), before.down_ms.copy()
            self.up_label, self.down_label = before.up_label.copy(), before.down_label.copy()
            _customize_rows(hierarchy, row, *own_ms, self.up_ms, self.down_ms)
            self.rows = _customize_rows(hierarchy, row, *own_label, self.up_label, self.down_label)
        self._bound(weight, length)

    def weights(self, bint packed):
        """Return the weights of the arcs up and of the arcs down, in the type of the lanes."""
        if packed not in self.gathered:
            up, down = (self.up_label, self.down_label) if packed else (self.up_ms, self.down_ms)
            self.gathered[packed] = up[self.hierarchy.up_entry], down[self.hierarchy.down_entry]
        return self.gathered[packed]

    cdef _bound(self, weight, length):
        """Set how long a search can get at all, and how far packed labels can be trusted.

        A label is time * 2**24 + length as a plain sum. Where the time read from it is t, the way took at
        most t, so it is at most (fastest speed) * t long, plus the rounding of its two ends. As long as
        that is below 2**24, nothing was carried over, and no way that is better by (ms, dm) can have a
        larger label.
        """
        cdef Hierarchy h = self.hierarchy
        moving = length > 0
        speed = (length[moving] / np.maximum(weight[moving], 1e-300)).max(initial=1e-9)
        self.most_exact_ms = min((2.0**24 - 1 - 2.0 * self.graph.node_dm.max(initial=0)) / speed, 2.0**29 - 1)
        up, down = np.zeros(self.graph.nodes), np.zeros(self.graph.nodes)
        cdef const int32_t* first = _int32_pointer(h.first)
        cdef const int32_t* head = _int32_pointer(h.head)
        cdef const int32_t* up_ms = _int32_pointer(self.up_ms)
        cdef const int32_t* down_ms = _int32_pointer(self.down_ms)
        cdef double* u = <double*> _lane_pointer(up)
        cdef double* d = <double*> _lane_pointer(down)
        cdef Py_ssize_t v, nodes = self.graph.nodes
        cdef int32_t e
        with nogil:
            for v in range(nodes):
                for e in range(first[v], first[v + 1]):
                    if up_ms[e] < C_INF and u[v] + up_ms[e] > u[head[e]]:
                        u[head[e]] = u[v] + up_ms[e]
                    if down_ms[e] < C_INF and d[v] + down_ms[e] > d[head[e]]:
                        d[head[e]] = d[v] + down_ms[e]
        ends = 2.0 * (float(weight.max(initial=0)) + float(self.graph.node_ms.max(initial=0)))
        self.longest_ms = up.max(initial=0.0) + down.max(initial=0.0) + ends


def _own_weights(Hierarchy h, weight, inf):
    """Return per entry the least weight of the graph's own arcs, up and down, in the type of the weights."""
    own = np.full((2, h.entries), inf, dtype=weight.dtype)
    if weight.dtype == np.uint8:
        _place[uint8_t](h, weight, own)
    elif weight.dtype == np.int32:
        _place[int32_t](h, weight, own)
    else:
        _place[double](h, weight, own)
    return own[0], own[1]


cdef _place(Hierarchy h, const weight_t[::1] weight, weight_t[:, ::1] own):
    cdef const int32_t* slot = _int32_pointer(h.slot)
    cdef int32_t entries = <int32_t> h.entries, arcs = <int32_t> weight.shape[0]
    if entries == 0 or arcs == 0:
        return
    cdef const weight_t* p_weight = &weight[0]
    cdef weight_t* own_up = &own[0, 0]
    cdef weight_t* own_down = &own[1, 0]
    with nogil:
        place_weights(arcs, slot, entries, p_weight, own_up, own_down)


def _customize_rows(Hierarchy h, row, own_up, own_down, up, down):
    """Compute the given rows and what they change; return how many."""
    if row.size == 0:
        return 0
    stale = np.zeros(h.graph.nodes, dtype=np.uint8)
    stale[row] = 1
    place = np.zeros(h.graph.nodes, dtype=np.int32)
    scratch = np.empty((2, h.depth + 1), dtype=own_up.dtype)
    if own_up.dtype == np.int32:
        return _run_customize_some[int32_t](
            &h.view, own_up, own_down, up, down, place, scratch, stale, row.min()
        )
    return _run_customize_some[double](
        &h.view, own_up, own_down, up, down, place, scratch, stale, row.min()
    )


cdef _run_customize_some(
    const Chordal* chordal, const weight_t[::1] own_up, const weight_t[::1] own_down, weight_t[::1] up,
    weight_t[::1] down, int32_t[::1] place, weight_t[:, ::1] row, uint8_t[::1] stale, int32_t lowest,
):
    cdef const weight_t* p_own_up = &own_up[0]
    cdef const weight_t* p_own_down = &own_down[0]
    cdef weight_t* p_up = &up[0]
    cdef weight_t* p_down = &down[0]
    cdef weight_t* row_up = &row[0, 0]
    cdef weight_t* row_down = &row[1, 0]
    cdef int32_t* p_place = &place[0]
    cdef uint8_t* p_stale = &stale[0]
    cdef int32_t count
    with nogil:
        count = customize_some(
            chordal, p_own_up, p_own_down, p_up, p_down, p_place, row_up, row_down, p_stale, lowest
        )
    return count


@cython.final
cdef class Selection:
    """What a set of targets (or, the other way round, of sources) needs of a hierarchy; weights apart.

    Parameters
    ----------
    hierarchy : Hierarchy
    points : Seeds
        Of a graph with the hierarchy's arcs.
    departing : bool
        Select for going backwards to where the points set out, not forwards to where they are.
    """

    cdef readonly Hierarchy hierarchy
    cdef readonly Seeds points
    cdef readonly bint departing
    cdef object first, node  # the points' ends as ranks, in CSR
    cdef object end  # which end each closure end is
    cdef object closure_node, closure_depth, closure_first, slot, arc, end_first, end_point

    def __cinit__(self, Hierarchy hierarchy not None, Seeds points not None, bint departing=False):
        self.hierarchy, self.points, self.departing = hierarchy, points, departing
        self.first, self.node = _end_nodes(hierarchy, points, departing)
        point = np.repeat(np.arange(points.points, dtype=np.int32), np.diff(self.first))
        self.end = np.argsort(-self.node, kind="stable")
        falling = self.node[self.end]
        self.end_point = point[self.end]
        first = hierarchy.up_first if departing else hierarchy.down_first
        tail = hierarchy.up_head if departing else hierarchy.down_tail
        cdef int32_t* p_parent = _int32_pointer(hierarchy.parent)
        cdef int32_t* p_falling = _int32_pointer(falling)
        cdef int32_t* p_first = _int32_pointer(first)
        cdef int32_t* p_tail = _int32_pointer(tail)
        mark = np.zeros(hierarchy.graph.nodes, dtype=np.uint8)
        nodes = np.empty(hierarchy.graph.nodes, dtype=np.int32)
        cdef uint8_t* p_mark = _bytes_pointer(mark)
        cdef int32_t* p_nodes = _int32_pointer(nodes)
        cdef int32_t ends = <int32_t> falling.shape[0], count, arcs = 0
        with nogil:
            count = ancestors_falling(p_parent, p_falling, ends, p_mark, p_nodes)
            count = keep_reached(p_first, p_tail, p_falling, ends, p_mark, p_nodes, count, &arcs)
        self.closure_node = nodes[:count].copy()
        self.closure_depth = hierarchy.node_depth[self.closure_node]
        self.closure_first = np.empty(count + 1, dtype=np.int32)
        self.slot = np.empty(arcs, dtype=np.int32)
        arc = np.empty(arcs, dtype=np.int32)
        cdef int32_t* p_depth = _int32_pointer(hierarchy.node_depth)
        cdef int32_t* p_closure_first = _int32_pointer(self.closure_first)
        cdef int32_t* p_slot = _int32_pointer(self.slot)
        cdef int32_t* p_arc = _int32_pointer(arc)
        with nogil:
            fill_closure(p_first, p_tail, p_depth, p_nodes, count, p_closure_first, p_slot, p_arc)
        self.arc = arc
        # the closure holds every end, and both fall, so each node's ends are a slice
        self.end_first = np.append(
            np.searchsorted(-falling, -self.closure_node, side="left"), falling.size
        ).astype(np.int32)


cdef _end_nodes(Hierarchy h, Seeds points, bint departing):
    """Return where points join the hierarchy, in CSR by point: their own nodes, or the nodes after those."""
    if not departing:
        return points.first, h.rank[points.node]
    begin, degree = points.graph.first_out[points.node], np.diff(points.graph.first_out)[points.node]
    arc = ranges(begin, degree)
    seed_first = np.concatenate(([0], np.cumsum(degree))).astype(np.int32)
    return seed_first[points.first], h.rank[points.graph.arc_array[2 * arc]]


cdef _end_labels(Seeds points, bint departing, bint packed):
    """Return the labels from the points to the nodes of `_end_nodes`, or from those to the points."""
    ms, dm = points.offset >> 32, points.offset & 0xFFFFFFFF
    if not departing:
        return _label(ms, dm, packed)
    begin, degree = points.graph.first_out[points.node], np.diff(points.graph.first_out)[points.node]
    arc = ranges(begin, degree)
    seed = np.repeat(np.arange(points.node.shape[0]), degree)
    return _label(
        points.graph.arc_array[2 * arc + 1] - ms[seed], (points.graph.node_dm[points.node] - dm)[seed], packed
    )


def _label(ms, dm, packed):
    return ms * LABEL_ONE_MS + dm if packed else ms.astype(np.int32)


@cython.final
cdef class Sweep:
    """A selection with the weights of a metric: all that is the same for every search that ends at its
    points.

    Parameters
    ----------
    metric : Metric
    selection : Selection
        Of the metric's hierarchy, and of points of its graph.
    lengths : bool
        Carry lengths too.
    """

    cdef readonly Metric metric
    cdef readonly Selection selection
    cdef readonly bint lengths, packed
    cdef object weight, end_label
    cdef object seed_by_node, node_of_seed, point_of_seed  # the points' own nodes, sorted
    cdef ClosureView view

    def __cinit__(self, Metric metric not None, Selection selection not None, *, bint lengths):
        if selection.hierarchy is not metric.hierarchy or selection.points.graph is not metric.graph:
            raise InputError("the selection must be of the metric's hierarchy, and its points of its graph")
        self.metric, self.selection, self.lengths = metric, selection, lengths
        # int32 lanes are half as wide, but a way that does not fit them would look like no way
        self.packed = lengths or metric.longest_ms >= C_INF
        points = selection.points
        self.weight = metric.weights(self.packed)[0 if selection.departing else 1][selection.arc]
        self.end_label = _end_labels(points, selection.departing, self.packed)[selection.end]
        self.seed_by_node = np.argsort(points.node, kind="stable")
        self.node_of_seed = points.node[self.seed_by_node]
        self.point_of_seed = np.repeat(np.arange(points.points, dtype=np.int32), np.diff(points.first))
        self.view.count = <int32_t> selection.closure_node.shape[0]
        self.view.node = _int32_pointer(selection.closure_node)
        self.view.depth = _int32_pointer(selection.closure_depth)
        self.view.first = _int32_pointer(selection.closure_first)
        self.view.slot = _int32_pointer(selection.slot)
        self.view.weight = _lane_pointer(self.weight)
        self.view.end_first = _int32_pointer(selection.end_first)
        self.view.end_point = _int32_pointer(selection.end_point)
        self.view.end_offset = _lane_pointer(self.end_label)

    def ahead(self, Seeds lanes):
        """Return the pairs (lane point, swept point) that share a node and lie in driving order, and the
        way between.

        The pairs are sorted by lane point.
        """
        begin = np.searchsorted(self.node_of_seed, lanes.node, side="left")
        count = np.searchsorted(self.node_of_seed, lanes.node, side="right") - begin
        lane_seed = np.repeat(np.arange(lanes.node.shape[0]), count)
        seed = self.seed_by_node[ranges(begin, count)]
        here, there = lanes.offset[lane_seed], self.selection.points.offset[seed]
        if self.selection.departing:
            here, there = there, here
        ms, dm = (there >> 32) - (here >> 32), (there & 0xFFFFFFFF) - (here & 0xFFFFFFFF)
        ahead = (ms >= 0) & (dm >= 0)
        lane_point = np.repeat(np.arange(lanes.points, dtype=np.int32), np.diff(lanes.first))
        label = _label(ms[ahead], dm[ahead], self.packed)
        return lane_point[lane_seed[ahead]], self.point_of_seed[seed[ahead]], label


@cython.final
cdef class ManyLanes:
    """All ways between the points of a sweep and some others, group by group of :data:`LANES` lanes.

    Each lane is a point from which the search sets out; to which it goes back, if the sweep is of departing
    points.

    Parameters
    ----------
    sweep : Sweep
    points : Seeds
        Of the metric's graph.
    wide : bool, optional
        Use AVX2; where the processor has it by default.

    Attributes
    ----------
    groups : int
        Into which the lanes are put.
    shape : (int, int)
        Sources and targets.
    """

    cdef readonly Sweep sweep
    cdef readonly Seeds points
    cdef readonly bint backwards, wide
    cdef readonly Py_ssize_t groups, most_met, most_ends
    cdef object order  # lane points by falling rank
    cdef object up_first, up_head, up_weight, lane_first, lane_node, lane_label
    cdef object ahead_first, ahead_point, ahead_label
    cdef UpView up
    cdef EndsView ends
    cdef AheadView ahead

    def __cinit__(self, Sweep sweep not None, Seeds points not None, *, wide=None):
        if points.graph is not sweep.metric.graph:
            raise InputError("the points must belong to the metric's own Graph object")
        self.wide = HAS_AVX2 if wide is None else wide
        if self.wide and not HAS_AVX2:
            raise InputError("this processor has no AVX2; leave `wide` out")
        self.sweep, self.points = sweep, points
        self.backwards = sweep.selection.departing
        self.groups = -(-points.points // LANES)
        cdef Hierarchy h = sweep.metric.hierarchy
        self.up_first = h.down_first if self.backwards else h.up_first
        self.up_head = h.down_tail if self.backwards else h.up_head
        self.up_weight = sweep.metric.weights(sweep.packed)[1 if self.backwards else 0]
        self.lane_first, self.lane_node = _end_nodes(h, points, not self.backwards)
        self.lane_label = _end_labels(points, not self.backwards, sweep.packed)
        lane, self.ahead_point, self.ahead_label = sweep.ahead(points)
        self.ahead_first = _offsets_of(lane, points.points)
        self._put_in_order(h)
        self._view(h)

    @property
    def shape(self):
        """Sources and targets."""
        swept = self.sweep.selection.points.points
        return (swept, self.points.points) if self.backwards else (self.points.points, swept)

    cdef _put_in_order(self, Hierarchy h):
        """Let lanes of one group have much of their way up in common."""
        count = np.diff(self.lane_first)
        key = np.full(self.points.points, -1, dtype=np.int64)
        has = np.flatnonzero(count)
        if has.size:
            key[has] = np.maximum.reduceat(self.lane_node, self.lane_first[has])
        self.order = np.argsort(-key, kind="stable").astype(np.int32)
        # room for the ancestors of a group's ends, however little their ways to the root have in common
        chain = np.concatenate(([0], np.cumsum(h.node_depth[self.lane_node] + 1, dtype=np.int64)))
        per_point = np.diff(chain[self.lane_first])[self.order]
        begin = np.arange(0, per_point.size, LANES)
        self.most_met = min(int(np.add.reduceat(per_point, begin).max()), h.graph.nodes) if begin.size else 0
        self.most_ends = int(np.add.reduceat(count[self.order], begin).max()) if begin.size else 0

    cdef _view(self, Hierarchy h):
        self.up.parent = _int32_pointer(h.parent)
        self.up.first = _int32_pointer(self.up_first)
        self.up.head = _int32_pointer(self.up_head)
        self.up.weight = _lane_pointer(self.up_weight)
        self.ends.first = _int32_pointer(self.lane_first)
        self.ends.node = _int32_pointer(self.lane_node)
        self.ends.offset = _lane_pointer(self.lane_label)
        self.ahead.first = _int32_pointer(self.ahead_first)
        self.ahead.point = _int32_pointer(self.ahead_point)
        self.ahead.label = _lane_pointer(self.ahead_label)


cdef void* _lane_pointer(array) except? NULL:
    if array.dtype == np.int32:
        return _int32_pointer(array)
    cdef const double[::1] values = array
    return <void*> &values[0] if values.shape[0] > 0 else NULL


@cython.final
cdef class LaneMemory:
    """Memory of one running search in many lanes, one for each thread.

    Parameters
    ----------
    lanes : ManyLanes
    """

    cdef readonly ManyLanes lanes
    cdef object by_node, order, rows, stack, found, top
    cdef bint busy
    cdef LaneWorkspace work

    def __cinit__(self, ManyLanes lanes not None):
        cdef Hierarchy h = lanes.sweep.metric.hierarchy
        kind = np.float64 if lanes.sweep.packed else np.int32
        self.lanes = lanes
        # one more of each: the room is never empty
        self.by_node = np.zeros((3, h.graph.nodes + 1), dtype=np.int32)
        self.order = np.empty(lanes.most_ends + 1, dtype=np.int32)
        self.rows = _aligned((lanes.most_met + 1) * LANES, kind)
        self.stack = _aligned((h.depth + 1) * LANES, kind)
        self.found = _aligned((lanes.sweep.selection.points.points + 1) * LANES, kind)
        self.top = np.zeros(LANES)
        cdef int32_t[:, ::1] by_node = self.by_node
        self.work.group = 0
        self.work.mark = &by_node[0, 0]
        self.work.place = &by_node[1, 0]
        self.work.met = &by_node[2, 0]
        self.work.order = _int32_pointer(self.order)
        self.work.rows = _lane_pointer(self.rows)
        self.work.stack = _lane_pointer(self.stack)
        self.work.found = _lane_pointer(self.found)
        self.work.top = <double*> _lane_pointer(self.top)


cdef _aligned(Py_ssize_t size, kind):
    """Return an array that begins at a cache line."""
    memory = np.empty(size * np.dtype(kind).itemsize + 64, dtype=np.uint8)
    begin = -memory.ctypes.data % 64
    return memory[begin : begin + size * np.dtype(kind).itemsize].view(kind)


def lane_rows(
    ManyLanes lanes not None, Py_ssize_t group_from, Py_ssize_t group_to, out_ms, out_dm,
    LaneMemory memory not None,
):
    """Write the times, and lengths, of some groups of lanes into a matrix.

    Parameters
    ----------
    lanes : ManyLanes
    group_from, group_to : int
    out_ms, out_dm : ndarray of float32 or int32, shape (sources, targets)
        Written where the groups' lanes are: seconds and metres with ``inf``, or milliseconds and decimetres
        with ``INF``. `out_dm` is None unless lengths are computed.
    memory : LaneMemory
        Of the same lanes, and no other thread's.

    Returns
    -------
    bool
        Whether every cell is known to be exact. If not, some way is too long for the lanes.

    Raises
    ------
    InputError
        If a range or an array does not fit.
    """
    if not 0 <= group_from <= group_to <= lanes.groups:
        raise InputError(f"groups {group_from} to {group_to} are not within 0 to {lanes.groups}")
    if memory.lanes is not lanes:
        raise InputError("the memory was made for other lanes")
    if (out_dm is not None) != lanes.sweep.lengths:
        raise InputError("out_dm must be an array if lengths are computed, and None otherwise")
    cdef bint raw = out_ms.dtype == np.int32
    kind = np.int32 if raw else np.float32
    rows, columns = lanes.shape
    cdef void* ms = _cell_pointer(out_ms, "out_ms", kind, rows, columns)
    cdef void* dm = NULL if out_dm is None else _cell_pointer(out_dm, "out_dm", kind, rows, columns)
    if memory.busy:
        raise RuntimeError("this LaneMemory is in use by another thread; make one for each thread")
    cdef int32_t points = <int32_t> lanes.points.points
    cdef int32_t swept = <int32_t> lanes.sweep.selection.points.points
    cdef size_t width = columns
    cdef const int32_t* order = _int32_pointer(lanes.order)
    cdef int32_t begin = <int32_t> (group_from * C_LANES), end = <int32_t> (group_to * C_LANES), count
    cdef LaneWorkspace* work = &memory.work
    cdef const ClosureView* closure = &lanes.sweep.view
    cdef bint packed = lanes.sweep.packed
    cdef group_function group = lanes_avx2.run_group if lanes.wide else lanes_base.run_group
    cdef emit_function emit = lanes_avx2.emit if lanes.wide else lanes_base.emit
    if work.group > INT32_MAX - 1 - (group_to - group_from):
        memory.by_node[0] = 0
        work.group = 0
    if end > points:
        end = points
    memory.busy = True
    with nogil:
        while begin < end:
            count = end - begin if end - begin < C_LANES else C_LANES
            group(packed, &lanes.up, &lanes.ends, &lanes.ahead, closure, swept, order + begin, count, work)
            emit(work, packed, swept, order + begin, count, not lanes.backwards, width, raw, ms, dm)
            begin += count
    memory.busy = False
    return not packed or float(memory.top.max()) < (lanes.sweep.metric.most_exact_ms + 1.0) * LABEL_ONE_MS


cdef void* _cell_pointer(array, str name, kind, Py_ssize_t rows, Py_ssize_t columns) except? NULL:
    if not isinstance(array, np.ndarray) or array.dtype != kind or not array.dtype.isnative:
        found = getattr(array, "dtype", type(array).__name__)
        raise InputError(f"{name} is {found}; it must be {np.dtype(kind)}")
    if array.shape != (rows, columns):
        raise InputError(f"{name} has shape {array.shape}; it must be {(rows, columns)}")
    if not array.flags.c_contiguous or not array.flags.aligned or not array.flags.writeable:
        raise InputError(f"{name} is strided, unaligned or read-only")
    cdef size_t address = array.ctypes.data
    return <void*> address


@cython.final
cdef class PathMemory:
    """Memory of one running path search on one metric, used again and again.

    Parameters
    ----------
    metric : Metric
    """

    cdef readonly Metric metric
    cdef object by_node, labels, mark, stack, arcs, arc_up, arc_down
    cdef bint busy
    cdef PathView view
    cdef Climb forward, backward

    def __cinit__(self, Metric metric not None):
        cdef Hierarchy h = metric.hierarchy
        cdef Py_ssize_t nodes = metric.graph.nodes
        self.metric = metric
        self.by_node = np.empty((4, nodes + 1), dtype=np.int32)
        self.labels = np.empty((2, nodes + 1))
        self.mark = np.zeros(nodes + 1, dtype=np.uint8)
        # entries that wait to be unpacked, each below the last, and behind them the steps of one climb
        self.stack = np.empty(3 * nodes + 8, dtype=np.int32)
        self.arcs = np.empty(metric.graph.arcs + 1, dtype=np.int32)
        weight = metric.graph.arc_array[1::2]
        label = weight * LABEL_ONE_MS + np.repeat(metric.graph.node_dm, np.diff(metric.graph.first_out))
        self.arc_up, self.arc_down = np.full((2, h.entries), -1, dtype=np.int32)
        for own, slot, arc in (
            (metric.own_up_label, h.slot, self.arc_up), (metric.own_down_label, ~h.slot, self.arc_down)
        ):
            here = np.flatnonzero((slot >= 0) & (slot < h.entries))
            here = here[own[slot[here]] == label[here]]
            arc[slot[here]] = here
        cdef int32_t[:, ::1] by_node = self.by_node
        cdef double[:, ::1] labels = self.labels
        self.forward.met = &by_node[0, 0]
        self.forward.entry = &by_node[1, 0]
        self.forward.label = &labels[0, 0]
        self.backward.met = &by_node[2, 0]
        self.backward.entry = &by_node[3, 0]
        self.backward.label = &labels[1, 0]
        self.view.nodes = <int32_t> nodes
        self.view.parent = _int32_pointer(h.parent)
        self.view.first = _int32_pointer(h.first)
        self.view.head = _int32_pointer(h.head)
        self.view.lower_first = _int32_pointer(h.lower_first)
        self.view.lower = _int32_pointer(h.lower)
        self.view.lower_entry = _int32_pointer(h.lower_entry)
        self.view.up = <const double*> _lane_pointer(metric.up_label)
        self.view.down = <const double*> _lane_pointer(metric.down_label)
        self.view.own_up = <const double*> _lane_pointer(metric.own_up_label)
        self.view.own_down = <const double*> _lane_pointer(metric.own_down_label)
        self.view.arc_up = _int32_pointer(self.arc_up)
        self.view.arc_down = _int32_pointer(self.arc_down)


def hierarchy_path(
    Seeds sources not None, Py_ssize_t source, Seeds targets not None, Py_ssize_t target, PathMemory memory
    not None,
):
    """Return the way behind one cell, as :func:`dijkstra_path` does.

    Raises
    ------
    InputError
        If a point is out of range, or belongs to another graph.
    RoutingError
        If the way is too long for packed labels.
    """
    cdef Metric metric = memory.metric
    if sources.graph is not metric.graph or targets.graph is not metric.graph:
        raise InputError("sources and targets must belong to the metric's own Graph object")
    for name, point, points in (("source", source, sources.points), ("target", target, targets.points)):
        if not 0 <= point < points:
            raise InputError(f"{name} is {point}; it must be from 0 to {points - 1}")
    cdef Hierarchy h = metric.hierarchy
    seed_from, seed_to = int(sources.first[source]), int(sources.first[source + 1])
    end_from, end_to = int(targets.first[target]), int(targets.first[target + 1])
    # the ends of one source: the nodes behind each arc that leaves a seed
    out_seed, out_arc = [], []
    for seed in range(seed_from, seed_to):
        node = sources.node[seed]
        for arc in range(metric.graph.first_out[node], metric.graph.first_out[node + 1]):
            out_seed.append(seed)
            out_arc.append(arc)
    out_seed, out_arc = np.array(out_seed, dtype=np.int64), np.array(out_arc, dtype=np.int64)
    start = h.rank[metric.graph.arc_array[2 * out_arc]]
    offset = sources.offset[out_seed]
    start_label = (metric.graph.arc_array[2 * out_arc + 1] - (offset >> 32)) * LABEL_ONE_MS + (
        metric.graph.node_dm[sources.node[out_seed]] - (offset & 0xFFFFFFFF)
    )
    stop = h.rank[targets.node[end_from:end_to]]
    offset = targets.offset[end_from:end_to]
    stop_label = (offset >> 32) * LABEL_ONE_MS + (offset & 0xFFFFFFFF)
    straight = _straight_on(sources, seed_from, seed_to, targets, end_from, end_to)

    cdef int32_t starts = <int32_t> start.shape[0], stops = <int32_t> stop.shape[0], meeting = -1
    cdef int32_t source_seed = -1, target_seed = -1, count
    cdef int32_t* p_start = _int32_pointer(start)
    cdef int32_t* p_stop = _int32_pointer(stop)
    start_falling, stop_falling = -np.sort(-start), -np.sort(-stop)
    cdef int32_t* p_start_falling = _int32_pointer(start_falling)
    cdef int32_t* p_stop_falling = _int32_pointer(stop_falling)
    cdef const double* p_start_label = <const double*> _lane_pointer(start_label)
    cdef const double* p_stop_label = <const double*> _lane_pointer(stop_label)
    cdef const PathView* view = &memory.view
    cdef Climb* forward = &memory.forward
    cdef Climb* backward = &memory.backward
    cdef uint8_t* mark = _bytes_pointer(memory.mark)
    cdef int32_t* stack = _int32_pointer(memory.stack)
    cdef int32_t* arcs = _int32_pointer(memory.arcs)
    cdef int32_t room = <int32_t> memory.arcs.shape[0]
    cdef double label
    if memory.busy:
        raise RuntimeError("this PathMemory is in use by another thread; make one for each thread")
    memory.busy = True
    with nogil:
        climb(view, view.up, p_start, p_start_label, starts, p_start_falling, mark, forward)
        climb(view, view.down, p_stop, p_stop_label, stops, p_stop_falling, mark, backward)
        meeting = find_meeting(forward, backward, mark)
    memory.busy = False
    if meeting < 0:
        return straight
    label = forward.label[meeting] + backward.label[meeting]
    if label >= (metric.most_exact_ms + 1.0) * LABEL_ONE_MS:
        raise RoutingError(f"the way from source {source} to target {target} is too long for packed labels")
    ms, dm = divmod(int(label), int(LABEL_ONE_MS))
    if straight is not None and straight[:2] <= (ms, dm):
        return straight
    with nogil:
        count = unpack_path(
            &memory.view, &memory.forward, &memory.backward, meeting, stack, arcs, room, &source_seed,
            &target_seed
        )
    if count < 0:
        raise AssertionError("a shortest way has more arcs than the graph")
    path = np.append(out_arc[source_seed], memory.arcs[:count]).astype(np.int32)
    return ms, dm, path, int(out_seed[source_seed]), end_from + target_seed


def _straight_on(Seeds sources, seed_from, seed_to, Seeds targets, end_from, end_to):
    """Return the way to a target ahead on a node of the source, or None."""
    best = None
    for seed in range(seed_from, seed_to):
        for end in range(end_from, end_to):
            if sources.node[seed] != targets.node[end]:
                continue
            here, there = int(sources.offset[seed]), int(targets.offset[end])
            ms, dm = (there >> 32) - (here >> 32), (there & 0xFFFFFFFF) - (here & 0xFFFFFFFF)
            if ms >= 0 and dm >= 0:
                found = (ms, dm, np.empty(0, dtype=np.int32), seed, end)
                best = found if best is None or found[:2] < best[:2] else best
    return best
