# Problems as the rooms of the search see them: checked arrays, and what follows from them.


@cython.final
cdef class Model:
    """Requests, vehicles and legs in the layout of the rooms. Immutable.

    Requests are those of one task, then pairs of a pickup and a drop-off. Tasks are numbered alike: the only
    tasks, then two for each pair. Nodes are the tasks, then the start of each vehicle, then the end of each
    vehicle.

    Parameters
    ----------
    durations, distances : sequence of ndarray of int32, shape (points, points)
        Legs of each profile, ``INF`` at most; a duration of ``INF`` says that there is no way. They are read
        in place.
    node_point : ndarray of int32, shape (nodes,)
        Row of each node in the legs. -1 is, for a start or end, wherever the route begins or ends; a request
        with a task at -1 is set aside and never put on a route.
    service : ndarray of int64, shape (types, tasks)
        Ticks, for each type of vehicle.
    window_first : ndarray of int32, shape (nodes + 1,)
        The windows of node ``i`` are ``window_first[i] .. window_first[i + 1] - 1``; each node has one at
        least.
    window_open, window_close : ndarray of int64, shape (windows,)
        Ticks, both included; ascending and without overlap within a node. ``-ANY_TIME`` and ``ANY_TIME`` are
        no bounds.
    delivery : ndarray of int64, shape (tasks, units)
        On board from the start.
    capacity : ndarray of int64, shape (vehicles, units)
    profile : ndarray of int32, shape (vehicles,)
    fixed, per_tick, per_length : ndarray of int64, shape (vehicles,)
        Cost of using the vehicle, of a tick of duty and of a unit of length.
    max_distance, max_duty, max_stops : ndarray of int64, shape (vehicles,)
        ``UNLIMITED`` where there is no limit.
    fewest_vehicles : bool
        Let a vehicle less always be cheaper.
    pairs : int
        How many of the requests are pairs.
    vehicle_type : ndarray of int32, shape (vehicles,), optional
        Row of `service` and `setup`; by default the first.
    change : ndarray of int64, shape (tasks, units), optional
        What the load changes by at each task; by default the delivery leaves it.
    setup : ndarray of int64, shape (types, tasks), optional
        Ticks before the service, unless the task before is at the same place. Windows bound its start.
    place : ndarray of int32, shape (tasks,), optional
        A number for each place; needed with `setup`.
    release : ndarray of int64, shape (tasks,), optional
        The route that delivers it starts no earlier; ``-ANY_TIME`` is no bound.
    choice : ndarray of int32, shape (requests,), optional
        Row of `choice_cost`.
    choice_cost : ndarray of int64, shape (choices, vehicles), optional
        What it costs besides that a vehicle serves a request; -1 if it may not.
    kind : ndarray of int32, shape (requests,), optional
        Kind of load, from 0 to 63; -1 if it has none.
    kind_excludes : ndarray of bool, shape (kinds, kinds), optional
        Which kinds may not be on one route; the same in both directions.
    per_travel, per_service, per_stop : ndarray of int64, shape (vehicles,), optional
        Cost of a tick of driving, of one of service or set-up, and of each task.
    max_travel : ndarray of int64, shape (vehicles,), optional
        Most ticks of driving; ``UNLIMITED`` where there is no limit.
    relation_kind : ndarray of int32, shape (relations,), optional
        0: its members are on one vehicle. 1: no two of them are. 2: they are on one vehicle in this order. 3:
        directly one behind the other. Members that are on no route are passed over.
    relation_first : ndarray of int32, shape (relations + 1,), optional
        The members of relation ``r`` are ``relation_first[r] .. relation_first[r + 1] - 1``.
    relation_task : ndarray of int32, shape (members,), optional
        Tasks, each once a relation; a pair where no order counts is named by one of its tasks. Also starts
        of vehicles, by their node: those are always on their own route.
    soft_first : ndarray of int32, shape (tasks + 1,), optional
        What the moment of task ``i`` costs: the terms ``soft_first[i] .. soft_first[i + 1] - 1``.
    soft_moment, soft_before, soft_after : ndarray of int64, shape (terms,), optional
        A moment, and the cost of each tick that the task starts before or after it.
    overtime_after, overtime_per_tick : ndarray of int64, shape (vehicles,), optional
        Ticks of paid duty, and what each one beyond them costs more.
    pause_first : ndarray of int32, shape (vehicles + 1,), optional
        The breaks of vehicle ``v``: ``pause_first[v] .. pause_first[v + 1] - 1``, taken in this order.
    pause_duration : ndarray of int64, shape (breaks,), optional
    pause_paid, pause_dispensable : ndarray of bool, shape (breaks,), optional
        Whether it counts as paid duty; whether a route goes without that ends no later than its last window
        closes, or starts when its first has opened and it is over.
    pause_load : ndarray of int64, shape (breaks, units), optional
        Most that is on board meanwhile.
    pause_window_first : ndarray of int32, shape (breaks + 1,), optional
    pause_window_open, pause_window_close : ndarray of int64, shape (windows,), optional
        When each may begin, as for nodes.
    max_ride : ndarray of int64, shape (requests,), optional
        Most ticks from leaving the first task of a pair to the start of the second; ``UNLIMITED`` where there
        is no limit. Not beside breaks and reloads.
    reload_first : ndarray of int32, shape (vehicles + 1,), optional
        The depots where vehicle ``v`` may load again: ``reload_first[v] .. reload_first[v + 1] - 1``.
    reload_point : ndarray of int32, shape (reloads,), optional
        Row of each in the legs.
    reload_loading : ndarray of int64, shape (reloads,), optional
        Ticks from the start of loading to the departure.
    reload_window_first : ndarray of int32, shape (reloads + 1,), optional
    reload_window_open, reload_window_close : ndarray of int64, shape (windows,), optional
        When loading may start; there may be no such moment.
    max_trips : ndarray of int64, shape (vehicles,), optional

    Attributes
    ----------
    tasks, requests, vehicles, units : int
    cost_unit : int
        In costs of the model, as `Routes` gives them, 1 stands for so much: 1, unless 64 bits would not hold
        a sum.
    per_vehicle : int
        What costs of the model count for each vehicle in use, besides: 0, unless fewest vehicles are wanted.
    next_alike : ndarray of int32, shape (vehicles,)
        The next vehicle that differs in nothing, or -1.

    Raises
    ------
    InputError
        If an array has another dtype, shape or range.
    """

    cdef readonly Py_ssize_t tasks, requests, vehicles, units
    cdef readonly object cost_unit, per_vehicle, next_alike
    cdef object arrays  # that the view points into
    cdef _Days days  # None: there is nothing for it
    cdef bint is_deep  # a route of some vehicle is
    cdef ModelView view

    def __cinit__(
        self, *, durations, distances, node_point, service, window_first, window_open, window_close,
        delivery, capacity, profile, fixed, per_tick, per_length, max_distance, max_duty, max_stops,
        fewest_vehicles=False, pairs=0, vehicle_type=None, change=None, setup=None, place=None, release=None,
        choice=None, choice_cost=None, kind=None, kind_excludes=None, per_travel=None, per_stop=None,
        max_travel=None, per_service=None, relation_kind=None, relation_first=None, relation_task=None,
        soft_first=None, soft_moment=None, soft_before=None, soft_after=None, overtime_after=None,
        overtime_per_tick=None, pause_first=None, pause_duration=None, pause_paid=None,
        pause_dispensable=None, pause_load=None, pause_window_first=None, pause_window_open=None,
        pause_window_close=None, reload_first=None, reload_point=None, reload_loading=None,
        reload_window_first=None, reload_window_open=None, reload_window_close=None, max_trips=None,
        max_ride=None,
    ):
        types, tasks = checked(service, "service", np.int64, (-1, -1), low=0, high=2**31).shape
        vehicles = checked(profile, "profile", np.int32, (-1,), low=0, high=len(durations) - 1).shape[0]
        units = checked(delivery, "delivery", np.int64, (tasks, -1), low=0, high=MAX_LOAD).shape[1]
        if tasks + 2 * vehicles >= INT32_MAX:
            raise InputError(f"{tasks} tasks and {vehicles} vehicles are too many to number in 32 bits")
        if not 0 <= 2 * pairs <= tasks:
            raise InputError(f"there are {pairs} pairs and {tasks} tasks; pairs take two tasks each")
        nodes, requests = tasks + 2 * vehicles, tasks - pairs
        points = _checked_legs(durations, distances)
        checked(node_point, "node_point", np.int32, (nodes,), low=-1, high=points - 1)
        node_point = _set_aside_pairs(node_point, tasks, pairs)
        _check_windows(window_first, window_open, window_close, nodes)
        checked(capacity, "capacity", np.int64, (vehicles, units), low=0)
        none, unlimited = np.zeros(vehicles, np.int64), np.full(vehicles, UNLIMITED, np.int64)
        vehicle_type = np.zeros(vehicles, np.int32) if vehicle_type is None else vehicle_type
        checked(vehicle_type, "vehicle_type", np.int32, (vehicles,), low=0)
        if vehicles and vehicle_type.max() >= types:
            raise InputError(f"service has {types} rows; vehicle_type asks for row {vehicle_type.max()}")
        of_vehicles = {
            "fixed": fixed, "per_tick": per_tick, "per_length": per_length,
            "per_travel": none if per_travel is None else per_travel,
            "per_service": none if per_service is None else per_service,
            "per_stop": none if per_stop is None else per_stop,
            "max_distance": max_distance, "max_duty": max_duty,
            "max_travel": unlimited if max_travel is None else max_travel,
            "max_stops": max_stops,
        }
        for name, values in of_vehicles.items():
            checked(values, name, np.int64, (vehicles,), low=0, high=C_NEVER)
        if setup is not None:
            checked(setup, "setup", np.int64, (types, tasks), low=0, high=2**31)
            checked(place, "place", np.int32, (tasks,))
        if release is not None:
            checked(release, "release", np.int64, (tasks,), low=-MAX_TIME, high=MAX_TIME)
        if choice_cost is not None:
            choices = checked(choice_cost, "choice_cost", np.int64, (-1, vehicles), low=-1, high=C_NEVER)
            checked(choice, "choice", np.int32, (requests,), low=0, high=choices.shape[0] - 1)
        if change is not None:
            checked(change, "change", np.int64, (tasks, units), low=-MAX_LOAD, high=MAX_LOAD)
        carries = pairs > 0 or (change is not None and bool((change != -delivery).any()))
        kinds, excluded = (None, None) if kind is None else _kind_bits(kind, kind_excludes, requests)
        self.tasks, self.requests, self.vehicles, self.units = tasks, requests, vehicles, units
        stays = service if setup is None else service + setup
        longest = [_greatest_leg(ticks, ticks) for ticks in durations]
        farthest = [
            most if lengths is ticks else _greatest_leg(ticks, lengths)
            for ticks, lengths, most in zip(durations, distances, longest)
        ]
        moments = [0] * vehicles
        of_days = (soft_first, overtime_after, pause_first, reload_first, max_ride)
        if any(each is not None for each in of_days):
            self.days = _Days(
                tasks, vehicles, units, (soft_first, soft_moment, soft_before, soft_after),
                (overtime_after, overtime_per_tick),
                (pause_first, pause_duration, pause_paid, pause_dispensable, pause_load),
                (pause_window_first, pause_window_open, pause_window_close),
                (reload_first, reload_point, reload_loading, max_trips),
                (reload_window_first, reload_window_open, reload_window_close), points,
            )
            if max_ride is not None:
                self.days.read_rides(max_ride, requests)
            moments = self.days.dearest(window_open, window_close, per_tick, stays, longest)
        self.cost_unit, self.per_vehicle = _cost_unit(
            of_vehicles, fewest_vehicles, tasks,
            duties=_longest_duties(longest, stays, window_first, window_open, window_close, vehicles),
            travel=_longest_routes(longest, tasks, profile, of_vehicles["max_travel"]),
            lengths=_longest_routes(farthest, tasks, profile, max_distance),
            choices=0 if choice_cost is None else sum(choice_cost.max(axis=1, initial=0)[choice].tolist()),
            moments=moments,
        )
        for name in ("fixed", "per_tick", "per_length", "per_travel", "per_service", "per_stop"):
            of_vehicles[name] = of_vehicles[name] // self.cost_unit
        of_vehicles["fixed"] = of_vehicles["fixed"] + self.per_vehicle
        if self.days is not None:
            self.days.fill(self.cost_unit)
        if choice_cost is not None:
            choice_cost = np.where(choice_cost < 0, C_NEVER, choice_cost // self.cost_unit)
        alike = [
            profile, vehicle_type, *of_vehicles.values(), capacity, node_point[tasks:tasks + vehicles],
            node_point[tasks + vehicles:],
        ]
        if choice_cost is not None:
            alike.append(choice_cost.T)
        if self.days is not None:
            alike.append(self.days.kinds)
        ties = {}
        if relation_kind is not None:
            ties = _ties(relation_kind, relation_first, relation_task, tasks + vehicles)
            # a vehicle whose start is a member of a relation is like no other
            is_member = np.diff(ties["tie_first"])[tasks:] > 0
            alike.append(np.where(is_member, np.arange(vehicles), -1))
        self.next_alike = _next_alike(np.column_stack(alike), window_first[tasks:], window_open, window_close)

        # times may be lengths at the same time
        transposed = {id(legs): _transposed(legs) for legs in (*durations, *distances)}
        # legs are not copied: they are large, and no number in them says where to read or write
        self.arrays = {
            "durations": list(durations),
            "distances": list(distances),
            "durations_to": [transposed[id(legs)] for legs in durations],
            "distances_to": [transposed[id(legs)] for legs in distances],
            "delivery": _flat(delivery),
            "change": _flat(-delivery if change is None else change),
            "capacity": _flat(capacity),
            "windows": _flat(np.column_stack([window_open, window_close])),
            "nodes": np.zeros(max(types, 1) * nodes * sizeof(Node), dtype=np.uint8),
            "vehicles": np.zeros(vehicles * sizeof(Vehicle), dtype=np.uint8),
            "owners": np.zeros(vehicles * sizeof(Vehicle*), dtype=np.uint8),
        }
        for name, values in (
            ("setup", setup), ("place", place), ("release", release), ("choice", choice),
            ("choice_cost", choice_cost), ("kinds", kinds), ("excluded", excluded),
        ):
            self.arrays[name] = None if values is None else _flat(values)
        self.arrays |= ties
        cdef ModelView* view = &self.view
        view.tasks = <int32_t> self.tasks
        view.requests = <int32_t> self.requests
        view.singles = <int32_t> (self.tasks - 2 * pairs)
        view.vehicle_count = <int32_t> self.vehicles
        view.units = <int32_t> self.units
        view.carries = carries or (self.days is not None and self.days.most_reloads > 0)
        view.counts = (
            pairs > 0 or kind is not None or release is not None or relation_kind is not None
        )
        view.points = points
        view.delivery = _int64_pointer(self.arrays["delivery"])
        view.change = _int64_pointer(self.arrays["change"])
        view.place = _int32_pointer(self.arrays["place"])
        view.release = _int64_pointer(self.arrays["release"])
        view.choice = _int32_pointer(self.arrays["choice"])
        view.choice_cost = _int64_pointer(self.arrays["choice_cost"])
        view.kind = <const uint64_t*> _int64_pointer(self.arrays["kinds"])
        view.excluded = <const uint64_t*> _int64_pointer(self.arrays["excluded"])
        if relation_kind is not None:
            view.tie_first = _int32_pointer(self.arrays["tie_first"])
            view.tie_relation = _int32_pointer(self.arrays["tie_relation"])
            view.tie_rank = _int32_pointer(self.arrays["tie_rank"])
            view.relation_kind = _int32_pointer(self.arrays["relation_kind"])
            view.relation_first = _int32_pointer(self.arrays["relation_first"])
            view.relation_task = _int32_pointer(self.arrays["relation_task"])
        if self.days is not None:
            view.soft_first = _int32_pointer(self.days.soft_first)
            view.soft = <const Term*> _int64_pointer(self.days.terms)
            view.max_ride = _int64_pointer(self.days.max_ride)
        for i in range(types):
            self._fill_nodes(i, node_point, service[i], window_first)
        self.view.nodes = <Node*> _bytes_pointer(self.arrays["nodes"])
        self._fill_vehicles(profile, vehicle_type, of_vehicles, types)

    cdef int _fill_nodes(
        self, Py_ssize_t kind, const int32_t[::1] point, const int64_t[::1] service,
        const int32_t[::1] window_first,
    ) except -1:
        cdef Node* nodes = <Node*> _bytes_pointer(self.arrays["nodes"])
        cdef const Window* windows = <const Window*> _int64_pointer(self.arrays["windows"])
        cdef Py_ssize_t i
        nodes = nodes + kind * point.shape[0]
        for i in range(point.shape[0]):
            nodes[i].point = point[i]
            nodes[i].windows = window_first[i + 1] - window_first[i]
            nodes[i].window = &windows[window_first[i]]
            nodes[i].service = service[i] if i < service.shape[0] else 0
        return 0

    cdef int _fill_vehicles(
        self, const int32_t[::1] profile, const int32_t[::1] kind, of_vehicles, Py_ssize_t types
    ) except -1:
        cdef Vehicle* vehicles = <Vehicle*> _bytes_pointer(self.arrays["vehicles"])
        cdef const Node* nodes = <const Node*> _bytes_pointer(self.arrays["nodes"])
        cdef const int64_t* capacity = _int64_pointer(self.arrays["capacity"])
        cdef const int64_t* setup = _int64_pointer(self.arrays["setup"])
        cdef const int64_t[:, ::1] figures = np.array(list(of_vehicles.values())).reshape(10, -1)
        cdef const Vehicle** owners = <const Vehicle**> _bytes_pointer(self.arrays["owners"])
        cdef Vehicle* vehicle
        cdef Py_ssize_t v
        same, alike = {}, {}
        rows = self.arrays["capacity"].reshape(profile.shape[0], self.units)
        legs = [
            [array.reshape(-1) for array in self.arrays[name]]
            for name in ("durations", "distances", "durations_to", "distances_to")
        ]
        for v in range(profile.shape[0]):
            vehicle = &vehicles[v]
            vehicle.durations = _int32_pointer(legs[0][profile[v]])
            vehicle.distances = _int32_pointer(legs[1][profile[v]])
            vehicle.durations_to = _int32_pointer(legs[2][profile[v]])
            vehicle.distances_to = _int32_pointer(legs[3][profile[v]])
            vehicle.nodes = nodes + kind[v] * (self.tasks + 2 * self.vehicles)
            vehicle.setup = NULL if setup == NULL else setup + kind[v] * self.tasks
            row = alike.setdefault(rows[v].tobytes(), v)
            vehicle.capacity = capacity + <Py_ssize_t> row * self.units
            vehicle.fixed, vehicle.per_tick, vehicle.per_length = figures[0, v], figures[1, v], figures[2, v]
            vehicle.per_travel, vehicle.per_service = figures[3, v], figures[4, v]
            vehicle.per_stop = figures[5, v]
            vehicle.max_distance, vehicle.max_duty = figures[6, v], figures[7, v]
            vehicle.max_travel = figures[8, v]
            vehicle.max_stops = <int32_t> min(figures[9, v], INT32_MAX)
            if self.days is not None:
                vehicle.day = self.days.of_vehicle(v)
            vehicle.is_timed = vehicle.per_tick > 0 or vehicle.max_duty < C_NEVER
            vehicle.is_rich = (
                self.view.carries or setup != NULL or self.view.release != NULL or types > 1
                or vehicle.per_travel > 0 or vehicle.per_service > 0 or vehicle.max_travel < C_NEVER
                or self.view.tie_first != NULL or vehicle.day != NULL
            )
            vehicle.is_deep = vehicle.is_timed or vehicle.is_rich or self.view.kind != NULL
            self.is_deep = self.is_deep or vehicle.is_deep
            # the fewer of them, the more stay in the cache
            content = (<const char*> vehicle)[:sizeof(Vehicle)]
            owners[v] = &vehicles[<Py_ssize_t> same.setdefault(content, v)]
        self.view.vehicles = owners
        return 0


def _check_windows(first, opening, closing, Py_ssize_t nodes):
    count = checked(opening, "window_open", np.int64, (-1,), low=-MAX_TIME, high=MAX_TIME).shape[0]
    checked(closing, "window_close", np.int64, (count,), low=-MAX_TIME, high=MAX_TIME)
    checked(first, "window_first", np.int32, (nodes + 1,), low=0, high=count)
    if first[0] != 0 or first[nodes] != count or (np.diff(first) < 1).any():
        raise InputError(f"window_first must ascend from 0 to {count}, with a window for each node at least")
    if (closing < opening).any():
        i = int(np.flatnonzero(closing < opening)[0])
        raise InputError(f"window {i} closes at {closing[i]}, before it opens at {opening[i]}")
    follows = np.ones(count, dtype=bool)
    follows[first[:nodes]] = False
    overlaps = np.flatnonzero(follows[1:] & (opening[1:] <= closing[:max(count - 1, 0)]))
    if overlaps.size:
        i = int(overlaps[0])
        raise InputError(
            f"window {i} closes at {closing[i]}; the next of its node opens no later, at {opening[i + 1]}"
        )


def _set_aside_pairs(node_point, Py_ssize_t tasks, Py_ssize_t pairs):
    """Set aside both tasks of a pair if one is."""
    of_pairs = node_point[tasks - 2 * pairs:tasks].reshape(-1, 2)
    if not (of_pairs < 0).any():
        return node_point
    found = node_point.copy()
    found[tasks - 2 * pairs:tasks] = np.where((of_pairs < 0).any(axis=1)[:, None], -1, of_pairs).reshape(-1)
    return found


def _kind_bits(kind, kind_excludes, Py_ssize_t requests):
    """Return a bit for the kind of each request, and bits of those it excludes."""
    excludes = checked(kind_excludes, "kind_excludes", np.bool_, (-1, -1))
    count = excludes.shape[0]
    checked(kind, "kind", np.int32, (requests,), low=-1, high=count - 1)
    if count > 64 or excludes.shape[1] != count or (excludes != excludes.T).any():
        raise InputError(
            f"kind_excludes has shape {excludes.shape}; it must be square, the same in both directions, and "
            "of 64 kinds at most"
        )
    bits = [1 << i for i in range(count)]
    masks = [sum(bit for bit, out in zip(bits, row) if out) for row in excludes.tolist()]
    bits, masks = (np.array([*each, 0], dtype=np.uint64).view(np.int64) for each in (bits, masks))
    return bits[kind], masks[kind]


def _longest_duties(longest, stays, window_first, window_open, window_close, Py_ssize_t vehicles):
    """Return how long the shortest duty of a route can be, for each vehicle.

    That is no longer than from the first start to the last end. Nor, where the day is open, than all work and
    one wait: before a wait there is a stop at the moment when its window closes, or the start could come
    later.
    """
    tasks = stays.shape[1]
    work = sum(stays.max(axis=0, initial=0).tolist()) + (tasks + 1) * max(longest, default=0)
    opens, closes = window_open[window_open > -ANY_TIME], window_close[window_close < ANY_TIME]
    waiting = int(opens.max()) - int(closes.min()) if opens.size and closes.size else 0
    starts = window_open[window_first[tasks:tasks + vehicles]]
    ends = window_close[window_first[tasks + vehicles + 1:] - 1]
    return [min(work + max(waiting, 0), max(end, 0)) for end in (ends - starts).tolist()]


def _longest_routes(longest, Py_ssize_t tasks, profile, limit):
    """Return how long a route of each vehicle can be, by the longest leg of each profile."""
    return [min((tasks + 1) * longest[p], most) for p, most in zip(profile.tolist(), limit.tolist())]


def _cost_unit(of_vehicles, fewest_vehicles, Py_ssize_t tasks, *, duties, travel, lengths, choices, moments):
    """Return the unit of cost in which sums fit 64 bits, and what a vehicle counts besides."""
    factors = {
        "per_tick": duties, "per_length": lengths, "per_travel": travel, "per_service": duties,
        "per_stop": [tasks] * len(duties),
    }
    totals = [sum_ + more for sum_, more in zip(of_vehicles["fixed"].tolist(), moments)]
    for name, amounts in factors.items():
        totals = [sum_ + rate * most for sum_, rate, most in zip(totals, of_vehicles[name].tolist(), amounts)]
    dearest = choices + max(totals, default=0)
    # room for a route, its vehicle and rounding
    unit = 1 + 3 * dearest // MAX_COST
    return unit, dearest // unit + 1 if fewest_vehicles else 0


def _next_alike(kinds, window_first, window_open, window_close):
    """Return for each vehicle the next one that differs in nothing, or -1."""
    vehicles = kinds.shape[0]
    following = np.full(vehicles, -1, dtype=np.int32)
    last = {}
    for vehicle in range(vehicles):
        windows = []
        for node in (vehicle, vehicles + vehicle):
            of_node = slice(window_first[node], window_first[node + 1])
            windows.append((window_open[of_node].tobytes(), window_close[of_node].tobytes()))
        kind = (kinds[vehicle].tobytes(), *windows)
        if kind in last:
            following[last[kind]] = vehicle
        last[kind] = vehicle
    following.flags.writeable = False
    return following


cdef object _flat(array):
    return np.array(array, order="C").reshape(-1)
