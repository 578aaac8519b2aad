# Part of _search.pyx: the search that improves routes, and its memory.

# iterations at one temperature: about a millisecond
cdef int64_t ITERATIONS_PER_BLOCK = 100
# seconds between two looks at the clock and for Ctrl-C, which come more often where iterations take long
cdef double LEAST_LOOK = 0.002
cdef double MOST_LOOK = 0.01

# parameter: value, and the least and greatest that are allowed; docs/concepts/search.md tells what they do
_SETTINGS = {
    "mean_removed": (10, 1, 1000),
    "longest_string": (10, 1, 1000),
    "split": (0.5, 0, 1),
    "blink": (100, 1, 10**6),
    "route_ruins": (0.01, 0, 1),
    "route_splits": (0.03, 0, 1),
    "vehicle_changes": (0.1, 0, 1),
    "route_openings": (0.2, 0, 1),
    "opening": (0.1, 0, 1),
    "polish": (0.25, 0, 1),
    "short_route": (12, 0, 1000),
    "close": (20, 1, 1000),
    "near": (30, 1, 1000),
    "wide": (100, 1, 1000),
    "hot": (3, 1e-6, 1e6),
    "cold": (0.1, 1e-6, 1e6),
    "fleet_share": (0.3, 0, 1),
    "insist_share": (0.3, 0, 1),
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
    neighbours : Neighbours
        Of the tasks of the model.
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
    best_value, last_value : tuple of int
        Unserved importance, and cost in the unit of the model, of the best routes, and of those that the
        annealing had come to at the end of the last run.
    trace : list of tuple
        Rows of seconds, iterations, unserved importance, cost in the unit of the model, vehicles in use and
        orders left out, whenever a look at the clock found better routes than before.
    """

    cdef readonly Routes routes
    cdef readonly Neighbours neighbours
    cdef readonly object trace, last_value
    cdef object watch
    cdef object memory  # that the search points into
    cdef object settings, best_next
    cdef int64_t step  # iterations between two looks
    cdef Search search

    def __cinit__(
        self, Routes routes not None, *, importance, prize, ranks, Neighbours neighbours not None, seed,
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
        self.routes, self.neighbours = routes, neighbours
        self.step = 1
        self.trace = []
        self.settings = SETTINGS | _checked_settings(settings or {})
        if neighbours.tasks != tasks:
            raise InputError(
                f"the lists of neighbours are of {neighbours.tasks} tasks; the model has {tasks}"
            )
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
            "removed": np.empty(n + 10, dtype=np.int32), "keys": np.empty(tasks + 10, dtype=np.int32),
            "touched": np.empty(vehicles, dtype=np.int32), "seen": np.zeros(vehicles, dtype=np.int64),
            "absences": np.zeros(n, dtype=np.int64), "best_next": np.empty(nodes, dtype=np.int32),
            "last_next": np.empty(nodes, dtype=np.int32),
            "dirty": np.empty(nodes, dtype=np.int32), "is_dirty": np.zeros(nodes, dtype=np.int32),
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
        search.near, search.wide = <int32_t> neighbours.near, <int32_t> neighbours.wide
        search.before = _int32_pointer(neighbours.before)
        search.behind = _int32_pointer(neighbours.behind)
        search.around = _int32_pointer(neighbours.around)
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

    cdef int _fill_settings(self) except -1:
        cdef Settings* settings = &self.search.settings
        given = self.settings
        settings.mean_removed = given["mean_removed"]
        settings.longest_string = given["longest_string"]
        settings.split = given["split"]
        settings.blink = given["blink"]
        settings.route_ruins = given["route_ruins"]
        settings.route_splits = given["route_splits"]
        settings.vehicle_changes = given["vehicle_changes"]
        settings.route_openings = given["route_openings"]
        settings.opening = given["opening"]
        settings.polish = given["polish"]
        settings.short_route = given["short_route"]
        settings.close = given["close"]
        return 0

    def run(
        self, *, iterations=None, deadline=None, progress=None, temperatures=None, stopped=None, watch=None
    ):
        """Improve the routes.

        Parameters
        ----------
        iterations : int, optional
            Stop after so many. Without a deadline, the outcome then depends on the seed alone.
        deadline : float, optional
            Stop at this moment of ``time.monotonic``.
        progress : callable, optional
            Called as ``progress(done, total)`` a few times a second, in iterations or milliseconds.
        temperatures : tuple of float, optional
            The first and the last, in the unit of the model; by default from what links cost.
        stopped : callable, optional
            Asked a thousand times a second whether to stop.
        watch : callable, optional
            For tests: called without arguments after each iteration whose outcome is gone on from;
            `last_value` and `last_tasks_of` then tell that outcome.

        Raises
        ------
        InputError
            If there is no limit at all, or a temperature is not above 0.
        """
        if iterations is None and deadline is None:
            raise InputError("the search needs an end: give iterations, a deadline, or both")
        if temperatures is None:
            unit = link_unit(self.neighbours.link_cost)
            temperatures = (self.settings["hot"] * unit, self.settings["cold"] * unit)
        if not min(temperatures) > 0:
            raise InputError(f"temperatures are {temperatures}; they must be above 0")
        self.routes._begin()
        self.trace = []
        self.watch = watch
        begin_search(&self.search)
        try:
            if self.search.planned_count > 0 and self.routes.model.vehicles > 0:
                hot, cold = temperatures
                self._run(_Schedule(iterations, deadline, progress, stopped), hot, cold)
        finally:
            self._keep_last()
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

    cdef int _keep_last(self) except -1:
        cdef int32_t* last = _int32_pointer(self.memory["last_next"])
        cdef Py_ssize_t i
        for i in range(self.routes.model.tasks + 2 * self.routes.model.vehicles):
            last[i] = self.routes.view.stops[i].next
        self.last_value = (self.search.state.importance_left, self.search.state.cost)
        return 0

    def last_tasks_of(self, Py_ssize_t vehicle):
        """Return a route as the annealing left it, an array of int32; all of them together keep all rules.

        Raises
        ------
        InputError
            If there is no such vehicle, or nothing has been run.
        """
        if not 0 <= vehicle < self.routes.model.vehicles:
            raise InputError(f"vehicle is {vehicle}; it must be from 0 to {self.routes.model.vehicles - 1}")
        if self.last_value is None:
            raise InputError("the search has not been run")
        cdef const int32_t[::1] following = self.memory["last_next"]
        cdef int32_t stop = following[start_of(self.routes.view.model, <int32_t> vehicle)]
        orders = []
        while stop != end_of(self.routes.view.model, <int32_t> vehicle):
            orders.append(stop)
            stop = following[stop]
        return np.array(orders, dtype=np.int32)

    @property
    def best_value(self):
        return self.search.best_importance, self.search.best_cost

    cdef int _run(self, schedule, double hot, double cold) except -1:
        cdef Search* search = &self.search
        self._note(schedule)
        fleet_share = self.settings["fleet_share"] if self.routes.model.per_vehicle else 0.0
        if fleet_share > 0.0:
            self._reduce_fleet(schedule, fleet_share, hot / self.settings["hot"])
        start = schedule.part
        insist_end = start + self.settings["insist_share"] * (1.0 - start)
        while schedule.part < 1.0:
            if search.insists and schedule.part >= insist_end:
                search.insists = False
                if search.best_importance > 0:
                    # there is no place for them all, it seems: from now on the rest is to cost little
                    take_best(search)
                    start = schedule.part
            search.temperature = hot * (cold / hot) ** ((schedule.part - start) / (1.0 - start))
            if self._block(schedule):
                self._note(schedule)
        return 0

    cdef int _block(self, schedule) except -1:
        """Do some iterations and look around; return whether they brought better routes."""
        cdef Search* search = &self.search
        cdef int64_t improved = search.improved
        cdef int64_t accepted = search.accepted
        cdef int64_t left = self.step
        cdef int64_t step
        cdef double since
        if schedule.iterations is not None:  # then time must not tell when it is how hot
            left = min(ITERATIONS_PER_BLOCK, schedule.iterations - search.iterations)
        if self.watch is not None:
            left = min(left, 1)
        while left > 0 and schedule.part < 1.0:
            step = min(left, self.step)
            since = schedule.elapsed
            with nogil:
                search_on(search, step)
            left -= step
            if self.watch is not None and search.accepted > accepted:
                self._keep_last()
                self.watch()
            PyErr_CheckSignals()
            schedule.advance(search.iterations)
            since = schedule.elapsed - since
            if since > MOST_LOOK and step == self.step:
                self.step = max(self.step // 2, 1)
            elif since < LEAST_LOOK:
                self.step = min(2 * self.step, ITERATIONS_PER_BLOCK)
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
        self.trace.append((
            round(schedule.elapsed, 3), search.iterations, search.best_importance, search.best_cost,
            search.best_used, search.best_bank,
        ))
        return 0


def link_unit(link_cost):
    """Return what temperatures are counted in: what a link to a good successor costs in the mean."""
    known = link_cost[link_cost >= 0]
    return max(float(known.mean()), 1.0) if known.size else 1.0


class _Schedule:
    """How much of its limits a search has used up."""

    def __init__(self, iterations, deadline, progress, stopped):
        self.iterations, self.deadline = iterations, deadline
        self.progress, self.stopped = progress, stopped
        self.began = self.told = time.monotonic()
        self.elapsed = 0.0
        self.part = 0.0
        self.advance(0)

    def advance(self, done):
        now = time.monotonic()
        self.elapsed = now - self.began
        if self.iterations is not None:
            self.part = done / self.iterations if self.iterations > 0 else 1.0
        if (self.deadline is not None and now >= self.deadline) or (self.stopped and self.stopped()):
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
