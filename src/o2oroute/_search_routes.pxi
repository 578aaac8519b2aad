# Routes of a model: changed and asked from Python one by one, and built by insertion.


@cython.final
cdef class Routes:
    """One route for each vehicle of a model; all routes keep all rules at all times.

    Parameters
    ----------
    model : Model
    """

    cdef readonly Model model
    cdef object memory  # that the view points into
    cdef bint busy
    cdef RoutesView view

    def __cinit__(self, Model model not None):
        cdef Py_ssize_t i
        self.model = model
        nodes = model.tasks + 2 * model.vehicles
        rows = nodes if model.view.carries else 0
        self.memory = memory = {
            "stops": np.zeros(nodes * sizeof(Stop), dtype=np.uint8),
            "stretches": np.zeros(nodes * sizeof(Stretch), dtype=np.uint8),
            "routes": np.zeros(model.vehicles * sizeof(Route), dtype=np.uint8),
            "of_routes": np.zeros(model.vehicles * model.units, dtype=np.int64),
            "loads": np.zeros(3 * rows * model.units, dtype=np.int64),
            # a route of all tasks, with its start and end
            "line": np.zeros(model.tasks + 2, dtype=np.int32),
            "ticks": np.zeros(2 * (model.tasks + 2), dtype=np.int64),
        }
        self.view.model = &model.view
        self.view.stops = <Stop*> _bytes_pointer(memory["stops"])
        self.view.stretches = <Stretch*> _bytes_pointer(memory["stretches"])
        self.view.routes = <Route*> _bytes_pointer(memory["routes"])
        self.view.loads = _int64_pointer(memory["loads"])
        self.view.line = _int32_pointer(memory["line"])
        self.view.stays = _int64_pointer(memory["ticks"])
        self.view.legs = self.view.stays + model.tasks + 2
        if model.days is not None:
            # what is never touched takes no memory
            curves = 4 + 2 * (1 + model.days.most_pauses)
            memory["curves"] = np.zeros(curves * sizeof(Curve), dtype=np.uint8)
            memory["pieces"] = np.empty(curves * ROOM * sizeof(Piece), dtype=np.uint8)
            self.view.curves = <Curve*> _bytes_pointer(memory["curves"])
            for i in range(curves):
                self.view.curves[i].pieces = <Piece*> _bytes_pointer(memory["pieces"]) + i * ROOM
            memory["masks"] = np.zeros(3 * (model.tasks + 2), dtype=np.int64)
            memory["pickups"] = np.zeros(model.tasks + 2, dtype=np.int32)
            memory["rides"] = np.zeros(5 * (model.tasks + 2), dtype=np.int64)
            self.view.pickups = _int32_pointer(memory["pickups"])
            self.view.lowest = _int64_pointer(memory["rides"])
            self.view.highest = self.view.lowest + model.tasks + 2
            self.view.moments = self.view.highest + model.tasks + 2
            self.view.schedules = self.view.moments + model.tasks + 2
            self._stock()
        cdef int64_t* loads = _int64_pointer(memory["of_routes"])
        for i in range(model.tasks):
            self.view.stops[i].vehicle = -1
        for i in range(model.vehicles):
            self.view.routes[i].load = loads + i * model.units
            clear_route(&self.view, <int32_t> i)

    cdef int _stock(self) except -1:
        """Make room for the curves of routes in several trips."""
        cdef Stock* stock
        memory = self.memory
        memory["stock"] = np.zeros(sizeof(Stock), dtype=np.uint8)
        self.view.stock = stock = <Stock*> _bytes_pointer(memory["stock"])
        stock.room = 0 if self.model.days.most_reloads == 0 else STOCK
        memory["kept_pieces"] = np.empty(stock.room * sizeof(Piece), dtype=np.uint8)
        memory["kept"] = np.zeros(self.model.days.most_kept * sizeof(Kept), dtype=np.uint8)
        labels = (self.model.tasks + 2) * (stock.room > 0)
        memory["labels"] = np.empty(labels * MOST_LABELS * sizeof(Label), dtype=np.uint8)
        memory["label_count"] = np.zeros(labels, dtype=np.int32)
        memory["trip_loads"] = np.zeros(2 * self.model.units, dtype=np.int64)
        stock.pieces = <Piece*> _bytes_pointer(memory["kept_pieces"])
        stock.labels = <Label*> _bytes_pointer(memory["labels"])
        stock.label_count = _int32_pointer(memory["label_count"])
        stock.kept = <Kept*> _bytes_pointer(memory["kept"])
        stock.loads = _int64_pointer(memory["trip_loads"])
        return 0

    def detours_of(self, Py_ssize_t vehicle):
        """Return where breaks and reloads lie on a vehicle's route.

        Returns
        -------
        list of (int, bool, int)
            Ascending: before how many tasks, whether it is a reload, and which of the vehicle's breaks or
            reloads.

        Raises
        ------
        InputError
            If there is no such vehicle.
        """
        self._check_vehicle(vehicle)
        if self.model.days is None or self.view.routes[vehicle].stops == 0:
            return []
        cdef int32_t count = write_line(&self.view, <int32_t> vehicle, -1, NULL)
        cdef int64_t* pauses = _int64_pointer(self.memory["masks"])
        cdef int64_t* reloads = pauses + 2 * count
        place_visits(
            &self.view, <int32_t> vehicle, count, self.view.routes[vehicle].release, <uint64_t*> pauses
        )
        found = []
        for position in range(count):
            for is_reload, mask in (
                (False, pauses[<Py_ssize_t> position]),
                (True, reloads[<Py_ssize_t> position]),
                (False, pauses[<Py_ssize_t> (count + position)]),
            ):
                found += [(position, is_reload, k) for k in range(64) if mask >> k & 1]
        return found

    def tasks_of(self, Py_ssize_t vehicle):
        """Return the tasks on a vehicle's route, as an array of int32.

        Raises
        ------
        InputError
            If there is no such vehicle.
        """
        self._check_vehicle(vehicle)
        cdef Py_ssize_t i
        found = np.empty(self.view.routes[vehicle].stops, dtype=np.int32)
        cdef int32_t[::1] tasks = found
        cdef int32_t stop = start_of(self.view.model, <int32_t> vehicle)
        for i in range(tasks.shape[0]):
            stop = self.view.stops[stop].next
            tasks[i] = stop
        return found

    def is_served(self):
        """Return whether each request is on a route, as an array of bool."""
        self._check_idle()
        cdef Py_ssize_t i
        served = np.empty(self.model.requests, dtype=np.uint8)
        cdef uint8_t[::1] flags = served
        for i in range(flags.shape[0]):
            flags[i] = self.view.stops[first_task(self.view.model, <int32_t> i)].vehicle >= 0
        return served.view(np.bool_)

    def totals(self):
        """Return the figures of all routes.

        Returns
        -------
        stops, cost, duty, distance : ndarray of int64, shape (vehicles,)
            Tasks on the route, its cost, ticks of duty as short as windows allow, and length; all are zero
            for a route without tasks.
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

    def assign(self, Py_ssize_t vehicle, tasks):
        """Replace a vehicle's route.

        Parameters
        ----------
        vehicle : int
        tasks : sequence of int
            In driving order; none may be on another vehicle's route.

        Returns
        -------
        bool
            Whether the route keeps all rules; if not, the vehicle is left empty.

        Raises
        ------
        InputError
            If a number is out of range, or a task is set aside or already on a route.
        """
        self._check_vehicle(vehicle)
        numbers = [int(task) for task in tasks]
        cdef int32_t task
        for number in numbers:
            if not 0 <= number < self.model.tasks:
                raise InputError(f"task is {number}; it must be from 0 to {self.model.tasks - 1}")
            if self.view.model.nodes[<Py_ssize_t> number].point < 0:
                raise InputError(f"task {number} is set aside; it has no place to go to")
            if self.view.stops[<Py_ssize_t> number].vehicle not in (-1, vehicle):
                raise InputError(f"task {number} is already on the route of another vehicle")
        if len(set(numbers)) < len(numbers):
            raise InputError(f"tasks {numbers} are not all different")
        clear_route(&self.view, <int32_t> vehicle)
        for task in numbers:
            if extra_cost(self.view.model, <int32_t> vehicle, request_of(self.view.model, task)) >= C_NEVER:
                return False
        for task in numbers:
            append_task(&self.view, <int32_t> vehicle, task)
        if update_route(&self.view, <int32_t> vehicle):
            return True
        clear_route(&self.view, <int32_t> vehicle)
        return False

    def cost_of_insertion(self, Py_ssize_t request, Py_ssize_t vehicle, Py_ssize_t position, second=None):
        """Return what a request costs at a position of a route, or None if it breaks a rule there.

        Parameters
        ----------
        request, vehicle : int
        position : int
            Of the task, or of the pickup, among the tasks that are there.
        second : int, optional
            Of the drop-off of a pair, among the tasks that are there; it comes behind the pickup.

        Raises
        ------
        InputError
            If a number is out of range, or the request is set aside or already on a route.
        """
        cdef Place place = self._place(request, vehicle, position, second)
        cdef int64_t cost = cost_at(&self.view, <int32_t> vehicle, <int32_t> request, &place)
        return None if cost >= C_NEVER else cost

    def insert(self, Py_ssize_t request, Py_ssize_t vehicle, Py_ssize_t position, second=None):
        """Insert a request at a position of a route; see `cost_of_insertion`.

        Raises
        ------
        InputError
            As `cost_of_insertion`, and if the request breaks a rule there.
        """
        cdef Place place = self._place(request, vehicle, position, second)
        if cost_at(&self.view, <int32_t> vehicle, <int32_t> request, &place) >= C_NEVER:
            raise InputError(f"request {request} breaks a rule at position {position} of vehicle {vehicle}")
        link_request(&self.view, <int32_t> request, &place)
        update_route(&self.view, <int32_t> vehicle)

    def cheapest(self, Py_ssize_t request):
        """Return the cheapest place of a request over all vehicles.

        Returns
        -------
        tuple or None
            ``(cost, vehicle, position)``, for a pair with the position of the drop-off behind; None if every
            place breaks a rule.

        Raises
        ------
        InputError
            If there is no such request, or it is set aside or already on a route.
        """
        self._check_free(request)
        cdef Place best, place
        cdef int32_t best_vehicle = -1
        cdef int32_t vehicle, first
        best.cost = C_NEVER
        with nogil:
            for vehicle in range(self.view.model.vehicle_count):
                place = cheapest_place(&self.view, vehicle, <int32_t> request)
                if place.cost < best.cost:
                    best = place
                    best_vehicle = vehicle
        if best_vehicle < 0:
            return None
        first = self._position(best_vehicle, best.after)
        if not is_pair(self.view.model, <int32_t> request):
            return best.cost, best_vehicle, first
        if best.second_after == first_task(self.view.model, <int32_t> request):
            return best.cost, best_vehicle, first, first
        return best.cost, best_vehicle, first, self._position(best_vehicle, best.second_after)

    cdef int32_t _position(self, int32_t vehicle, int32_t after) except -1:
        """Return how many tasks stand before the place behind a stop."""
        cdef int32_t position = 0
        cdef int32_t stop = start_of(self.view.model, vehicle)
        while stop != after:
            stop = self.view.stops[stop].next
            position += 1
        return position

    def insert_all(self, *, rank, worth, detour=1.0, deadline=None, progress=None):
        """Insert all free requests that fit, cheapest insertion with the greatest regret first.

        See ``_kernel/insertion.pyx``. An interrupt leaves the routes as far as they have come.

        Parameters
        ----------
        rank : ndarray of int32, shape (requests,)
            As long as a request of a lower rank fits somewhere, none of a higher rank is inserted.
        worth : ndarray of int64, shape (requests,)
            The most that inserting a request may cost.
        detour : float
            A request opens an empty vehicle rather than cost more on a route than this part of what it costs
            alone. From 1 on, vehicles are opened only where requests do not fit otherwise, or cost more.
        deadline : float, optional
            Stop at this moment of ``time.monotonic``.
        progress : callable, optional
            Called as ``progress(done, total)`` with numbers of requests.

        Returns
        -------
        bool
            Whether it came to its end before the deadline. Then no request that is left fits anywhere for its
            worth.

        Raises
        ------
        InputError
            If an array has another dtype, length or range.
        """
        cdef Py_ssize_t n = self.model.requests
        cdef Py_ssize_t vehicles = self.model.vehicles
        cdef Py_ssize_t i
        cdef int32_t task
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
            task = first_task(&self.model.view, <int32_t> i)
            if self.view.stops[task].vehicle < 0 and self.view.model.nodes[task].point >= 0:
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
        """Take off the requests that cost more than they are worth, and whole routes that do.

        Parameters
        ----------
        worth : ndarray of int64, shape (requests,)

        Returns
        -------
        int
            How many requests were taken off.

        Raises
        ------
        InputError
            If the array has another dtype, length or range.
        """
        worth = np.array(checked(worth, "worth", np.int64, (self.model.requests,), low=0, high=C_NEVER))
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

    cdef int _check_free(self, Py_ssize_t request) except -1:
        self._check_idle()
        if not 0 <= request < self.model.requests:
            raise InputError(f"request is {request}; it must be from 0 to {self.model.requests - 1}")
        cdef int32_t task = first_task(self.view.model, <int32_t> request)
        if self.view.model.nodes[task].point < 0:
            raise InputError(f"request {request} is set aside; it has no place to go to")
        if self.view.stops[task].vehicle >= 0:
            raise InputError(
                f"request {request} is already on the route of vehicle {self.view.stops[task].vehicle}"
            )
        return 0

    cdef Place _place(self, Py_ssize_t request, Py_ssize_t vehicle, position, second) except *:
        cdef Place place
        self._check_free(request)
        self._check_vehicle(vehicle)
        place.cost = place.leg_in = place.leg_out = place.extra_length = 0
        place.after = self._stop_before(vehicle, position)
        place.second_after = -1
        if is_pair(self.view.model, <int32_t> request):
            if second is None or second < position:
                raise InputError(
                    f"position of the drop-off of request {request} is {second}; it must be {position} or "
                    "more"
                )
            place.second_after = self._stop_before(vehicle, second)
            if second == position:
                place.second_after = first_task(self.view.model, <int32_t> request)
        elif second is not None:
            raise InputError(f"request {request} has one task; it takes one position, not {second} too")
        return place

    cdef int32_t _stop_before(self, Py_ssize_t vehicle, Py_ssize_t position) except -1:
        if not 0 <= position <= self.view.routes[vehicle].stops:
            raise InputError(
                f"position is {position}; it must be from 0 to {self.view.routes[vehicle].stops}, the tasks "
                "there are"
            )
        cdef int32_t stop = start_of(self.view.model, <int32_t> vehicle)
        cdef Py_ssize_t _
        for _ in range(position):
            stop = self.view.stops[stop].next
        return stop
