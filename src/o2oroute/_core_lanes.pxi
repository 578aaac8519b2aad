# The door to many lanes: what a set of points needs, groups of lanes, rows of a matrix.

from o2oroute.arrays import ranges

from o2oroute._kernel cimport lanes_avx2, lanes_avx512, lanes_base, lanes_single
from o2oroute._kernel.closure cimport (
    Closure, Ends, Steps as SweepSteps, ancestors_falling, fill_steps, gather_weights, keep_reached,
    order_steps, part_ends,
)
from o2oroute._kernel.lanes cimport AheadView, ClosureView, EndsView, LaneWorkspace, Room, UpView

cdef extern from *:
    """
    #if (defined(__x86_64__) || defined(__i386__)) && (defined(__GNUC__) || defined(__clang__))
    static int o2oroute_has_avx2(void) { __builtin_cpu_init(); return __builtin_cpu_supports("avx2") != 0; }
    static int o2oroute_has_avx512(void) {
        __builtin_cpu_init();
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    }
    #elif defined(_M_X64)
    #include <intrin.h>
    static int o2oroute_has(int features, int registers) {
        int words[4];
        __cpuidex(words, 1, 0);
        /* the system must save the wide registers too */
        if (!(words[2] & (1 << 27)) || ((int)_xgetbv(0) & registers) != registers) return 0;
        __cpuidex(words, 7, 0);
        return (words[1] & features) == features;
    }
    static int o2oroute_has_avx2(void) { return o2oroute_has(1 << 5, 0x06); }
    static int o2oroute_has_avx512(void) {
        return o2oroute_has(1 << 5 | 1 << 16 | 1 << 17 | 1 << 30 | (int)(1u << 31), 0xE6);
    }
    #else
    static int o2oroute_has_avx2(void) { return 0; }
    static int o2oroute_has_avx512(void) { return 0; }
    #endif
    """
    bint o2oroute_has_avx2() noexcept nogil
    bint o2oroute_has_avx512() noexcept nogil

#: Rooms of the many-lane search that this processor can run, the fastest for many lanes last.
ROOMS = (
    "single", "base", *(("avx2",) if o2oroute_has_avx2() else ()),
    *(("avx512",) if o2oroute_has_avx512() else ()),
)

#: Up to so many points, lanes side by side would mostly be empty.
_FEW_POINTS = 2


cdef Room _room(str name):
    if name == "single":
        return lanes_single.room()
    if name == "avx2":
        return lanes_avx2.room()
    if name == "avx512":
        return lanes_avx512.room()
    return lanes_base.room()


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
    cdef object step_node, step_row, step_first, slot, source
    cdef object seed_node, seed_point, seed_offset  # of the points, sorted by node

    def __cinit__(self, Hierarchy hierarchy not None, Seeds points not None, bint departing=False):
        _check_same_arcs(hierarchy, points.graph)
        self.hierarchy, self.points, self.departing = hierarchy, points, departing
        first, node = _end_nodes(hierarchy, points, departing)
        cdef Py_ssize_t all_nodes = hierarchy.graph.nodes, count = node.shape[0], chains = count + 1
        arc_first = hierarchy.up_first if departing else hierarchy.down_first
        tail = hierarchy.up_head if departing else hierarchy.down_tail
        falling = np.ascontiguousarray(np.sort(node)[::-1])
        mark = np.zeros(all_nodes, dtype=np.uint8)
        listed, place = np.empty((2, all_nodes), dtype=np.int32)
        of_end = np.empty((3, chains), dtype=np.int32)
        cdef int32_t[:, ::1] by_end = of_end
        cdef const int32_t* p_parent = _int32_pointer(hierarchy.parent)
        cdef const int32_t* p_lowest = _int32_pointer(hierarchy.lowest)
        cdef const int32_t* p_falling = _int32_pointer(falling)
        cdef uint8_t* p_mark = _bytes_pointer(mark)
        cdef int32_t* p_listed = _int32_pointer(listed)
        cdef int32_t* p_place = _int32_pointer(place)
        cdef Ends ends
        ends.points = <int32_t> points.points
        ends.first = _int32_pointer(first)
        ends.node = _int32_pointer(node)
        ends.falling = &by_end[0, 0]
        ends.chain_first = &by_end[1, 0]
        ends.step_of_chain = &by_end[2, 0]
        cdef Closure closure
        closure.nodes = <int32_t> all_nodes
        closure.height = hierarchy.depth
        closure.first = _int32_pointer(arc_first)
        closure.tail = _int32_pointer(tail)
        closure.depth = _int32_pointer(hierarchy.node_depth)
        closure.node = p_listed
        cdef int32_t end_count = <int32_t> count, arcs = 0
        with nogil:
            closure.count = ancestors_falling(p_parent, p_falling, end_count, p_mark, p_listed)
            closure.count = keep_reached(
                closure.first, closure.tail, p_falling, end_count, p_mark, p_listed, closure.count, &arcs
            )
            part_ends(&ends, p_lowest)
        self.nodes, self.arcs = closure.count, arcs
        step_of_node = np.empty(closure.count, dtype=np.int32)
        closure.step_of_node = _int32_pointer(step_of_node)
        # each chain is a step, and so is a point without any; each end is an arc, and so may be each chain
        steps = closure.count + ends.chains + points.points
        self.step_node, self.step_row = np.empty((2, steps), dtype=np.int32)
        self.step_first = np.empty(steps + 1, dtype=np.int32)
        self.slot, self.source = np.empty((2, arcs + count + ends.chains), dtype=np.int32)
        cdef SweepSteps laid
        laid.node = _int32_pointer(self.step_node)
        laid.row = _int32_pointer(self.step_row)
        laid.first = _int32_pointer(self.step_first)
        laid.slot = _int32_pointer(self.slot)
        laid.source = _int32_pointer(self.source)
        with nogil:
            order_steps(&closure, &ends, p_place)
            fill_steps(&closure, &ends, &laid)
        self.step_first = self.step_first[: laid.count + 1]
        self.source = self.source[: self.step_first[laid.count]]
        by_node = np.argsort(points.node, kind="stable")
        self.seed_node, self.seed_offset = points.node[by_node], points.offset[by_node]
        self.seed_point = np.repeat(np.arange(points.points, dtype=np.int32), np.diff(points.first))[by_node]


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
    cdef object weight
    cdef ClosureView view

    def __cinit__(self, Metric metric not None, Selection selection not None, *, bint lengths):
        if selection.hierarchy is not metric.hierarchy or selection.points.graph is not metric.graph:
            raise InputError("the selection must be of the metric's hierarchy, and its points of its graph")
        self.metric, self.selection, self.lengths = metric, selection, lengths
        # int32 lanes are half as wide, but a way that does not fit them would look like no way
        self.packed = lengths or metric.longest_ms >= C_INF
        own = metric.weights(self.packed)[0 if selection.departing else 1]
        ends = np.append(_end_labels(selection.points, selection.departing, self.packed), own.dtype.type(0))
        self.weight = np.empty(selection.source.shape[0], dtype=own.dtype)
        cdef int32_t arcs = <int32_t> selection.source.shape[0]
        cdef const int32_t* source = _int32_pointer(selection.source)
        cdef void* own_weight = _lane_pointer(own)
        cdef void* end_weight = _lane_pointer(ends)
        cdef void* weight = _lane_pointer(self.weight)
        cdef bint packed = self.packed
        with nogil:
            if packed:
                gather_weights[double](
                    arcs, source, <double*> own_weight, <double*> end_weight, <double*> weight
                )
            else:
                gather_weights[int32_t](
                    arcs, source, <int32_t*> own_weight, <int32_t*> end_weight, <int32_t*> weight
                )
        self.view.count = <int32_t> selection.step_first.shape[0] - 1
        self.view.node = _int32_pointer(selection.step_node)
        self.view.row = _int32_pointer(selection.step_row)
        self.view.first = _int32_pointer(selection.step_first)
        self.view.slot = _int32_pointer(selection.slot)
        self.view.weight = weight


@cython.final
cdef class ManyLanes:
    """All ways between the points of a sweep and some others, group by group of as many lanes as a row has.

    Each lane is a point from which the search sets out; to which it goes back, if the sweep is of departing
    points.

    Parameters
    ----------
    sweep : Sweep
    points : Seeds
        Of the metric's graph.
    room : str, optional
        Which build of the kernel to use, one of :data:`ROOMS`; the fastest for so many points by default.

    Attributes
    ----------
    width : int
        Lanes of a group.
    groups : int
        Into which the lanes are put.
    shape : (int, int)
        Sources and targets.
    """

    cdef readonly Sweep sweep
    cdef readonly Seeds points
    cdef readonly bint backwards
    cdef readonly str room
    cdef readonly Py_ssize_t width, groups
    cdef Py_ssize_t most_met, most_ends
    cdef object order  # lane points by falling rank
    cdef object up_first, up_head, up_weight, lane_first, lane_node, lane_label
    cdef Room built
    cdef UpView up
    cdef EndsView ends
    cdef AheadView ahead

    def __cinit__(self, Sweep sweep not None, Seeds points not None, *, room=None):
        if points.graph is not sweep.metric.graph:
            raise InputError("the points must belong to the metric's own Graph object")
        if room is None:
            room = ROOMS[0] if points.points <= _FEW_POINTS else ROOMS[len(ROOMS) - 1]
        if room not in ROOMS:
            raise InputError(f"room is {room!r}; this processor can run {', '.join(ROOMS)}")
        self.sweep, self.points, self.room, self.built = sweep, points, room, _room(room)
        self.width = self.built.row_bytes // (sizeof(double) if sweep.packed else sizeof(int32_t))
        self.backwards = sweep.selection.departing
        self.groups = (points.points + self.width - 1) // self.width
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
        cdef Py_ssize_t points = self.points.points, i, k, most = h.graph.nodes, met, ends
        highest = np.empty(points, dtype=np.int32)
        cdef const int32_t* first = _int32_pointer(self.lane_first)
        cdef const int32_t* node = _int32_pointer(self.lane_node)
        cdef const int32_t* depth = _int32_pointer(h.node_depth)
        cdef int32_t* p_highest = _int32_pointer(highest)
        cdef int32_t e
        for i in range(points):
            p_highest[i] = -1
            for e in range(first[i], first[i + 1]):
                p_highest[i] = max(p_highest[i], node[e])
        self.order = np.argsort(-highest, kind="stable").astype(np.int32)
        # room for the ancestors of a group's ends, however little their ways to the root have in common
        cdef const int32_t* order = _int32_pointer(self.order)
        for i in range(0, points, self.width):
            met = ends = 0
            for k in range(i, min(i + self.width, points)):
                for e in range(first[order[k]], first[order[k] + 1]):
                    met += depth[node[e]] + 1
                    ends += 1
            self.most_met = max(self.most_met, min(met, most))
            self.most_ends = max(self.most_ends, ends)

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
        cdef Selection swept = self.sweep.selection
        self.ahead.swept = <int32_t> swept.seed_node.shape[0]
        self.ahead.swept_node = _int32_pointer(swept.seed_node)
        self.ahead.swept_point = _int32_pointer(swept.seed_point)
        self.ahead.swept_offset = <const label_t*> _int64_pointer(swept.seed_offset)


cdef void* _lane_pointer(array) except? NULL:
    return <void*> _int32_pointer(array) if array.dtype == np.int32 else <void*> _float64_pointer(array)


@cython.final
cdef class LaneMemory:
    """Memory of one running search in many lanes, one for each thread, used again and again.

    Parameters
    ----------
    hierarchy : Hierarchy
        That the searches go over.
    """

    cdef readonly Hierarchy hierarchy
    cdef object mark, by_node, order, rows, stack, top
    cdef Py_ssize_t order_size, rows_bytes, stack_bytes
    cdef bint busy
    cdef LaneWorkspace work

    def __cinit__(self, Hierarchy hierarchy not None):
        self.hierarchy = hierarchy
        # one more of each: no array is empty, and the node behind the last is never met
        self.by_node = np.empty((2, hierarchy.graph.nodes + 1), dtype=np.int32)
        self.top = np.zeros(64 // sizeof(double))
        cdef int32_t[:, ::1] by_node = self.by_node
        self.work.place = &by_node[0, 0]
        self.work.met = &by_node[1, 0]
        self.work.top = _float64_pointer(self.top)
        self.forget()
        self.order_size = self.rows_bytes = self.stack_bytes = -1

    cdef forget(self):
        self.mark = np.zeros(self.hierarchy.graph.nodes + 1, dtype=np.int32)
        self.work.mark = _int32_pointer(self.mark)
        self.work.group = 0

    cdef reserve(self, ManyLanes lanes):
        cdef Py_ssize_t row = lanes.built.row_bytes, height = self.hierarchy.depth * row
        cdef Py_ssize_t rows = (lanes.most_met + 1) * row
        cdef Py_ssize_t stack = height + lanes.sweep.selection.points.points * row
        if lanes.most_ends > self.order_size:
            self.order = np.empty(lanes.most_ends, dtype=np.int32)
            self.order_size = lanes.most_ends
            self.work.order = _int32_pointer(self.order)
        if rows > self.rows_bytes:
            self.rows = _aligned(rows)
            self.rows_bytes = rows
            self.work.rows = _bytes_pointer(self.rows)
        if stack > self.stack_bytes:
            self.stack = _aligned(stack)
            self.stack_bytes = stack
            self.work.stack = _bytes_pointer(self.stack)
        self.work.found = <char*> self.work.stack + height


cdef _aligned(Py_ssize_t size):
    """Return bytes that begin at a cache line."""
    memory = np.empty(size + 64, dtype=np.uint8)
    begin = -memory.ctypes.data % 64
    return memory[begin : begin + size]


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
        Of the metric's hierarchy, and no other thread's.

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
    if memory.hierarchy is not lanes.sweep.metric.hierarchy:
        raise InputError("the memory was made for another hierarchy")
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
    cdef int32_t wide = <int32_t> lanes.width, begin = <int32_t> (group_from * wide), count
    cdef int32_t end = <int32_t> min(group_to * wide, points)
    cdef LaneWorkspace* work = &memory.work
    cdef const ClosureView* closure = &lanes.sweep.view
    cdef bint packed = lanes.sweep.packed, lanes_are_rows = not lanes.backwards
    if work.group > INT32_MAX - 1 - (group_to - group_from):
        memory.forget()
    memory.reserve(lanes)  # the last that may fail before the room is left
    memory.top[:] = 0.0
    memory.busy = True
    with nogil:
        while begin < end:
            count = end - begin if end - begin < wide else wide
            lanes.built.group(
                packed, &lanes.up, &lanes.ends, &lanes.ahead, closure, order + begin, count, work
            )
            lanes.built.emit(work, packed, swept, order + begin, count, lanes_are_rows, width, raw, ms, dm)
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
