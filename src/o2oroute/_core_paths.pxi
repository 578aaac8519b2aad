# The door to single ways through a hierarchy.

from o2oroute._kernel.unpack cimport Climb, PathView, climb, find_meeting, unpack_path


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
        self.view.up = _float64_pointer(metric.up_label)
        self.view.down = _float64_pointer(metric.down_label)
        self.view.own_up = _float64_pointer(metric.own_up_label)
        self.view.own_down = _float64_pointer(metric.own_down_label)
        self.view.arc_up = _int32_pointer(self.arc_up)
        self.view.arc_down = _int32_pointer(self.arc_down)


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
    cdef const double* p_start_label = _float64_pointer(start_label)
    cdef const double* p_stop_label = _float64_pointer(stop_label)
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
    try:
        with nogil:
            climb(view, view.up, p_start, p_start_label, starts, p_start_falling, mark, forward)
            climb(view, view.down, p_stop, p_stop_label, stops, p_stop_falling, mark, backward)
            meeting = find_meeting(forward, backward, mark)
        if meeting < 0:
            return straight
        label = forward.label[meeting] + backward.label[meeting]
        if label >= (metric.most_exact_ms + 1.0) * LABEL_ONE_MS:
            if straight is not None and straight[0] <= metric.most_exact_ms:
                return straight
            raise RoutingError(
                f"the way from source {source} to target {target} is too long for packed labels"
            )
        ms, dm = divmod(int(label), int(LABEL_ONE_MS))
        if straight is not None and straight[:2] <= (ms, dm):
            return straight
        with nogil:
            count = unpack_path(
                view, forward, backward, meeting, stack, arcs, room, &source_seed, &target_seed
            )
        if count < 0:
            raise AssertionError("a shortest way has more arcs than the graph")
        path = np.append(out_arc[source_seed], memory.arcs[:count]).astype(np.int32)
    finally:
        memory.busy = False  # only now: the climbs are read until the last arc is known
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
