# The door to labels of points, from which a matrix whose points come and go gets its new lines.

from o2oroute._kernel.labels cimport Chains, LabelWorkspace, Spots, Tree, label_chains, write_lines

#: By how much room grows, so that adding point after point copies little.
_GROWTH = 1.5


@cython.final
cdef class _Side:
    """Labels of many points in one direction."""

    cdef bint departing
    cdef object point, last, label  # of each chain, with room for more
    cdef Chains chains

    def __cinit__(self, Py_ssize_t height, bint departing):
        self.departing = departing
        self.chains.height = height
        self.point, self.last = np.empty((2, 0), dtype=np.int32)
        self.label = np.empty(0)

    cdef append(self, Metric metric, Seeds points, Py_ssize_t number, LabelWorkspace* work):
        """Label points, which are numbered from `number` on."""
        cdef Hierarchy h = metric.hierarchy
        first, node = _end_nodes(h, points, self.departing)
        offset = _end_labels(points, self.departing, True)
        weight = metric.weights(True)[0 if self.departing else 1]
        cdef Py_ssize_t count = node.shape[0], used = self.chains.count, height = self.chains.height
        self.point = _with_room(self.point, used, count)
        self.last = _with_room(self.last, used, count)
        self.label = _with_room(self.label, used * height, count * height)
        self._view()
        by_end = np.empty((3, count + 1), dtype=np.int32)
        cdef int32_t[:, ::1] e = by_end
        cdef Ends ends
        ends.points = <int32_t> points.points
        ends.first = _int32_pointer(first)
        ends.node = _int32_pointer(node)
        ends.falling = &e[0, 0]
        ends.chain_first = &e[1, 0]
        work.order = &e[2, 0]
        cdef UpView up
        up.parent = _int32_pointer(h.parent)
        up.first = _int32_pointer(h.up_first if self.departing else h.down_first)
        up.head = _int32_pointer(h.up_head if self.departing else h.down_tail)
        up.weight = _lane_pointer(weight)
        cdef const double* label = _float64_pointer(offset)
        cdef const int32_t* lowest = _int32_pointer(h.lowest)
        cdef const int32_t* depth = _int32_pointer(h.node_depth)
        cdef int32_t begin = <int32_t> number
        cdef Chains* chains = &self.chains
        with nogil:
            part_ends(&ends, lowest)
            label_chains(&up, &ends, label, depth, begin, work, chains)

    cdef keep(self, number):
        """Keep the chains of points that have a new number."""
        cdef Py_ssize_t height = self.chains.height, used = self.chains.count
        kept, self.point = _renumbered(self.point[:used], number)
        self.last = self.last[kept]
        self.label = self.label[: used * height].reshape(used, height)[kept].ravel()
        self.chains.count = <int32_t> kept.size
        self._view()

    cdef _view(self):
        self.chains.point = _int32_pointer(self.point)
        self.chains.last = _int32_pointer(self.last)
        self.chains.label = _float64_pointer(self.label)


@cython.final
cdef class Labels:
    """Points that come and go, each with the labels from which the ways between any two are read.

    Parameters
    ----------
    metric : Metric

    Attributes
    ----------
    points : int
    """

    cdef readonly Metric metric
    cdef readonly Py_ssize_t points
    cdef _Side departing, arriving
    cdef object spot_point, spot_node, spot_offset  # of each seed, with room for more
    cdef object mark, best, met, path, found
    cdef bint busy
    cdef Spots spots
    cdef Tree tree
    cdef LabelWorkspace work

    def __cinit__(self, Metric metric not None):
        cdef Hierarchy h = metric.hierarchy
        self.metric = metric
        self.departing, self.arriving = _Side(h.depth, True), _Side(h.depth, False)
        self.spot_point, self.spot_node = np.empty((2, 0), dtype=np.int32)
        self.spot_offset = np.empty(0, dtype=np.int64)
        self.mark = np.zeros(h.graph.nodes + 1, dtype=np.uint8)
        self.best = np.full(h.graph.nodes + 1, LABEL_INF)
        self.met = np.empty(h.graph.nodes + 1, dtype=np.int32)
        self.path = np.empty((2, h.depth + 1), dtype=np.int32)
        cdef int32_t[:, ::1] path = self.path
        self.work.mark = _bytes_pointer(self.mark)
        self.work.best = _float64_pointer(self.best)
        self.work.met = _int32_pointer(self.met)
        self.work.path_node = &path[0, 0]
        self.work.path_lowest = &path[1, 0]
        self.tree.parent = _int32_pointer(h.parent)
        self.tree.depth = _int32_pointer(h.node_depth)
        self.tree.lowest = _int32_pointer(h.lowest)

    def append(self, Seeds points not None):
        """Add points behind the last.

        Parameters
        ----------
        points : Seeds
            Of the metric's graph.

        Raises
        ------
        InputError
            If they are of another graph, or there would be 2**31 - 1 points or more.
        """
        if points.graph is not self.metric.graph:
            raise InputError("the points must belong to the metric's own Graph object")
        if self.points + points.points >= INT32_MAX:
            raise InputError(f"{self.points + points.points} points are more than the {INT32_MAX} that fit")
        self._enter()
        cdef Py_ssize_t used = self.spots.count, count = points.node.shape[0]
        cdef int32_t departing = self.departing.chains.count, arriving = self.arriving.chains.count
        try:
            self.found = np.empty(self.points + points.points)
            self.spot_point = _with_room(self.spot_point, used, count)
            self.spot_node = _with_room(self.spot_node, used, count)
            self.spot_offset = _with_room(self.spot_offset, used, count)
            self.departing.append(self.metric, points, self.points, &self.work)
            self.arriving.append(self.metric, points, self.points, &self.work)
            number = np.arange(self.points, self.points + points.points, dtype=np.int32)
            self.spot_point[used : used + count] = np.repeat(number, np.diff(points.first))
            self.spot_node[used : used + count] = points.node
            self.spot_offset[used : used + count] = points.offset
            self.points += points.points
            self._view(used + count)
        except MemoryError:
            self.departing.chains.count, self.arriving.chains.count = departing, arriving
            raise
        finally:
            self.busy = False

    def keep(self, indices):
        """Drop all points but some, which move up.

        Parameters
        ----------
        indices : ndarray of int64
            Rising.

        Raises
        ------
        InputError
            If they do not rise, or one is out of range.
        """
        _check_layout(indices, "indices", 1, np.int64)
        if ((indices < 0) | (indices >= self.points)).any() or (np.diff(indices) <= 0).any():
            raise InputError(f"indices must rise within 0 to {self.points - 1}")
        self._enter()
        cdef Py_ssize_t used = self.spots.count
        try:
            number = np.full(self.points, -1, dtype=np.int32)
            number[indices] = np.arange(indices.size, dtype=np.int32)
            self.departing.keep(number)
            self.arriving.keep(number)
            kept, self.spot_point = _renumbered(self.spot_point[:used], number)
            self.spot_node, self.spot_offset = self.spot_node[kept], self.spot_offset[kept]
            self.points = indices.size
            self._view(kept.size)
        finally:
            self.busy = False

    def write_lines(self, Py_ssize_t begin, out_ms, out_dm):
        """Write the rows and columns of the points from `begin` on, from and to all points.

        Parameters
        ----------
        begin : int
        out_ms, out_dm : ndarray of float32, shape (at least points, the same)
            Written: seconds and metres, ``inf`` where there is no way.

        Returns
        -------
        bool
            Whether every cell is known to be exact. If not, some way is too long for labels.

        Raises
        ------
        InputError
            If `begin` is out of range or an array does not fit.
        """
        if not 0 <= begin <= self.points:
            raise InputError(f"begin is {begin}; it must be from 0 to {self.points}")
        rows, columns = out_ms.shape if getattr(out_ms, "ndim", 0) == 2 else (self.points, self.points)
        cdef float* ms = <float*> _cell_pointer(out_ms, "out_ms", np.float32, rows, columns)
        cdef float* dm = <float*> _cell_pointer(out_dm, "out_dm", np.float32, rows, columns)
        if min(rows, columns) < self.points:
            raise InputError(f"the matrix has shape {(rows, columns)}; there are {self.points} points")
        self._enter()
        cdef Chains* departing = &self.departing.chains
        cdef Chains* arriving = &self.arriving.chains
        cdef int32_t first = <int32_t> begin, end = <int32_t> self.points
        cdef size_t width = columns
        cdef double top, other
        with nogil:
            top = write_lines(
                first, end, True, &self.tree, departing, arriving, &self.spots, &self.work, width, ms, dm
            )
            other = write_lines(
                first, end, False, &self.tree, arriving, departing, &self.spots, &self.work, width, ms, dm
            )
        self.busy = False
        return max(top, other) < (self.metric.most_exact_ms + 1.0) * LABEL_ONE_MS

    cdef int _enter(self) except -1:
        if self.busy:
            raise RuntimeError("these Labels are in use by another thread")
        self.busy = True
        return 0

    cdef _view(self, Py_ssize_t spots):
        self.spots.count = <int32_t> spots
        self.spots.point = _int32_pointer(self.spot_point)
        self.spots.node = _int32_pointer(self.spot_node)
        self.spots.offset = <label_t*> _int64_pointer(self.spot_offset)
        self.work.found = _float64_pointer(self.found)


cdef _with_room(array, Py_ssize_t used, Py_ssize_t more):
    """Return an array, or a larger one that begins alike, with room for so many more values."""
    if used + more <= array.shape[0]:
        return array
    grown = np.empty(int((used + more) * _GROWTH) + 1, dtype=array.dtype)
    grown[:used] = array[:used]
    return grown


cdef _renumbered(point, number):
    """Return which of some things belong to points that have a new number, and those numbers."""
    numbers = number[point]
    kept = np.flatnonzero(numbers >= 0)
    return kept, numbers[kept]
