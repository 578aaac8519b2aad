# The door to the nearest step of a network's polylines.

from libc.math cimport INFINITY

from o2oroute._kernel.nearest cimport FANOUT as C_FANOUT, Box, Hit, Step, StepTree, nearest_step

#: Bits of a coordinate that put steps in order: 65,536 places each way.
_CURVE_BITS = 16


@cython.final
cdef class Steps:
    """The straight steps of polylines, ready to be searched for the nearest.

    Parameters
    ----------
    ends : ndarray of int32, shape (steps, 4)
        West to east or not: ``lon_a, lat_a, lon_b, lat_b`` in units of 1e-7 degrees. A step over the
        antimeridian has its second end beyond half a turn.
    priority : ndarray of int32, shape (steps,)
        Of equally near steps, to the millimetre, the one of the lowest priority is taken.
    """

    cdef readonly Py_ssize_t steps
    cdef object ends, priority, original, boxes
    cdef StepTree tree

    def __cinit__(self, ends, priority):
        _check_layout(ends, "ends", 2)
        if ends.shape[1] != 4 or ends.shape[0] == 0:
            raise InputError(f"ends has shape {ends.shape}; it must be (n, 4) with at least one step")
        self.steps = ends.shape[0]
        _checked(priority, "priority", self.steps, -(2**31), 2**31 - 1)
        order = np.argsort(_curve(ends[:, 0], ends[:, 1], ends[:, 2], ends[:, 3]), kind="stable")
        self.original = order.astype(np.int32)
        self.ends = np.ascontiguousarray(ends[order])
        self.priority = np.ascontiguousarray(priority[order])
        low = np.minimum(self.ends[:, :2], self.ends[:, 2:])
        high = np.maximum(self.ends[:, :2], self.ends[:, 2:])
        levels = []
        while not levels or low.shape[0] > 1:
            begin = np.arange(0, low.shape[0], C_FANOUT)
            low, high = np.minimum.reduceat(low, begin), np.maximum.reduceat(high, begin)
            levels.append(np.concatenate((low, high), axis=1))
        self.boxes = np.ascontiguousarray(np.concatenate(levels))
        self.tree.steps = <int32_t> self.steps
        self.tree.step = <const Step*> _int32_pointer(self.ends.reshape(-1))
        self.tree.priority = _int32_pointer(self.priority)
        self.tree.box = <const Box*> _int32_pointer(self.boxes.reshape(-1))
        self.tree.levels = <int32_t> len(levels)
        first = 0
        for level, boxes in enumerate(levels):
            self.tree.level_first[level] = first
            first += boxes.shape[0]
        self.tree.level_first[len(levels)] = first

    def nearest(self, points, per_degree):
        """Return the nearest step of each point, where on it, and how far away.

        Parameters
        ----------
        points : ndarray of float64, shape (n, 2)
            Longitude and latitude in degrees, all of them numbers.
        per_degree : ndarray of float64, shape (n, 2)
            Metres for a degree of longitude and of latitude at each point.

        Returns
        -------
        step : ndarray of int32, shape (n,)
        along : ndarray of float64, shape (n,)
            From 0 at the step's first end to 1 at its second.
        metres : ndarray of float64, shape (n,)
            In whole millimetres.
        """
        _check_layout(points, "points", 2, np.float64)
        _check_layout(per_degree, "per_degree", 2, np.float64)
        if points.shape[1] != 2 or per_degree.shape != points.shape:
            raise InputError(
                f"points has shape {points.shape} and per_degree {per_degree.shape}; both must be (n, 2)"
            )
        cdef Py_ssize_t n = points.shape[0], i
        step, along, metres = np.empty(n, dtype=np.int32), np.empty(n), np.empty(n)
        cdef const double* p = _float64_pointer(points.reshape(-1))
        cdef const double* scale = _float64_pointer(per_degree.reshape(-1))
        cdef int32_t* s = _int32_pointer(step)
        cdef double* a = _float64_pointer(along)
        cdef double* m = _float64_pointer(metres)
        cdef const int32_t* original = _int32_pointer(self.original)
        cdef const StepTree* tree = &self.tree
        cdef double east, north
        cdef Hit hit
        with nogil:
            for i in range(n):
                hit.step = 0
                hit.along = 0.0
                hit.metres = INFINITY
                east, north = scale[2 * i], scale[2 * i + 1]
                nearest_step(tree, p[2 * i], p[2 * i + 1], east, north, &hit)
                # the earth is round: what lies over the antimeridian may be nearer
                nearest_step(tree, p[2 * i] - 360.0, p[2 * i + 1], east, north, &hit)
                nearest_step(tree, p[2 * i] + 360.0, p[2 * i + 1], east, north, &hit)
                s[i] = original[hit.step]
                a[i] = hit.along
                m[i] = hit.metres
        return step, along, metres


def _curve(lon_a, lat_a, lon_b, lat_b):
    """Return where the middles of steps lie on a Hilbert curve over their extent.

    Source: Hamilton, Rau-Chaplin, Compact Hilbert indices (Information Processing Letters 2008), for two
    dimensions.
    """
    x, y = (
        (middle - middle.min()) * (2**_CURVE_BITS - 1) // max(int(np.ptp(middle)), 1)
        for middle in ((lon_a.astype(np.int64) + lon_b) // 2, (lat_a.astype(np.int64) + lat_b) // 2)
    )
    place = np.zeros_like(x)
    for bit in range(_CURVE_BITS - 1, -1, -1):
        east, north = x >> bit & 1, y >> bit & 1
        place = place << 2 | (3 * east ^ north)
        # each quarter is walked turned, so that it ends where the next begins
        mirrored = np.where((north == 0) & (east == 1), 2**_CURVE_BITS - 1, 0)
        x, y = x ^ mirrored, y ^ mirrored
        x, y = np.where(north == 0, y, x), np.where(north == 0, x, y)
    return place
