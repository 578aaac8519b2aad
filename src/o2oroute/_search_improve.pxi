# Part of _search.pyx: the search that improves routes, and its memory.

# iterations between two looks at the clock, for Ctrl-C and for the temperature: about a millisecond
cdef int64_t ITERATIONS_PER_BLOCK = 100

# parameter: value, and the least and greatest that are allowed; docs/concepts/search.md tells what they do
_SETTINGS = {
    "mean_removed": (10, 1, 1000),
    "longest_string": (10, 1, 1000),
    "split": (0.5, 0, 1),
    "blink": (100, 1, 10**6),
    "route_ruins": (0.01, 0, 1),
    "opening": (0.1, 0, 1),
    "polish": (0.25, 0, 1),
    "short_route": (12, 0, 1000),
    "close": (20, 1, 1000),
    "near": (30, 1, 1000),
    "wide": (100, 1, 1000),
    "hot": (3, 1e-6, 1e6),
    "cold": (0.1, 1e-6, 1e6),
    "fleet_share": (0.3, 0, 1),
}

#: Parameters of the search and their values.
SETTINGS = {name: value for name, (value, _, _) in _SETTINGS.items()}


@cython.final
cdef class Improver:
    """A search over the routes of a `Routes`, which are the best known whenever it rests.

    Parameters
    ----------
    routes : Routes
        The start. Nobody else may use them while `run` runs.
    importance : ndarray of int64, shape (requests,)
        What leaving out a mandatory request counts, before any cost; 0 for optional ones.
    prize : ndarray of int64, shape (requests,)
        What leaving out an optional request costs; 0 for mandatory ones.
    ranks : ndarray of int32, shape (6, requests)
        Orders in which removed requests may be put back: by load, distance, closeness, and length, opening
        and close of their windows.
    per_tick, per_length : float
        What travel costs, for the lists of neighbours.
    waiting : float
        What a tick of waiting counts there.
    seed : int
        From 0 to 2**64 - 1.
    settings : dict, optional
        Of `SETTINGS`, what is to be different.

    Raises
    ------
    InputError
        If an array has another dtype, shape or range, or there is no such parameter.

    Attributes
    ----------
    iterations, accepted, improved : int
        Of the last run: iterations, those whose outcome was gone on from, and those that gave new best
        routes.
    trace : list of tuple
        Rows of seconds, iterations, unserved importance and cost in the unit of the model, whenever a look at
        the clock found better routes than before.
    """

    cdef readonly Routes routes
    cdef readonly object trace
    cdef object memory  # that the search points into
    cdef object settings, best_next
    cdef Search search

    def __cinit__(
        self, Routes routes not None, *, importance, prize, ranks, per_tick, per_length, waiting, seed,
        settings=None,
    ):
        cdef Model model = routes.model
        cdef Search* search = &self.search
        cdef Py_ssize_t n = model.requests
        cdef Py_ssize_t tasks = model.tasks
        cdef Py_ssize_t vehicles = model.vehicles
        cdef Py_ssize_t nodes = tasks + 2 * vehicles
        if not 0 <= seed < 2**64:
            raise InputError(f"seed is {seed}; it must be from 0 to {2**64 - 1}")
        self.routes = routes
        self.trace = []
        self.settings = SETTINGS | _checked_settings(settings or {})
        near, wide = (max(1, min(int(self.settings[name]), tasks)) for name in ("near", "wide"))
        # an iteration writes each stop at most once; what is above that is left to the local search
        stop_room, route_room = 2 * nodes + 4096, 2 * vehicles + 512
        planned = np.flatnonzero(_planned(model)).astype(np.int32)
        kind_of = _kinds(model.next_alike)
        by_kind = np.argsort(kind_of, kind="stable").astype(np.int32)
        kind_place = np.empty(vehicles, dtype=np.int32)
        kind_place[by_kind] = np.arange(vehicles, dtype=np.int32)
        kinds = int(kind_of.max(initial=-1)) + 1
        kind_first = np.searchsorted(kind_of[by_kind], np.arange(kinds + 1)).astype(np.int32)
        checked(ranks, "ranks", np.int32, (KEYS, n))
        self.memory = memory = {
            "importance": np.array(checked(importance, "importance", np.int64, (n,), low=0, high=MAX_LOAD)),
            "prize": np.array(checked(prize, "prize", np.int64, (n,), low=0, high=C_NEVER)),
            "ranks": _flat(ranks), "planned": planned, "kind_of": kind_of, "kind_first": kind_first,
            "by_kind": by_kind, "kind_place": kind_place,
            "kind_used": np.zeros(kinds, dtype=np.int32),
            "stop_epoch": np.zeros(nodes, dtype=np.int64), "route_epoch": np.zeros(vehicles, dtype=np.int64),
            "saved_stops": np.empty(stop_room * sizeof(SavedStop), dtype=np.uint8),
            "saved_stretches": np.empty(stop_room * sizeof(Stretch) * model.is_deep, dtype=np.uint8),
            "saved_rows": np.empty(stop_room * 3 * model.units * model.view.carries, dtype=np.int64),
            "saved_routes": np.empty(route_room * sizeof(SavedRoute), dtype=np.uint8),
            "saved_loads": np.empty(route_room * max(model.units, 1), dtype=np.int64),
            "bank": np.empty(n, dtype=np.int32), "bank_place": np.empty(n, dtype=np.int32),
            "before": np.empty(tasks * near, dtype=np.int32),
            "behind": np.empty(tasks * near, dtype=np.int32),
            "around": np.empty(tasks * wide, dtype=np.int32),
            "removed": np.empty(n + 10, dtype=np.int32), "keys": np.empty(tasks + 10, dtype=np.int32),
            "touched": np.empty(vehicles, dtype=np.int32), "seen": np.zeros(vehicles, dtype=np.int64),
            "absences": np.zeros(n, dtype=np.int64), "best_next": np.empty(nodes, dtype=np.int32),
            "dirty": np.empty(nodes, dtype=np.int32), "is_dirty": np.zeros(nodes, dtype=np.int32),
            "link_cost": np.empty(tasks, dtype=np.float64),
            "neighbour_keys": np.empty(2 * near + wide, dtype=np.float64),
        }
        self.best_next = memory["best_next"]
        cdef State* state = &search.state
        state.routes = &routes.view
        state.importance = _int64_pointer(memory["importance"])
        state.prize = _int64_pointer(memory["prize"])
        state.stop_epoch = _int64_pointer(memory["stop_epoch"])
        state.route_epoch = _int64_pointer(memory["route_epoch"])
        state.saved_stops = <SavedStop*> _bytes_pointer(memory["saved_stops"])
        state.saved_stretches = <Stretch*> _bytes_pointer(memory["saved_stretches"])
        state.saved_rows = _int64_pointer(memory["saved_rows"])
        state.saved_routes = <SavedRoute*> _bytes_pointer(memory["saved_routes"])
        state.saved_loads = _int64_pointer(memory["saved_loads"])
        state.stop_room, state.route_room = stop_room, route_room
        state.bank = _int32_pointer(memory["bank"])
        state.bank_place = _int32_pointer(memory["bank_place"])
        state.kinds = kinds
        state.kind_of = _int32_pointer(kind_of)
        state.kind_first = _int32_pointer(kind_first)
        state.by_kind = _int32_pointer(by_kind)
        state.kind_place = _int32_pointer(kind_place)
        state.kind_used = _int32_pointer(memory["kind_used"])
        self._fill_settings()
        seed_rng(&search.rng, <uint64_t> seed)
        search.near, search.wide = near, wide
        search.before = _int32_pointer(memory["before"])
        search.behind = _int32_pointer(memory["behind"])
        search.around = _int32_pointer(memory["around"])
        search.ranks = _int32_pointer(memory["ranks"])
        search.planned = _int32_pointer(planned)
        search.planned_count = <int32_t> planned.shape[0]
        search.removed = _int32_pointer(memory["removed"])
        search.keys = _int32_pointer(memory["keys"])
        search.touched = _int32_pointer(memory["touched"])
        search.seen = _int64_pointer(memory["seen"])
        search.absences = _int64_pointer(memory["absences"])
        search.best_next = _int32_pointer(memory["best_next"])
        search.dirty = _int32_pointer(memory["dirty"])
        search.is_dirty = _int32_pointer(memory["is_dirty"])
        search.vehicle_limit = <int32_t> vehicles
        self._list_neighbours(per_tick, per_length, waiting)

    cdef int _fill_settings(self) except -1:
        cdef Settings* settings = &self.search.settings
        given = self.settings
        settings.mean_removed = given["mean_removed"]
        settings.longest_string = given["longest_string"]
        settings.split = given["split"]
        settings.blink = given["blink"]
        settings.route_ruins = given["route_ruins"]
        settings.opening = given["opening"]
        settings.polish = given["polish"]
        settings.short_route = given["short_route"]
        settings.close = given["close"]
        return 0

    cdef int _list_neighbours(self, double per_tick, double per_length, double waiting) except -1:
        cdef NeighbourView view
        cdef int32_t order
        cdef double* cost = <double*> _float64_pointer(self.memory["link_cost"])
        view.model = self.routes.view.model
        view.vehicle = 0
        view.per_tick, view.per_length, view.waiting = per_tick, per_length, waiting
        view.near, view.wide = self.search.near, self.search.wide
        view.before = <int32_t*> self.search.before
        view.behind = <int32_t*> self.search.behind
        view.around = <int32_t*> self.search.around
        view.keys = <double*> _float64_pointer(self.memory["neighbour_keys"])
        view.link_cost = cost
        if self.routes.model.vehicles == 0:
            return 0
        for order in range(view.model.tasks):
            with nogil:
                list_neighbours(&view, order)
            if order % 64 == 0:
                PyErr_CheckSignals()
        return 0

    def run(self, *, iterations=None, deadline=None, progress=None):
        """Improve the routes.

        Parameters
        ----------
        iterations : int, optional
            Stop after so many. Without a deadline, the outcome then depends on the seed alone.
        deadline : float, optional
            Stop at this moment of ``time.monotonic``.
        progress : callable, optional
            Called as ``progress(done, total)`` a few times a second, in iterations or milliseconds.

        Raises
        ------
        InputError
            If there is no limit at all.
        """
        if iterations is None and deadline is None:
            raise InputError("the search needs an end: give iterations, a deadline, or both")
        self.routes._begin()
        self.trace = []
        begin_search(&self.search)
        try:
            if self.search.planned_count > 0 and self.routes.model.vehicles > 0:
                self._run(_Schedule(iterations, deadline, progress))
        finally:
            take_best(&self.search)
            self.routes.busy = False

    @property
    def iterations(self):
        return self.search.iterations

    @property
    def accepted(self):
        return self.search.accepted

    @property
    def improved(self):
        return self.search.improved

    cdef int _run(self, schedule) except -1:
        cdef Search* search = &self.search
        link_cost = self.memory["link_cost"]
        unit = max(float(link_cost[link_cost >= 0].mean()) if (link_cost >= 0).any() else 0.0, 1.0)
        hot, cold = self.settings["hot"] * unit, self.settings["cold"] * unit
        self._note(schedule)
        fleet_share = self.settings["fleet_share"] if self.routes.model.per_vehicle else 0.0
        if fleet_share > 0.0:
            self._reduce_fleet(schedule, fleet_share, unit)
        start = schedule.part
        while schedule.part < 1.0:
            search.temperature = hot * (cold / hot) ** ((schedule.part - start) / (1.0 - start))
            if self._block(schedule):
                self._note(schedule)
        return 0

    cdef int _block(self, schedule) except -1:
        """Do some iterations and look around; return whether they brought better routes."""
        cdef Search* search = &self.search
        cdef int64_t improved = search.improved
        cdef int64_t iterations = ITERATIONS_PER_BLOCK
        if schedule.iterations is not None:
            iterations = min(iterations, schedule.iterations - search.iterations)
        with nogil:
            search_on(search, iterations)
        PyErr_CheckSignals()
        schedule.advance(search.iterations)
        return search.improved > improved

    cdef int _reduce_fleet(self, schedule, double share, double unit) except -1:
        """Empty one route after the other for a part of the time, and let the search place its orders."""
        cdef Search* search = &self.search
        cdef int64_t importance = search.best_importance
        complete = self.best_next.copy()
        search.temperature = unit
        try:
            while schedule.part < share:
                if search.best_importance == importance:
                    complete = self.best_next.copy()
                    take_best(search)
                    if search.state.used <= 1:
                        break
                    empty_a_route(search)
                    if search.best_importance == importance:
                        continue
                self._block(schedule)
        finally:
            # a plan that leaves out orders which the start served is none
            if search.best_importance > importance:
                self.best_next[:] = complete
            take_best(search)
            begin_best(search)
            # to serve an order that nobody has a place for yet, any vehicle may be taken
            search.vehicle_limit = <int32_t> (
                self.routes.model.vehicles if importance > 0 else search.state.used
            )
        self._note(schedule)
        return 0

    cdef int _note(self, schedule) except -1:
        cdef const Search* search = &self.search
        self.trace.append(
            (round(schedule.elapsed, 3), search.iterations, search.best_importance, search.best_cost)
        )
        return 0


class _Schedule:
    """How much of its limits a search has used up."""

    def __init__(self, iterations, deadline, progress):
        self.iterations, self.deadline, self.progress = iterations, deadline, progress
        self.began = self.told = time.monotonic()
        self.elapsed = 0.0
        self.part = 0.0
        self.advance(0)

    def advance(self, done):
        now = time.monotonic()
        self.elapsed = now - self.began
        if self.iterations is not None:
            self.part = done / self.iterations if self.iterations > 0 else 1.0
        if self.deadline is not None and now >= self.deadline:
            self.part = 1.0
        elif self.iterations is None:
            self.part = self.elapsed / (self.deadline - self.began)
        if self.progress is not None and now - self.told > 0.2:
            self.told = now
            if self.iterations is not None:
                self.progress(done, self.iterations)
            else:
                self.progress(round(1000 * self.elapsed), round(1000 * (self.deadline - self.began)))


cdef object _planned(Model model):
    cdef Py_ssize_t i
    planned = np.empty(model.tasks, dtype=np.uint8)
    cdef uint8_t[::1] flags = planned
    for i in range(flags.shape[0]):
        flags[i] = model.view.nodes[i].point >= 0
    return planned


def _checked_settings(settings):
    for name, value in settings.items():
        if name not in _SETTINGS:
            raise InputError(
                f"there is no parameter {name!r} of the search; allowed are {', '.join(_SETTINGS)}"
            )
        _, low, high = _SETTINGS[name]
        if not low <= value <= high:
            raise InputError(f"parameter {name} of the search is {value}; it must be from {low} to {high}")
    return dict(settings)


def _kinds(next_alike):
    """Number the vehicles so that those that differ in nothing share a number."""
    kinds = np.full(len(next_alike), -1, dtype=np.int32)
    count = 0
    for vehicle, following in enumerate(next_alike.tolist()):
        if kinds[vehicle] < 0:
            kinds[vehicle] = count
            count += 1
        if following >= 0:
            kinds[following] = kinds[vehicle]
    return kinds


cdef double* _float64_pointer(array) except? NULL:
    cdef const double[::1] values = array
    return <double*> &values[0] if values.shape[0] > 0 else NULL
