"""The compiled door of roads and matrices: check arrays, release the GIL, call a room, raise.

Everything that enters is checked and copied into the layout of the rooms, so that no array can drive
compiled code out of bounds, whatever happens to it afterwards. Only ``road/`` and ``matrix/`` open this door.

A `Graph` and `Seeds` may be read by many threads at once; a `Workspace` serves one call at a time.
"""

cimport cython
from libc.stdint cimport INT32_MAX, int32_t, int64_t, uint8_t

import numpy as np

from o2oroute.errors import InputError, RoutingError

from o2oroute._kernel.dijkstra cimport (
    FOUND, TOO_LONG, UNREACHABLE, Arc, GraphView, NodeState, SeedsView, Way, WorkspaceView,
    find_way, mark_targets, read_arcs, read_row, search,
)
from o2oroute._kernel.dtypes cimport INF as C_INF, dm_of, label_t, ms_of
from o2oroute._kernel.heap cimport HeapEntry

__all__ = [
    "INF", "ROOMS", "Graph", "Hierarchy", "Labels", "LaneMemory", "ManyLanes", "Metric", "PathMemory",
    "Seeds", "Selection", "Steps", "Sweep", "Workspace", "dijkstra_path", "dijkstra_rows", "hierarchy_nodes",
    "hierarchy_path", "lane_rows", "nested_dissection",
]

INF = C_INF


@cython.final
cdef class Graph:
    """Routing graph in the layout of the kernels.

    Parameters
    ----------
    first_out : ndarray of int32, shape (nodes + 1,)
        The arcs that leave node ``v`` are ``first_out[v] .. first_out[v + 1] - 1``.
    head : ndarray of int32, shape (arcs,)
    weight_ms : ndarray of int32, shape (arcs,)
        Milliseconds of the tail's segment plus the turn; at least ``node_ms`` of the tail.
    node_ms, node_dm : ndarray of int32, shape (nodes,)
        Milliseconds and decimetres of the node's segment.

    Raises
    ------
    InputError
        If an array has another dtype, length or range.
    """

    cdef readonly object first_out, node_ms, node_dm
    cdef readonly Py_ssize_t nodes, arcs
    cdef object arc_array
    cdef GraphView view

    def __cinit__(self, first_out, head, weight_ms, node_ms, node_dm):
        nodes = _checked(node_ms, "node_ms", -1, 0, C_INF).shape[0]
        arcs = _checked(head, "head", -1, 0, nodes - 1).shape[0]
        _checked(node_dm, "node_dm", nodes, 0, C_INF)
        _checked(weight_ms, "weight_ms", arcs, 0, C_INF)
        _checked_offsets(first_out, "first_out", nodes, arcs, "arcs")
        tail_ms = np.repeat(node_ms, np.diff(first_out))
        if (weight_ms < tail_ms).any():
            arc = int(np.flatnonzero(weight_ms < tail_ms)[0])
            raise InputError(
                f"weight_ms[{arc}] is {weight_ms[arc]}, less than the {tail_ms[arc]} ms of the segment that "
                "the arc leaves; a turn may not cost less than nothing"
            )
        self.nodes, self.arcs = nodes, arcs
        self.first_out, self.node_ms, self.node_dm = _copy(first_out), _copy(node_ms), _copy(node_dm)
        self.arc_array = np.stack([head, weight_ms], axis=1).reshape(-1)
        self.view.nodes = <int32_t> self.nodes
        self.view.first_out = _int32_pointer(self.first_out)
        self.view.arcs = <const Arc*> _int32_pointer(self.arc_array)
        self.view.node_dm = _int32_pointer(self.node_dm)


@cython.final
cdef class Seeds:
    """Points as positions on nodes of a graph: sources or targets of a search.

    Parameters
    ----------
    graph : Graph
    first : ndarray of int32, shape (points + 1,)
        The seeds of point ``i`` are ``first[i] .. first[i + 1] - 1``; a point without seeds is unreachable.
    node, ms, dm : ndarray of int32, shape (seeds,)
        Node, and milliseconds and decimetres from the start of its segment to the point.

    Raises
    ------
    InputError
        If an array has another dtype, length or range, or an offset lies beyond its segment.
    """

    cdef readonly Graph graph
    cdef readonly Py_ssize_t points
    cdef object first, node, offset
    cdef Py_ssize_t most_seeds  # of one point
    cdef Py_ssize_t most_arcs  # that leave the seeds of one point
    cdef SeedsView view

    def __cinit__(self, Graph graph not None, first, node, ms, dm):
        seeds = _checked(node, "node", -1, 0, graph.nodes - 1).shape[0]
        _checked(ms, "ms", seeds, 0, C_INF)
        _checked(dm, "dm", seeds, 0, C_INF)
        _checked(first, "first", -1, 0, seeds)
        if first.shape[0] == 0:
            raise InputError("first is empty; it must have one value more than there are points")
        points = first.shape[0] - 1
        _checked_offsets(first, "first", points, seeds, "seeds")
        for name, offset, most in (("ms", ms, graph.node_ms), ("dm", dm, graph.node_dm)):
            beyond = np.flatnonzero(offset > most[node])
            if beyond.size:
                seed = int(beyond[0])
                raise InputError(
                    f"{name}[{seed}] is {offset[seed]}, beyond its segment; "
                    f"it must be from 0 to {most[node[seed]]}"
                )
        degrees = graph.first_out[node + 1] - graph.first_out[node]
        arcs_before = np.concatenate([[0], np.cumsum(degrees, dtype=np.int64)])[first]
        self.most_seeds = int(np.diff(first).max(initial=0))
        self.most_arcs = int(np.diff(arcs_before).max(initial=0))
        self.graph = graph
        self.points = points
        self.first, self.node = _copy(first), _copy(node)
        self.offset = (ms.astype(np.int64) << 32) + dm
        self.view.points = <int32_t> self.points
        self.view.first = _int32_pointer(self.first)
        self.view.node = _int32_pointer(self.node)
        self.view.offset = <const label_t*> _int64_pointer(self.offset)


@cython.final
cdef class Workspace:
    """Memory of one running search on one graph, used again and again.

    Parameters
    ----------
    graph : Graph
    """

    cdef readonly Graph graph
    cdef object states, entries
    cdef Py_ssize_t capacity
    cdef bint busy
    cdef WorkspaceView view

    def __cinit__(self, Graph graph not None):
        self.graph = graph
        self.reset()
        self.reserve(0)

    cdef int reset(self) except -1:
        self.states = np.zeros(self.graph.nodes * sizeof(NodeState), dtype=np.uint8)
        self.view.states = <NodeState*> _bytes_pointer(self.states)
        self.view.epoch = self.view.target_epoch = 0
        return 0

    cdef int reserve(self, Py_ssize_t seed_arcs) except -1:
        # each arc is relaxed at most once, and once more for each seed that it leaves
        cdef Py_ssize_t needed = self.graph.arcs + seed_arcs
        if self.entries is None or needed > self.capacity:
            self.entries = np.empty(needed * sizeof(HeapEntry), dtype=np.uint8)
            self.view.heap.entries = <HeapEntry*> _bytes_pointer(self.entries)
            self.capacity = needed
        return 0

    cdef int begin(self, Seeds sources, Seeds targets, Py_ssize_t searches) except -1:
        if sources.graph is not self.graph or targets.graph is not self.graph:
            raise InputError("sources, targets and workspace must belong to the same Graph object")
        if self.busy:
            raise RuntimeError("this Workspace is in use by another thread; make one for each thread")
        if self.view.epoch > INT32_MAX - 1 - searches or self.view.target_epoch > INT32_MAX - 1:
            self.reset()
        self.reserve(sources.most_arcs)
        self.busy = True
        return 0


def dijkstra_rows(
    Seeds sources not None, Seeds targets not None, Py_ssize_t row_from, Py_ssize_t row_to,
    out_ms, out_dm, Workspace workspace not None,
):
    """Write the exact times, and lengths, from some sources to all targets.

    One search a source, which ends with the last target; see ``_kernel/dijkstra.pyx``.

    Parameters
    ----------
    sources, targets : Seeds
        Of the same graph.
    row_from, row_to : int
        The sources ``row_from .. row_to - 1`` are computed.
    out_ms : ndarray of int32, shape (row_to - row_from, targets.points)
        Written: milliseconds, ``INF`` where there is no way.
    out_dm : ndarray of int32 of the same shape, or None
        Written: decimetres of the shortest of the fastest ways, ``INF`` where there is no way.
    workspace : Workspace
        Of the same graph, and no other thread's.

    Raises
    ------
    InputError
        If a range or an array does not fit.
    RoutingError
        If a way takes ``INF`` milliseconds or decimetres or more.
    """
    if not 0 <= row_from <= row_to <= sources.points:
        raise InputError(f"rows {row_from} to {row_to} are not within 0 to {sources.points}")
    cdef int32_t* ms = _output_pointer(out_ms, "out_ms", row_to - row_from, targets.points)
    cdef int32_t* dm = NULL
    if out_dm is not None:
        dm = _output_pointer(out_dm, "out_dm", row_to - row_from, targets.points)
    workspace.begin(sources, targets, row_to - row_from)  # the last that may fail before the room is left
    cdef WorkspaceView* work = &workspace.view
    cdef const GraphView* graph = &workspace.graph.view
    cdef const SeedsView* source_seeds = &sources.view
    cdef const SeedsView* target_seeds = &targets.view
    cdef int32_t row = <int32_t> row_from
    cdef int status = FOUND
    with nogil:
        mark_targets(work, target_seeds, 0, target_seeds.points)
        while row < row_to and status == FOUND:
            status = search(work, graph, source_seeds, row)
            if status == FOUND:
                status = read_row(work, source_seeds, row, target_seeds, ms, dm)
            ms += target_seeds.points
            if dm != NULL:
                dm += target_seeds.points
            row += 1
    workspace.busy = False
    if status == TOO_LONG:
        _raise_too_long(row - 1)


def dijkstra_path(
    Seeds sources not None, Py_ssize_t source, Seeds targets not None, Py_ssize_t target,
    Workspace workspace not None,
):
    """Return the way behind one cell of `dijkstra_rows`.

    Parameters
    ----------
    sources, targets : Seeds
        Of the same graph.
    source, target : int
        Points among them.
    workspace : Workspace
        Of the same graph, and no other thread's.

    Returns
    -------
    tuple or None
        ``(ms, dm, arcs, source_seed, target_seed)``: the cell, the arcs in driving order (int32; none where
        the target lies ahead on the source's own node), and the seeds that the way joins. None if there is
        no way.

    Raises
    ------
    InputError
        If a point is out of range.
    RoutingError
        If the way takes ``INF`` milliseconds or decimetres or more.
    """
    for name, point, points in (("source", source, sources.points), ("target", target, targets.points)):
        if not 0 <= point < points:
            raise InputError(f"{name} is {point}; it must be from 0 to {points - 1}")
    workspace.begin(sources, targets, 1)
    cdef WorkspaceView* work = &workspace.view
    cdef const GraphView* graph = &workspace.graph.view
    cdef Way way
    cdef int status
    try:
        with nogil:
            mark_targets(work, &targets.view, <int32_t> target, <int32_t> target + 1)
            status = search(work, graph, &sources.view, <int32_t> source)
            if status == FOUND:
                status = find_way(
                    work, graph, &sources.view, <int32_t> source, &targets.view, <int32_t> target, &way
                )
        if status == TOO_LONG:
            _raise_too_long(source)
        if status == UNREACHABLE:
            return None
        arcs = np.empty(way.arcs, dtype=np.int32)
        read_arcs(work, graph, &targets.view, &way, _int32_pointer(arcs))
    finally:
        workspace.busy = False
    return ms_of(way.label), dm_of(way.label), arcs, way.source_seed, way.target_seed


def _checked(array, str name, Py_ssize_t length, int64_t low, int64_t high):
    """Return the array if it is a plain int32 array of this length (negative: any) and range."""
    _check_layout(array, name, 1)
    if length >= 0 and array.shape[0] != length:
        raise InputError(f"{name} has {array.shape[0]} values; it must have {length}")
    if array.shape[0] > INT32_MAX - 1:
        raise InputError(f"{name} has {array.shape[0]} values; at most {INT32_MAX - 1} are allowed")
    if array.shape[0] and (array.min() < low or array.max() > high):
        place = int(np.flatnonzero((array < low) | (array > high))[0])
        allowed = f"from {low} to {high}" if low <= high else "nothing: the graph is empty"
        raise InputError(f"{name}[{place}] is {array[place]}; allowed is {allowed}")
    return array


def _check_layout(array, str name, int dimensions, kind=np.int32):
    if not isinstance(array, np.ndarray):
        raise InputError(
            f"{name} is of type {type(array).__name__}; it must be a numpy array of {kind.__name__}"
        )
    if array.dtype != kind or not array.dtype.isnative:
        raise InputError(
            f"{name} has dtype {array.dtype!r}; it must be {kind.__name__} of this machine's byte order"
        )
    if array.ndim != dimensions:
        raise InputError(f"{name} has {array.ndim} dimensions; it must have {dimensions}")
    if not array.flags.c_contiguous or not array.flags.aligned:
        raise InputError(f"{name} is strided or unaligned; pass numpy.ascontiguousarray of it")


def _checked_offsets(first, str name, Py_ssize_t count, Py_ssize_t total, str what):
    """Check an index of `count` consecutive groups that share `total` items."""
    _checked(first, name, count + 1, 0, total)
    if first[0] != 0 or first[count] != total:
        raise InputError(
            f"{name} goes from {first[0]} to {first[count]}; it must go from 0 to {total} ({what})"
        )
    falls = np.flatnonzero(np.diff(first) < 0)
    if falls.size:
        place = int(falls[0])
        raise InputError(f"{name} falls from {first[place]} to {first[place + 1]} at {place}; it must rise")


def _raise_too_long(row):
    raise RoutingError(
        f"a way from source {row} takes {C_INF} milliseconds or decimetres or more, which does not fit the "
        "matrix; check the weights of the network"
    )


cdef object _copy(array):
    copied = np.array(array, order="C", copy=True, subok=False)
    copied.flags.writeable = False
    return copied


cdef int32_t* _output_pointer(array, str name, Py_ssize_t rows, Py_ssize_t columns) except? NULL:
    _check_layout(array, name, 2)
    if not array.flags.writeable:
        raise InputError(f"{name} is read-only; it must be writeable")
    if array.shape != (rows, columns):
        raise InputError(f"{name} has shape {array.shape}; it must be {(rows, columns)}")
    return _int32_pointer(array.reshape(-1))


include "_pointers.pxi"

# each builds on those before it
include "_core_hierarchy.pxi"

include "_core_metric.pxi"

include "_core_lanes.pxi"

include "_core_labels.pxi"

include "_core_paths.pxi"

include "_core_nearest.pxi"
