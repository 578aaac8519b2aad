# The door to the weights of a hierarchy: customization, anew or in part.

from o2oroute._kernel.customize cimport (
    customize_all, customize_some, place_weights, times_of_labels, weight_t,
)

#: A time and a length in one double: ms * LABEL_ONE_MS + dm.
LABEL_ONE_MS = 2.0**24
LABEL_INF = 1e300


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
    longest_ms : float
        No search can come to a longer time.
    most_exact_ms : float
        Up to this time, labels that carry lengths are exact.

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
    cdef readonly double longest_ms, most_exact_ms

    def __cinit__(self, Hierarchy hierarchy not None, Graph graph=None, Metric before=None):
        graph = hierarchy.graph if graph is None else graph
        _check_same_arcs(hierarchy, graph)
        if before is not None and before.hierarchy is not hierarchy:
            raise InputError("the weights to begin with belong to another hierarchy")
        self.hierarchy, self.graph, self.gathered = hierarchy, graph, {}
        weight = np.ascontiguousarray(graph.arc_array[1::2])
        length = np.repeat(graph.node_dm, np.diff(graph.first_out))
        own = _own_weights(hierarchy, weight * LABEL_ONE_MS + length, LABEL_INF)
        self.own_up_label, self.own_down_label = own
        if before is None:
            self.rows = graph.nodes
            self.up_label, self.down_label = _customized(hierarchy, *own)
        else:
            changed = (own[0] != before.own_up_label) | (own[1] != before.own_down_label)
            row = np.searchsorted(hierarchy.first, np.flatnonzero(changed), side="right") - 1
            self.up_label, self.down_label = before.up_label.copy(), before.down_label.copy()
            self.rows = _customize_rows(hierarchy, row, *own, self.up_label, self.down_label)
        self._bound_labels(weight, length)
        self._take_times(weight)
        self._bound_times(weight)

    def weights(self, bint packed):
        """Return the weights of the arcs up and of the arcs down, in the type of the lanes."""
        if packed not in self.gathered:
            up, down = (self.up_label, self.down_label) if packed else (self.up_ms, self.down_ms)
            self.gathered[packed] = up[self.hierarchy.up_entry], down[self.hierarchy.down_entry]
        return self.gathered[packed]

    cdef _bound_labels(self, weight, length):
        """Set how far labels can be trusted.

        A label is time * 2**24 + length as a plain sum. Where the time read from it is t, the way took at
        most t, so it is at most (fastest speed) * t long, plus its two ends, whose offsets are rounded. As
        long as that is below 2**24, nothing was carried over; and as no way that is better by (ms, dm) takes
        longer than t, none was carried over either, so that it would have the smaller label. Sums stay
        below 2**53, where all whole numbers are doubles, as long as t is below 2**29.
        """
        moving = length > 0
        room = 2.0**24 - 1 - 2.0 * self.graph.node_dm.max(initial=0)
        self.most_exact_ms = 0  # a label below 2**24 has no time in it, whatever the lengths
        if room > 0 and weight[moving].min(initial=C_INF) > 0:
            speed = (length[moving] / weight[moving]).max(initial=1e-9)
            self.most_exact_ms = min(np.floor(room / speed), 2.0**29 - 1)

    cdef _take_times(self, weight):
        """Set the times alone: those of the labels, and only if some label is not exact computed apart."""
        up, down = np.empty((2, self.hierarchy.entries), dtype=np.int32)
        cdef const double* up_label = _float64_pointer(self.up_label)
        cdef const double* down_label = _float64_pointer(self.down_label)
        cdef int32_t* up_ms = _int32_pointer(up)
        cdef int32_t* down_ms = _int32_pointer(down)
        cdef int32_t entries = <int32_t> self.hierarchy.entries
        cdef double most = (self.most_exact_ms + 1.0) * LABEL_ONE_MS
        cdef bint exact
        with nogil:
            exact = times_of_labels(entries, up_label, most, up_ms)
            exact = times_of_labels(entries, down_label, most, down_ms) and exact
        if not exact:
            up, down = _customized(self.hierarchy, *_own_weights(self.hierarchy, weight, C_INF))
        self.up_ms, self.down_ms = up, down

    cdef _bound_times(self, weight):
        """Set how long a search can get at all."""
        cdef Hierarchy h = self.hierarchy
        up, down = np.zeros(self.graph.nodes), np.zeros(self.graph.nodes)
        cdef const int32_t* first = _int32_pointer(h.first)
        cdef const int32_t* head = _int32_pointer(h.head)
        cdef const int32_t* up_ms = _int32_pointer(self.up_ms)
        cdef const int32_t* down_ms = _int32_pointer(self.down_ms)
        cdef double* u = _float64_pointer(up)
        cdef double* d = _float64_pointer(down)
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
    scratch = np.empty((2, h.depth + 1))
    cdef const Chordal* chordal = &h.view
    cdef const double* p_own_up = _float64_pointer(own_up)
    cdef const double* p_own_down = _float64_pointer(own_down)
    cdef double* p_up = _float64_pointer(up)
    cdef double* p_down = _float64_pointer(down)
    cdef int32_t* p_place = _int32_pointer(place)
    cdef uint8_t* p_stale = _bytes_pointer(stale)
    cdef double[:, ::1] new = scratch
    cdef double* new_up = &new[0, 0]
    cdef double* new_down = &new[1, 0]
    cdef int32_t lowest = row.min(), count
    with nogil:
        count = customize_some(
            chordal, p_own_up, p_own_down, p_up, p_down, p_place, new_up, new_down, p_stale, lowest
        )
    return count
