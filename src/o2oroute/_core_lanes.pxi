# The door to many lanes: what a set of points needs, groups of lanes, rows of a matrix.

from o2oroute.arrays import ranges

from o2oroute._kernel cimport lanes_avx2, lanes_base
from o2oroute._kernel.closure cimport ancestors_falling, fill_closure, keep_reached
from o2oroute._kernel.lanes cimport (
    LANES as C_LANES, AheadView, ClosureView, EndsView, LaneWorkspace, UpView, emit_function, group_function,
)

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

    Attributes
    ----------
    nodes, arcs : int
        Of the hierarchy, that each sweep goes over.
    """

    cdef readonly Hierarchy hierarchy
    cdef readonly Seeds points
    cdef readonly bint departing
    cdef readonly Py_ssize_t nodes, arcs
    cdef object first, node  # the points' ends as ranks, in CSR
    cdef object end  # which end each closure end is
    cdef object closure_node, closure_depth, closure_first, slot, arc, end_first, end_point

    def __cinit__(self, Hierarchy hierarchy not None, Seeds points not None, bint departing=False):
        _check_same_arcs(hierarchy, points.graph)
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
        self.nodes, self.arcs = count, arcs
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
    begin = points.graph.first_out[points.node]
    degree = points.graph.first_out[points.node + 1] - begin
    arc = ranges(begin, degree)
    seed_first = np.concatenate(([0], np.cumsum(degree))).astype(np.int32)
    return seed_first[points.first], h.rank[points.graph.arc_array[2 * arc]]


cdef _end_labels(Seeds points, bint departing, bint packed):
    """Return the labels from the points to the nodes of `_end_nodes`, or from those to the points."""
    ms, dm = points.offset >> 32, points.offset & 0xFFFFFFFF
    if not departing:
        return _label(ms, dm, packed)
    begin = points.graph.first_out[points.node]
    degree = points.graph.first_out[points.node + 1] - begin
    arc = ranges(begin, degree)
    seed = np.repeat(np.arange(points.node.shape[0]), degree)
    return _label(
        points.graph.arc_array[2 * arc + 1] - ms[seed], (points.graph.node_dm[points.node] - dm)[seed], packed
    )


def _label(ms, dm, packed):
    return ms * LABEL_ONE_MS + dm if packed else ms.astype(np.int32)


@cython.final
cdef class Sweep:
    """A selection with the weights of a metric: what is the same for every search that ends at its points.

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
    cdef object seed_node, seed_point, seed_offset  # of the points, sorted by node
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
        by_node = np.argsort(points.node, kind="stable")
        self.seed_node, self.seed_offset = points.node[by_node], points.offset[by_node]
        self.seed_point = np.repeat(np.arange(points.points, dtype=np.int32), np.diff(points.first))[by_node]
        self.view.count = <int32_t> selection.closure_node.shape[0]
        self.view.node = _int32_pointer(selection.closure_node)
        self.view.depth = _int32_pointer(selection.closure_depth)
        self.view.first = _int32_pointer(selection.closure_first)
        self.view.slot = _int32_pointer(selection.slot)
        self.view.weight = _lane_pointer(self.weight)
        self.view.end_first = _int32_pointer(selection.end_first)
        self.view.end_point = _int32_pointer(selection.end_point)
        self.view.end_offset = _lane_pointer(self.end_label)


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
        self.ahead.backwards = self.backwards
        self.ahead.first = self.points.view.first
        self.ahead.node = self.points.view.node
        self.ahead.offset = self.points.view.offset
        self.ahead.swept = <int32_t> self.sweep.seed_node.shape[0]
        self.ahead.swept_node = _int32_pointer(self.sweep.seed_node)
        self.ahead.swept_point = _int32_pointer(self.sweep.seed_point)
        self.ahead.swept_offset = <const label_t*> _int64_pointer(self.sweep.seed_offset)


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
    cdef bint raw = getattr(out_ms, "dtype", None) == np.int32
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
    cdef int32_t begin = <int32_t> (group_from * C_LANES), count
    cdef int32_t end = <int32_t> min(group_to * C_LANES, points)
    cdef LaneWorkspace* work = &memory.work
    cdef const ClosureView* closure = &lanes.sweep.view
    cdef bint packed = lanes.sweep.packed
    cdef group_function group = lanes_avx2.run_group if lanes.wide else lanes_base.run_group
    cdef emit_function emit = lanes_avx2.emit if lanes.wide else lanes_base.emit
    if work.group > INT32_MAX - 1 - (group_to - group_from):
        memory.by_node[0] = 0
        work.group = 0
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
