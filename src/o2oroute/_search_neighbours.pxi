# Part of _search.pyx: lists of neighbours for the search.

# orders whose lists are made between two looks at the deadline and for Ctrl-C
cdef Py_ssize_t ORDERS_PER_BLOCK = 64
# with more orders than this, only those that are close in the plane are looked at for each,
cdef Py_ssize_t MOST_LOOKED_AT_BY_ALL = 3000
# so many, in cells of about so many
cdef Py_ssize_t LOOKED_AT = 500
cdef Py_ssize_t ORDERS_PER_CELL = 8


@cython.final
cdef class Neighbours:
    """For each order of a model those that go well before it or behind it, and those that are close.

    Parameters
    ----------
    model : Model
    per_tick, per_length : float
        What travel costs.
    waiting : float
        What a tick of waiting that no schedule avoids counts.
    near : int
        How many may come before and behind.
    wide : int
        How many are close.
    plane : ndarray of float64, shape (points, 2), optional
        Places in a plane in which distance goes with travel. With many orders only those are looked at that
        are close there; without it, all are.
    deadline : float, optional
        Leave the remaining lists empty from this moment of ``time.monotonic`` on.

    Attributes
    ----------
    near, wide : int
    link_cost : ndarray of float64, shape (orders,)
        What travel to the five best that may follow costs in the mean; -1 if none may.

    Raises
    ------
    InputError
        If an argument has another dtype, shape or range.
    """

    cdef readonly Py_ssize_t tasks, near, wide
    cdef readonly object link_cost
    cdef object before, behind, around

    def __cinit__(self):
        self.tasks = 0

    def __init__(
        self, Model model not None, *, per_tick, per_length, waiting, near, wide, plane=None, deadline=None
    ):
        cdef NeighbourView view
        cdef GridView grid
        cdef Py_ssize_t n = model.tasks
        cdef Py_ssize_t order = 0
        cdef Py_ssize_t end, room
        cdef int32_t* found
        for name, value in (("near", near), ("wide", wide)):
            if not 1 <= value <= INT32_MAX:
                raise InputError(f"{name} is {value}; it must be from 1 to {INT32_MAX}")
        self._take_memory(n, min(near, max(n, 1)), min(wide, max(n, 1)))
        cdef bint by_grid = plane is not None and n > MOST_LOOKED_AT_BY_ALL
        room = min(n, 4 * LOOKED_AT) if by_grid else n
        work = np.empty(3 * (room + 1) * sizeof(Ranked), dtype=np.uint8)
        candidates = np.arange(n, dtype=np.int32) if not by_grid else np.empty(room, dtype=np.int32)
        view.model = &model.view
        view.vehicle = 0
        view.per_tick, view.per_length, view.waiting = per_tick, per_length, waiting
        view.near, view.wide = <int32_t> self.near, <int32_t> self.wide
        view.before = _int32_pointer(self.before)
        view.behind = _int32_pointer(self.behind)
        view.around = _int32_pointer(self.around)
        view.link_cost = _float64_pointer(self.link_cost)
        view.work = <Ranked*> _bytes_pointer(work)
        view.work_room = room + 1
        found = _int32_pointer(candidates)
        view.candidates = found
        view.candidate_count = <int32_t> n
        memory = None
        if by_grid:
            checked(plane, "plane", np.float64, (model.view.points, 2))
            memory = _fill_grid(&grid, plane, model)
        while model.vehicles > 0 and order < n and (deadline is None or time.monotonic() < deadline):
            end = min(order + ORDERS_PER_BLOCK, n)
            with nogil:
                while order < end:
                    if by_grid and model.view.nodes[order].point >= 0:
                        view.candidate_count = collect_close(
                            &grid, <int32_t> order, <int32_t> LOOKED_AT, <int32_t> room, found
                        )
                    list_neighbours(&view, <int32_t> order)
                    order += 1
            PyErr_CheckSignals()
        del memory

    cdef int _take_memory(self, Py_ssize_t orders, Py_ssize_t near, Py_ssize_t wide) except -1:
        self.tasks, self.near, self.wide = orders, near, wide
        self.before, self.behind = (np.full(orders * near, -1, dtype=np.int32) for _ in range(2))
        self.around = np.full(orders * wide, -1, dtype=np.int32)
        self.link_cost = np.full(orders, -1.0)
        return 0

    def rows(self, name):
        """Return the lists ``"before"``, ``"behind"`` or ``"around"``: one row an order, -1 behind the last.

        Those around an order begin with itself.
        """
        lists = {"before": self.before, "behind": self.behind, "around": self.around}
        return lists[name].reshape(self.tasks, self.wide if name == "around" else self.near)

    def part(self, orders):
        """Return the lists of some orders among themselves, in whose numbering these are 0, 1, ...

        Parameters
        ----------
        orders : ndarray of int32, shape (chosen,)
            All different.

        Raises
        ------
        InputError
            If a number is out of range, or the array has another dtype.
        """
        cdef Neighbours found = Neighbours.__new__(Neighbours)
        cdef Py_ssize_t count = checked(
            orders, "orders", np.int32, (-1,), low=0, high=self.tasks - 1
        ).shape[0]
        chosen = np.array(orders)
        found._take_memory(count, self.near, self.wide)
        number_of = np.full(self.tasks, -1, dtype=np.int32)
        number_of[chosen] = np.arange(count, dtype=np.int32)
        for rows, selected, columns in (
            (self.before, found.before, self.near),
            (self.behind, found.behind, self.near),
            (self.around, found.around, self.wide),
        ):
            _select(rows, selected, columns, chosen, number_of)
        found.link_cost = self.link_cost[chosen]
        return found


cdef int _select(
    rows, selected, Py_ssize_t columns, chosen, number_of
) except -1:
    cdef const int32_t* source = _int32_pointer(rows)
    cdef int32_t* target = _int32_pointer(selected)
    cdef const int32_t* old = _int32_pointer(chosen)
    cdef const int32_t* numbers = _int32_pointer(number_of)
    cdef Py_ssize_t count = chosen.shape[0]
    cdef Py_ssize_t i
    with nogil:
        for i in range(count):
            select_neighbours(&source[old[i] * columns], <int32_t> columns, numbers, &target[i * columns])
    return 0


cdef object _fill_grid(GridView* grid, plane, Model model):
    """Sort the orders into a grid; return the memory that it is in."""
    cdef Py_ssize_t n = model.tasks
    cdef Py_ssize_t i
    places = np.zeros((n, 2))
    point_of = np.empty(n, dtype=np.int64)
    cdef int64_t[::1] points = point_of
    for i in range(n):
        points[i] = model.view.nodes[i].point
    placed = point_of >= 0
    places[placed] = plane[point_of[placed]]
    if not np.isfinite(places).all():
        raise InputError("plane holds a number that is not finite")
    low = places.min(axis=0)
    across, up = places.max(axis=0) - low
    # cells are squares; in a long strip most would be empty, hence the bound
    cell = max((across * up * ORDERS_PER_CELL / n) ** 0.5, max(across, up) / n, 1e-300)
    grid.points = <int32_t> n
    grid.left, grid.low = low
    grid.cell = cell
    grid.across, grid.up = int(across / cell) + 1, int(up / cell) + 1
    memory = (
        places,
        np.empty(<Py_ssize_t> grid.across * grid.up + 1, dtype=np.int32),
        np.empty(n, dtype=np.int32),
        np.empty(n, dtype=np.int32),
    )
    grid.plane = _float64_pointer(places.reshape(-1))
    grid.first = _int32_pointer(memory[1])
    grid.member = _int32_pointer(memory[2])
    grid.cell_of = _int32_pointer(memory[3])
    fill_grid(grid)
    return memory
