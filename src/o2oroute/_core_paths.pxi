# The door to single ways through a hierarchy.

from o2oroute._kernel.unpack cimport Climb, Foot, PathRoom, PathView, find_path


@cython.final
cdef class PathMemory:
    """Memory of one running path search on one metric, used again and again.

    Parameters
    ----------
    metric : Metric
    """

    cdef readonly Metric metric
    cdef object by_node, labels, mark, stack, arcs, arc_up, arc_down, feet, feet_labels
    cdef bint busy
    cdef PathView view
    cdef PathRoom room

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
        self.room.forward.met = &by_node[0, 0]
        self.room.forward.entry = &by_node[1, 0]
        self.room.forward.label = &labels[0, 0]
        self.room.backward.met = &by_node[2, 0]
        self.room.backward.entry = &by_node[3, 0]
        self.room.backward.label = &labels[1, 0]
        self.room.mark = _bytes_pointer(self.mark)
        self.room.stack = _int32_pointer(self.stack)
        self.room.arcs = _int32_pointer(self.arcs)
        self.room.room = <int32_t> self.arcs.shape[0]
        self.reserve(1)
        self.view.nodes = <int32_t> nodes
        self.view.rank = _int32_pointer(h.rank)
        self.view.parent = _int32_pointer(h.parent)
        self.view.first = _int32_pointer(h.first)
        self.view.head = _int32_pointer(h.head)
        self.view.lower_first = _int32_pointer(h.lower_first)
        self.view.lower = _int32_pointer(h.lower)
        self.view.lower_entry = _int32_pointer(h.lower_entry)
        self.view.up = _float64_pointer(metric.up_label)
        self.view.down = _float64_pointer(metric.down_label)
        self.view.own_up = _float64_pointer(metric.own_up_label)
        self.view.own_down = _float64_pointer(metric.own_down_label)
        self.view.arc_up = _int32_pointer(self.arc_up)
        self.view.arc_down = _int32_pointer(self.arc_down)

    cdef int reserve(self, Py_ssize_t most) except -1:
        """Make room for so many nodes at the foot of a climb."""
        if self.feet is not None and self.feet.shape[2] >= most:
            return 0
        self.feet = np.empty((2, 4, most), dtype=np.int32)
        self.feet_labels = np.empty((2, most))
        cdef int32_t[:, :, ::1] feet = self.feet
        cdef double[:, ::1] labels = self.feet_labels
        cdef Foot* foot
        cdef int side
        for side in range(2):
            foot = &self.room.forward.foot if side == 0 else &self.room.backward.foot
            foot.node = &feet[side, 0, 0]
            foot.falling = &feet[side, 1, 0]
            foot.seed = &feet[side, 2, 0]
            foot.arc = &feet[side, 3, 0]
            foot.label = &labels[side, 0]
        return 0

    cdef int begin(self, Seeds sources, Seeds targets) except -1:
        """Take the memory for searches between points; `busy` is to be cleared after them."""
        if sources.graph is not self.metric.graph or targets.graph is not self.metric.graph:
            raise InputError("sources and targets must belong to the metric's own Graph object")
        if self.busy:
            raise RuntimeError("this PathMemory is in use by another thread; make one for each thread")
        self.busy = True
        try:
            self.reserve(max(sources.most_arcs, targets.most_seeds))
        except BaseException:
            self.busy = False
            raise
        return 0

    cdef int find(
        self, Seeds sources, Py_ssize_t source, Seeds targets, Py_ssize_t target, Way* way
    ) except -1:
        """Find a way between two points; return its status."""
        cdef const GraphView* graph = &self.metric.graph.view
        cdef double most_exact_ms = self.metric.most_exact_ms
        cdef int status
        with nogil:
            status = find_path(
                &self.view, graph, &sources.view, <int32_t> source, &targets.view, <int32_t> target,
                most_exact_ms, &self.room, way,
            )
        if way.arcs < 0:
            raise AssertionError("a shortest way has more arcs than the graph")
        return status


def hierarchy_path(
    Seeds sources not None, Py_ssize_t source, Seeds targets not None, Py_ssize_t target,
    PathMemory memory not None,
):
    """Return the way behind one cell, as :func:`dijkstra_path` does.

    Raises
    ------
    InputError
        If a point is out of range, or belongs to another graph.
    RoutingError
        If the way is too long for packed labels.
    """
    for name, point, points in (("source", source, sources.points), ("target", target, targets.points)):
        if not 0 <= point < points:
            raise InputError(f"{name} is {point}; it must be from 0 to {points - 1}")
    cdef Way way
    way.arcs = 0
    memory.begin(sources, targets)
    try:
        status = memory.find(sources, source, targets, target, &way)
        arcs = memory.arcs[:way.arcs].copy()
    finally:
        memory.busy = False
    if status == UNREACHABLE:
        return None
    if status == TOO_LONG:
        raise RoutingError(
            f"the way from source {source} to target {target} is too long for packed labels"
        )
    return ms_of(way.label), dm_of(way.label), arcs, way.source_seed, way.target_seed


def hierarchy_nodes(Seeds seeds not None, points, PathMemory memory not None):
    """Return the nodes of the ways from each of some points to the next.

    Parameters
    ----------
    seeds : Seeds
    points : ndarray of int32, shape (n,)
        At least one.
    memory : PathMemory

    Returns
    -------
    first : ndarray of int64, shape (n,)
        The nodes of way ``k`` are ``first[k] .. first[k + 1] - 1``; none where there is no way, or one that
        is too long for packed labels.
    nodes : ndarray of int32

    Raises
    ------
    InputError
        If a point is out of range, or belongs to another graph.
    """
    _checked(points, "points", -1, 0, seeds.points - 1)
    if points.shape[0] == 0:
        raise InputError("points is empty; there must be one at least")
    cdef const int32_t[::1] point = points
    cdef Py_ssize_t legs = point.shape[0] - 1, leg
    cdef Graph graph = memory.metric.graph
    cdef const int32_t* seed_node = seeds.view.node
    cdef const Arc* arcs = graph.view.arcs
    cdef int32_t[::1] nodes
    cdef Way way
    cdef int32_t i
    first, ways = np.zeros(legs + 1, dtype=np.int64), [np.empty(0, dtype=np.int32)]
    memory.begin(seeds, seeds)
    try:
        for leg in range(legs):
            way.arcs = 0
            if memory.find(seeds, point[leg], seeds, point[leg + 1], &way) != FOUND:
                first[leg + 1] = first[leg]
                continue
            ways.append(np.empty(way.arcs + 1, dtype=np.int32))
            nodes = ways[len(ways) - 1]
            nodes[0] = seed_node[way.source_seed]
            for i in range(way.arcs):
                nodes[i + 1] = arcs[memory.room.arcs[i]].head
            first[leg + 1] = first[leg] + way.arcs + 1
    finally:
        memory.busy = False
    return first, np.concatenate(ways)
