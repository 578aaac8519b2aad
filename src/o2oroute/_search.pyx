"""The compiled door of routes: check arrays, release the GIL, call a room, raise.

Everything that enters is checked and copied into the layout of the rooms, so that no array can drive compiled
code out of bounds, whatever happens to it afterwards. Only ``engines/`` and ``dispatch/`` open this door.

A `Model` may be read by many threads at once; a `Routes` serves one call at a time.
"""

cimport cython
from cpython.exc cimport PyErr_CheckSignals
from libc.stdint cimport INT32_MAX, int32_t, int64_t, uint8_t, uint64_t

import time

import numpy as np

from o2oroute.arrays import checked
from o2oroute.errors import InputError

from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.insertion cimport (
    InsertionView, begin_insertion, continue_insertion, drop_unworthy,
)
from o2oroute._kernel.neighbours cimport NeighbourView, list_neighbours
from o2oroute._kernel.rng cimport seed_rng
from o2oroute._kernel.route cimport (
    ModelView, Place, Route, RoutesView, Stop, Vehicle, append_order, cheapest_place, clear_route,
    has_room, insert_order, insertion_cost, read_legs, start_of, update_route,
)
from o2oroute._kernel.ruin_recreate cimport (
    KEYS, Search, Settings, begin_best, begin_search, empty_a_route, search_on, take_best,
)
from o2oroute._kernel.state cimport SavedRoute, SavedStop, State
from o2oroute._kernel.timing cimport NEVER as C_NEVER, Node, Window

__all__ = ["ANY_TIME", "MAX_TIME", "SETTINGS", "UNLIMITED", "Improver", "Model", "Routes"]

#: For limits and loads that are none.
UNLIMITED = C_NEVER
#: Windows lie within this many ticks of midnight.
MAX_TIME = 1 << 40
#: From here on, and down from its negative, the bound of a window does not bind.
ANY_TIME = 1 << 30

# nothing is loaded that could overflow a sum of loads
cdef int64_t MAX_LOAD = <int64_t> 1 << 40
# no route can cost as much: costs are added and compared in 64 bits
cdef int64_t MAX_COST = C_NEVER >> 1
# legs are compared and transposed in bands that stay in the cache
cdef Py_ssize_t ROWS_PER_BAND = 64
# places that are looked at between two looks for Ctrl-C and the deadline: about 10 ms
cdef int64_t LOOKS_PER_BLOCK = 300_000


@cython.final
cdef class Model:
    """Orders, vehicles and legs in the layout of the rooms. Immutable.

    Nodes are the orders, then the start of each vehicle, then the end of each vehicle.

    Parameters
    ----------
    durations, distances : sequence of ndarray of int32, shape (points, points)
        Legs of each profile, ``INF`` at most; a duration of ``INF`` says that there is no way. They are read
        in place.
    node_point : ndarray of int32, shape (nodes,)
        Row of each node in the legs. -1 is, for a start or end, wherever the route begins or ends; an order
        with -1 is set aside and never put on a route.
    service : ndarray of int64, shape (orders,)
        Ticks.
    window_first : ndarray of int32, shape (nodes + 1,)
        The windows of node ``i`` are ``window_first[i] .. window_first[i + 1] - 1``; each node has one at
        least.
    window_open, window_close : ndarray of int64, shape (windows,)
        Ticks, both included; ascending and without overlap within a node. ``-ANY_TIME`` and ``ANY_TIME`` are
        no bounds.
    order_load : ndarray of int64, shape (orders, units)
    capacity : ndarray of int64, shape (vehicles, units)
    profile : ndarray of int32, shape (vehicles,)
    fixed, per_tick, per_length : ndarray of int64, shape (vehicles,)
        Cost of using the vehicle, of a tick of duty and of a unit of length.
    max_distance, max_duty, max_stops : ndarray of int64, shape (vehicles,)
        ``UNLIMITED`` where there is no limit.
    fewest_vehicles : bool
        Let a vehicle less always be cheaper.

    Attributes
    ----------
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

    cdef readonly Py_ssize_t orders, vehicles, units
    cdef readonly object cost_unit, per_vehicle, next_alike
    cdef object arrays  # that the view points into
    cdef ModelView view

    def __cinit__(
        self, *, durations, distances, node_point, service, window_first, window_open, window_close,
        order_load, capacity, profile, fixed, per_tick, per_length, max_distance, max_duty, max_stops,
        fewest_vehicles=False,
    ):
        orders = checked(service, "service", np.int64, (-1,), low=0, high=2**31).shape[0]
        vehicles = checked(profile, "profile", np.int32, (-1,), low=0, high=len(durations) - 1).shape[0]
        units = checked(order_load, "order_load", np.int64, (orders, -1), low=0, high=MAX_LOAD).shape[1]
        if orders + 2 * vehicles >= INT32_MAX:
            raise InputError(f"{orders} orders and {vehicles} vehicles are too many to number in 32 bits")
        nodes = orders + 2 * vehicles
        points = _checked_legs(durations, distances)
        checked(node_point, "node_point", np.int32, (nodes,), low=-1, high=points - 1)
        _check_windows(window_first, window_open, window_close, nodes)
        checked(capacity, "capacity", np.int64, (vehicles, units), low=0)
        for name, values in (
            ("fixed", fixed), ("per_tick", per_tick), ("per_length", per_length),
            ("max_distance", max_distance), ("max_duty", max_duty), ("max_stops", max_stops),
        ):
            checked(values, name, np.int64, (vehicles,), low=0, high=C_NEVER)
        self.cost_unit, self.per_vehicle = _cost_unit(
            fixed, per_tick, per_length, fewest_vehicles,
            duty=_longest_duties(durations, service, window_first, window_open, window_close, vehicles),
            length=_longest_routes(durations, distances, orders, profile, max_distance),
        )
        fixed, per_tick, per_length = (
            rate // self.cost_unit for rate in (fixed, per_tick, per_length)
        )
        fixed += self.per_vehicle
        self.orders, self.vehicles, self.units = orders, vehicles, units
        kinds = np.column_stack([
            profile, fixed, per_tick, per_length, max_distance, max_duty, max_stops, capacity,
            node_point[orders:orders + vehicles], node_point[orders + vehicles:],
        ])
        self.next_alike = _next_alike(kinds, window_first[orders:], window_open, window_close)

        # times may be lengths at the same time
        transposed = {id(legs): _transposed(legs) for legs in (*durations, *distances)}
        # legs are not copied: they are large, and no number in them says where to read or write
        self.arrays = {
            "durations": list(durations),
            "distances": list(distances),
            "durations_to": [transposed[id(legs)] for legs in durations],
            "distances_to": [transposed[id(legs)] for legs in distances],
            "order_load": _flat(order_load),
            "capacity": _flat(capacity),
            "windows": _flat(np.column_stack([window_open, window_close])),
            "nodes": np.zeros(nodes * sizeof(Node), dtype=np.uint8),
            "vehicles": np.zeros(vehicles * sizeof(Vehicle), dtype=np.uint8),
        }
        cdef ModelView* view = &self.view
        view.orders = <int32_t> self.orders
        view.vehicle_count = <int32_t> self.vehicles
        view.units = <int32_t> self.units
        view.points = points
        view.order_load = _int64_pointer(self.arrays["order_load"])
        self._fill_nodes(node_point, service, window_first)
        self._fill_vehicles(profile, fixed, per_tick, per_length, max_distance, max_duty, max_stops)

    cdef int _fill_nodes(
        self, const int32_t[::1] point, const int64_t[::1] service, const int32_t[::1] window_first
    ) except -1:
        cdef Node* nodes = <Node*> _bytes_pointer(self.arrays["nodes"])
        cdef const Window* windows = <const Window*> _int64_pointer(self.arrays["windows"])
        cdef Py_ssize_t i
        for i in range(point.shape[0]):
            nodes[i].point = point[i]
            nodes[i].windows = window_first[i + 1] - window_first[i]
            nodes[i].window = &windows[window_first[i]]
            nodes[i].service = service[i] if i < service.shape[0] else 0
        self.view.nodes = nodes
        return 0

    cdef int _fill_vehicles(
        self, const int32_t[::1] profile, const int64_t[::1] fixed, const int64_t[::1] per_tick,
        const int64_t[::1] per_length, const int64_t[::1] max_distance, const int64_t[::1] max_duty,
        const int64_t[::1] max_stops,
    ) except -1:
        cdef Vehicle* vehicles = <Vehicle*> _bytes_pointer(self.arrays["vehicles"])
        cdef const int64_t* capacity = _int64_pointer(self.arrays["capacity"])
        cdef Py_ssize_t v
        legs = [
            [array.reshape(-1) for array in self.arrays[name]]
            for name in ("durations", "distances", "durations_to", "distances_to")
        ]
        for v in range(profile.shape[0]):
            vehicles[v].durations = _int32_pointer(legs[0][profile[v]])
            vehicles[v].distances = _int32_pointer(legs[1][profile[v]])
            vehicles[v].durations_to = _int32_pointer(legs[2][profile[v]])
            vehicles[v].distances_to = _int32_pointer(legs[3][profile[v]])
            vehicles[v].capacity = capacity + v * self.units
            vehicles[v].fixed = fixed[v]
            vehicles[v].per_tick = per_tick[v]
            vehicles[v].per_length = per_length[v]
            vehicles[v].max_distance = max_distance[v]
            vehicles[v].max_duty = max_duty[v]
            vehicles[v].max_stops = <int32_t> min(max_stops[v], INT32_MAX)
        self.view.vehicles = vehicles
        return 0


@cython.final
cdef class Routes:
    """One route for each vehicle of a model; all routes keep all rules at all times.

    Parameters
    ----------
    model : Model
    """

    cdef readonly Model model
    cdef object stop_memory, route_memory, load_memory
    cdef bint busy
    cdef RoutesView view

    def __cinit__(self, Model model not None):
        cdef Py_ssize_t i
        self.model = model
        nodes = model.orders + 2 * model.vehicles
        self.stop_memory = np.zeros(nodes * sizeof(Stop), dtype=np.uint8)
        self.route_memory = np.zeros(model.vehicles * sizeof(Route), dtype=np.uint8)
        self.load_memory = np.zeros(model.vehicles * model.units, dtype=np.int64)
        self.view.model = &model.view
        self.view.stops = <Stop*> _bytes_pointer(self.stop_memory)
        self.view.routes = <Route*> _bytes_pointer(self.route_memory)
        cdef int64_t* loads = _int64_pointer(self.load_memory)
        for i in range(model.orders):
            self.view.stops[i].vehicle = -1
        for i in range(model.vehicles):
            self.view.routes[i].load = loads + i * model.units
            clear_route(&self.view, <int32_t> i)

    def orders_of(self, Py_ssize_t vehicle):
        """Return the orders on a vehicle's route, as an array of int32.

        Raises
        ------
        InputError
            If there is no such vehicle.
        """
        self._check_vehicle(vehicle)
        cdef Py_ssize_t i
        found = np.empty(self.view.routes[vehicle].stops, dtype=np.int32)
        cdef int32_t[::1] orders = found
        cdef int32_t stop = start_of(self.view.model, <int32_t> vehicle)
        for i in range(orders.shape[0]):
            stop = self.view.stops[stop].next
            orders[i] = stop
        return found

    def is_served(self):
        """Return whether each order is on a route, as an array of bool."""
        self._check_idle()
        cdef Py_ssize_t i
        served = np.empty(self.model.orders, dtype=np.uint8)
        cdef uint8_t[::1] flags = served
        for i in range(flags.shape[0]):
            flags[i] = self.view.stops[i].vehicle >= 0
        return served.view(np.bool_)

    def totals(self):
        """Return the figures of all routes.

        Returns
        -------
        stops, cost, duty, distance : ndarray of int64, shape (vehicles,)
            Orders on the route, its cost, ticks of duty as short as windows allow, and length; all are zero
            for a route without orders.
        """
        self._check_idle()
        cdef Py_ssize_t v
        cdef const Route* route
        columns = np.zeros((4, self.model.vehicles), dtype=np.int64)
        cdef int64_t[:, ::1] figures = columns
        for v in range(figures.shape[1]):
            route = &self.view.routes[v]
            if route.stops > 0:
                figures[0, v], figures[1, v] = route.stops, route.cost
                figures[2, v], figures[3, v] = route.duty, route.distance
        return columns[0], columns[1], columns[2], columns[3]

    def assign(self, Py_ssize_t vehicle, orders):
        """Replace a vehicle's route.

        Parameters
        ----------
        vehicle : int
        orders : sequence of int
            In driving order; none may be on another vehicle's route.

        Returns
        -------
        bool
            Whether the route keeps all rules; if not, the vehicle is left empty.

        Raises
        ------
        InputError
            If a number is out of range, or an order is set aside or already on a route.
        """
        self._check_vehicle(vehicle)
        numbers = [int(order) for order in orders]
        cdef int32_t order
        for number in numbers:
            self._check_order(number)
            if self.view.stops[<Py_ssize_t> number].vehicle not in (-1, vehicle):
                raise InputError(f"order {number} is already on the route of another vehicle")
        if len(set(numbers)) < len(numbers):
            raise InputError(f"orders {numbers} are not all different")
        clear_route(&self.view, <int32_t> vehicle)
        for order in numbers:
            append_order(&self.view, <int32_t> vehicle, order)
        if update_route(&self.view, <int32_t> vehicle):
            return True
        clear_route(&self.view, <int32_t> vehicle)
        return False

    def cost_of_insertion(self, Py_ssize_t order, Py_ssize_t vehicle, Py_ssize_t position):
        """Return what an order costs at a position of a route, or None if it breaks a rule there.

        Raises
        ------
        InputError
            If a number is out of range, or the order is set aside or already on a route.
        """
        cdef Place place
        cdef int64_t cost = C_NEVER
        place.after = self._stop_before(order, vehicle, position)
        if has_room(&self.view, <int32_t> vehicle, <int32_t> order) and read_legs(
            &self.view, <int32_t> vehicle, <int32_t> order, &place
        ):
            cost = insertion_cost(&self.view, <int32_t> vehicle, <int32_t> order, &place, C_NEVER)
        return None if cost >= C_NEVER else cost

    def insert(self, Py_ssize_t order, Py_ssize_t vehicle, Py_ssize_t position):
        """Insert an order at a position of a route.

        Raises
        ------
        InputError
            As `cost_of_insertion`, and if the order breaks a rule there.
        """
        if self.cost_of_insertion(order, vehicle, position) is None:
            raise InputError(f"order {order} breaks a rule at position {position} of vehicle {vehicle}")
        insert_order(&self.view, <int32_t> order, self._stop_before(order, vehicle, position))

    def cheapest(self, Py_ssize_t order):
        """Return the cheapest place of an order over all vehicles.

        Returns
        -------
        tuple or None
            ``(cost, vehicle, position)``; None if every place breaks a rule.

        Raises
        ------
        InputError
            If there is no such order, or it is set aside or already on a route.
        """
        self._check_free(order)
        cdef Place best, place
        cdef int32_t best_vehicle = -1
        cdef int32_t vehicle, stop
        best.cost = C_NEVER
        with nogil:
            for vehicle in range(self.view.model.vehicle_count):
                place = cheapest_place(&self.view, vehicle, <int32_t> order)
                if place.cost < best.cost:
                    best = place
                    best_vehicle = vehicle
        if best_vehicle < 0:
            return None
        position = 0
        stop = start_of(self.view.model, best_vehicle)
        while stop != best.after:
            stop = self.view.stops[stop].next
            position += 1
        return best.cost, best_vehicle, position

    def insert_all(self, *, rank, worth, detour=1.0, deadline=None, progress=None):
        """Insert all free orders that fit, cheapest insertion with the greatest regret first.

        See ``_kernel/insertion.pyx``. An interrupt leaves the routes as far as they have come.

        Parameters
        ----------
        rank : ndarray of int32, shape (orders,)
            As long as an order of a lower rank fits somewhere, none of a higher rank is inserted.
        worth : ndarray of int64, shape (orders,)
            The most that inserting an order may cost.
        detour : float
            An order opens an empty vehicle rather than cost more on a route than this part of what it costs
            alone. From 1 on, vehicles are opened only where orders do not fit otherwise, or cost more.
        deadline : float, optional
            Stop at this moment of ``time.monotonic``.
        progress : callable, optional
            Called as ``progress(done, total)`` with numbers of orders.

        Returns
        -------
        bool
            Whether it came to its end before the deadline. Then no order that is left fits anywhere for its
            worth.

        Raises
        ------
        InputError
            If an array has another dtype, length or range.
        """
        cdef Py_ssize_t n = self.model.orders
        cdef Py_ssize_t vehicles = self.model.vehicles
        cdef Py_ssize_t i
        cdef InsertionView view
        cdef bint more = True
        rank = np.array(checked(rank, "rank", np.int32, (n,)))
        worth = np.array(checked(worth, "worth", np.int64, (n,), low=0, high=C_NEVER))
        # the system hands out this memory where it is touched: the rows of vehicles that take orders
        places = np.empty(vehicles * n * sizeof(Place), dtype=np.uint8)
        offered = np.empty(vehicles, dtype=np.int32)
        chosen = np.empty(4 * n, dtype=np.int32)
        view.routes = &self.view
        view.next_alike = _int32_pointer(self.model.next_alike)
        view.rank = _int32_pointer(rank)
        view.worth = _int64_pointer(worth)
        view.places = <Place*> _bytes_pointer(places)
        view.offered = _int32_pointer(offered)
        view.waiting = _int32_pointer(chosen)
        view.first = view.waiting + n
        view.second = view.first + n
        view.alone = view.second + n
        view.detour = detour
        view.waiting_count = 0
        for i in range(n):
            if self.view.stops[i].vehicle < 0 and self.view.model.nodes[i].point >= 0:
                view.waiting[view.waiting_count] = <int32_t> i
                view.waiting_count += 1
        self._begin()
        try:
            begin_insertion(&view)
            while more and (deadline is None or time.monotonic() < deadline):
                with nogil:
                    more = continue_insertion(&view, LOOKS_PER_BLOCK)
                PyErr_CheckSignals()
                if progress is not None:
                    progress(n - view.waiting_count, n)
        finally:
            self.busy = False
        return not more

    def drop_unworthy(self, *, worth):
        """Take off the orders that cost more than they are worth, and whole routes that do.

        Parameters
        ----------
        worth : ndarray of int64, shape (orders,)

        Returns
        -------
        int
            How many orders were taken off.

        Raises
        ------
        InputError
            If the array has another dtype, length or range.
        """
        worth = np.array(checked(worth, "worth", np.int64, (self.model.orders,), low=0, high=C_NEVER))
        cdef const int64_t* values = _int64_pointer(worth)
        cdef int32_t dropped = 0
        cdef int32_t vehicle
        self._begin()
        try:
            for vehicle in range(self.view.model.vehicle_count):
                with nogil:
                    dropped += drop_unworthy(&self.view, vehicle, values)
                PyErr_CheckSignals()
        finally:
            self.busy = False
        return dropped

    cdef int _begin(self) except -1:
        if self.busy:
            raise RuntimeError("these Routes are being worked on; make others for each thread")
        self.busy = True
        return 0

    cdef int _check_idle(self) except -1:
        self._begin()
        self.busy = False
        return 0

    cdef int _check_vehicle(self, Py_ssize_t vehicle) except -1:
        self._check_idle()
        if not 0 <= vehicle < self.model.vehicles:
            raise InputError(f"vehicle is {vehicle}; it must be from 0 to {self.model.vehicles - 1}")
        return 0

    cdef int _check_order(self, Py_ssize_t order) except -1:
        if not 0 <= order < self.model.orders:
            raise InputError(f"order is {order}; it must be from 0 to {self.model.orders - 1}")
        if self.view.model.nodes[order].point < 0:
            raise InputError(f"order {order} is set aside; it has no place to go to")
        return 0

    cdef int _check_free(self, Py_ssize_t order) except -1:
        self._check_idle()
        self._check_order(order)
        if self.view.stops[order].vehicle >= 0:
            raise InputError(
                f"order {order} is already on the route of vehicle {self.view.stops[order].vehicle}"
            )
        return 0

    cdef int32_t _stop_before(self, Py_ssize_t order, Py_ssize_t vehicle, Py_ssize_t position) except -1:
        self._check_free(order)
        self._check_vehicle(vehicle)
        if not 0 <= position <= self.view.routes[vehicle].stops:
            raise InputError(
                f"position is {position}; it must be from 0 to {self.view.routes[vehicle].stops}, the orders "
                "there are"
            )
        cdef int32_t stop = start_of(self.view.model, <int32_t> vehicle)
        cdef Py_ssize_t _
        for _ in range(position):
            stop = self.view.stops[stop].next
        return stop


def _checked_legs(durations, distances):
    """Check the legs of all profiles; return the number of points."""
    if len(durations) != len(distances):
        raise InputError(
            f"there are durations of {len(durations)} profiles and distances of {len(distances)}"
        )
    if not durations:
        return 0
    points = checked(durations[0], "durations[0]", np.int32, (-1, -1)).shape[0]
    for name, legs in (("durations", durations), ("distances", distances)):
        for i, array in enumerate(legs):
            checked(array, f"{name}[{i}]", np.int32, (points, points), low=0, high=INF)
    return points


def _transposed(legs):
    """Return the transposed array; what is symmetric, as many academic instances are, is its own."""
    size = legs.shape[0]
    bands = [slice(row, min(row + ROWS_PER_BAND, size)) for row in range(0, size, ROWS_PER_BAND)]
    # all() ends with the first band that differs: on roads, the first of all
    if all(np.array_equal(legs[band], legs[:, band].T) for band in bands):
        return legs
    transposed = np.empty_like(legs)
    for band in bands:
        transposed[:, band] = legs[band].T
    return transposed


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


def _longest_duties(durations, service, window_first, window_open, window_close, Py_ssize_t vehicles):
    """Return how long the shortest duty of a route can be, for each vehicle.

    That is no longer than from the first start to the last end. Nor, where the day is open, than all work and
    one wait: before a wait there is a stop at the moment when its window closes, or the start could come
    later.
    """
    orders = service.shape[0]
    leg = max((int(ticks.max(initial=0, where=ticks < INF)) for ticks in durations), default=0)
    work = sum(service.tolist()) + (orders + 1) * leg
    opens, closes = window_open[window_open > -ANY_TIME], window_close[window_close < ANY_TIME]
    waiting = int(opens.max()) - int(closes.min()) if opens.size and closes.size else 0
    starts = window_open[window_first[orders:orders + vehicles]]
    ends = window_close[window_first[orders + vehicles + 1:] - 1]
    return [min(work + max(waiting, 0), max(end, 0)) for end in (ends - starts).tolist()]


def _longest_routes(durations, distances, Py_ssize_t orders, profile, max_distance):
    """Return how long a route of each vehicle can be."""
    leg = [
        int(lengths.max(initial=0, where=ticks < INF)) for ticks, lengths in zip(durations, distances)
    ]
    return [min((orders + 1) * leg[p], most) for p, most in zip(profile.tolist(), max_distance.tolist())]


def _cost_unit(fixed, per_tick, per_length, fewest_vehicles, duty, length):
    """Return the unit of cost in which sums fit 64 bits, and what a vehicle counts besides."""
    rates = zip(fixed.tolist(), per_tick.tolist(), per_length.tolist(), duty, length)
    dearest = max((f + t * ticks + d * distance for f, t, d, ticks, distance in rates), default=0)
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


cdef int32_t* _int32_pointer(array) except? NULL:
    cdef const int32_t[::1] values = array
    return <int32_t*> &values[0] if values.shape[0] > 0 else NULL


cdef int64_t* _int64_pointer(array) except? NULL:
    cdef const int64_t[::1] values = array
    return <int64_t*> &values[0] if values.shape[0] > 0 else NULL


cdef uint8_t* _bytes_pointer(array) except? NULL:
    cdef const uint8_t[::1] values = array
    return <uint8_t*> &values[0] if values.shape[0] > 0 else NULL


include "_search_improve.pxi"
