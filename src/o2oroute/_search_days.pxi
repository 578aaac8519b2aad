# Part of _search.pyx: what days ask for besides windows and limits, in the layout of the rooms.


# bits of a word tell which of them lie on a leg
cdef Py_ssize_t MOST_PAUSES = 60
cdef Py_ssize_t MOST_TRIPS = 16


@cython.final
cdef class _Days:
    """Costs of moments, overtime, breaks and trips; see ``_kernel/day.pyx``.

    Made in two steps: costs are scaled when it is known what all of them come to.
    """

    cdef object soft_first, terms, overtime, pauses, windows, max_load, structs, days, kinds
    cdef object max_ride, pause_first, reloads, reload_structs, reload_windows, trips
    cdef Py_ssize_t most_pauses, most_reloads, most_kept

    def __cinit__(
        self, Py_ssize_t tasks, Py_ssize_t vehicles, Py_ssize_t units, soft, overtime, pauses, windows,
        reloads, reload_windows, points,
    ):
        first, *of_terms = soft
        if first is not None:
            moments = checked(of_terms[0], "soft_moment", np.int64, (-1,), low=-MAX_TIME, high=MAX_TIME)
            count = moments.shape[0]
            for name, values in zip(("soft_before", "soft_after"), of_terms[1:]):
                checked(values, name, np.int64, (count,), low=0, high=C_NEVER)
            _check_first(first, "soft_first", tasks, count)
            self.soft_first = _flat(first)
            self.terms = np.column_stack(of_terms)
        if overtime[0] is None:
            overtime = np.full(vehicles, C_NEVER, np.int64), np.zeros(vehicles, np.int64)
        after = checked(overtime[0], "overtime_after", np.int64, (vehicles,), low=0)
        per_tick = checked(overtime[1], "overtime_per_tick", np.int64, (vehicles,), low=0, high=C_NEVER)
        self.overtime = np.where(per_tick > 0, np.minimum(after, C_NEVER), C_NEVER), per_tick
        if pauses[0] is None:
            none = np.zeros(0, np.int64)
            pauses = np.zeros(vehicles + 1, np.int32), none, none > 0, none > 0, none.reshape(0, units)
            windows = np.zeros(1, np.int32), none, none
        first, duration, paid, dispensable, max_load = pauses
        count = checked(duration, "pause_duration", np.int64, (-1,), low=0, high=MAX_TIME).shape[0]
        checked(paid, "pause_paid", np.bool_, (count,))
        checked(dispensable, "pause_dispensable", np.bool_, (count,))
        checked(max_load, "pause_load", np.int64, (count, units), low=0)
        _check_first(first, "pause_first", vehicles, count)
        _check_windows(*windows, count)
        self.pauses = duration, paid, dispensable
        self.windows = windows[0], _flat(np.column_stack(windows[1:]))
        self.max_load = _flat(np.minimum(max_load, C_NEVER))
        self.pause_first = np.array(first)
        self.most_pauses = int(np.diff(first).max(initial=0))
        if self.most_pauses > MOST_PAUSES:
            raise InputError(f"a vehicle has {self.most_pauses} breaks; {MOST_PAUSES} are the most")
        trips = self._read_reloads(vehicles, reloads, reload_windows, points)
        self.trips = trips
        # with a gathering place, and room for the end of the line
        rows = int(np.maximum(trips, 1).max(initial=1)) * (self.most_pauses + 1)
        self.most_kept = (tasks + 3) * rows * max(self.most_reloads, 1)
        reload_contents = self._reload_contents()
        contents = [
            (reload_contents[v], trips[v]) + tuple(
                (duration[k], paid[k], dispensable[k], max_load[k].tobytes(), *_windows_of(windows, k))
                for k in range(first[v], first[v + 1])
            )
            for v in range(vehicles)
        ]
        numbers = {}
        kinds = [numbers.setdefault(content, len(numbers)) for content in contents]
        self.kinds = np.column_stack((*self.overtime, np.array(kinds, np.int64).reshape(vehicles)))

    def read_rides(self, max_ride, Py_ssize_t requests):
        """Take over how long rides may last."""
        checked(max_ride, "max_ride", np.int64, (requests,), low=0)
        if self.most_pauses or self.most_reloads:
            raise InputError("max_ride limits rides; breaks or reloads beside it may interrupt them")
        self.max_ride = _flat(np.minimum(max_ride, C_NEVER))

    def _read_reloads(self, Py_ssize_t vehicles, reloads, windows, points):
        """Check where vehicles may load again; return the trips of each, 0 where they are not counted."""
        first, point, loading, max_trips = reloads
        if first is None:
            none = np.zeros(0, np.int64)
            self.reloads = np.zeros(vehicles + 1, np.int32), np.zeros(0, np.int32), none
            self.reload_structs = np.zeros(1, np.int32), none, none
            self.most_reloads = 0
            return np.zeros(vehicles, np.int64)
        count = checked(point, "reload_point", np.int32, (-1,), low=0, high=points - 1).shape[0]
        checked(loading, "reload_loading", np.int64, (count,), low=0, high=MAX_TIME)
        checked(max_trips, "max_trips", np.int64, (vehicles,), low=1)
        _check_first(first, "reload_first", vehicles, count)
        window_first, opening, closing = windows
        used = checked(opening, "reload_window_open", np.int64, (-1,), low=-MAX_TIME, high=MAX_TIME).shape[0]
        checked(closing, "reload_window_close", np.int64, (used,), low=-MAX_TIME, high=MAX_TIME)
        _check_first(window_first, "reload_window_first", count, used)
        self.reloads = np.array(first), np.array(point), np.array(loading)
        self.reload_structs = tuple(map(np.array, windows))
        self.most_reloads = int(np.diff(first).max(initial=0))
        if self.most_reloads > MOST_PAUSES:
            raise InputError(f"a vehicle reloads at {self.most_reloads} depots; {MOST_PAUSES} are the most")
        # more trips than tasks are none; beyond the most that are counted, fewer are made than might be
        return np.where(max_trips >= UNLIMITED, 0, np.minimum(max_trips, MOST_TRIPS))

    def _reload_contents(self):
        first, point, loading = self.reloads
        return [
            tuple(
                (point[k], loading[k], *_windows_of(self.reload_structs, k))
                for k in range(first[v], first[v + 1])
            )
            for v in range(first.shape[0] - 1)
        ]

    def dearest(self, window_open, window_close, per_tick, stays, longest):
        """Return what moments and overtime can cost a route of each vehicle, at the most."""
        known = [0]
        for moments in (window_open, window_close, self.windows[1]):
            bounds = moments[abs(moments) < ANY_TIME]
            known += [bounds.max(initial=0), bounds.min(initial=0)]
        span = int(max(known)) - int(min(known)) + sum(stays.max(axis=0, initial=0).tolist())
        span += (stays.shape[1] + 1) * max(longest, default=0) + sum(self.pauses[0].tolist())
        soft = 0
        if self.soft_first is not None:
            moments = self.terms[:, 0]
            span += int(max(abs(moments).max(initial=0), 0))
            soft = sum((self.terms[:, 1] + self.terms[:, 2]).tolist())
        return [
            2 * span * (soft + rate + more)
            for rate, more in zip(per_tick.tolist(), self.overtime[1].tolist())
        ]

    cdef int fill(self, cost_unit) except -1:
        """Write the structs, with costs in the unit."""
        cdef Py_ssize_t v, k
        cdef Pause* pause
        cdef Day* day
        duration, paid, dispensable = self.pauses
        if self.soft_first is not None:
            self.terms[:, 1:] //= cost_unit
            self.terms = _flat(self.terms)
        after, per_tick = self.overtime
        vehicles, units = after.shape[0], self.max_load.shape[0] // max(duration.shape[0], 1)
        self.structs = np.zeros(duration.shape[0] * sizeof(Pause), dtype=np.uint8)
        self.days = np.zeros(vehicles * sizeof(Day), dtype=np.uint8)
        cdef Pause* pauses = <Pause*> _bytes_pointer(self.structs)
        cdef Day* days = <Day*> _bytes_pointer(self.days)
        cdef const Window* windows = <const Window*> _int64_pointer(self.windows[1])
        cdef const int64_t* max_load = _int64_pointer(self.max_load)
        first_window = self.windows[0]
        for k in range(duration.shape[0]):
            pause = &pauses[k]
            pause.duration, pause.is_paid, pause.is_dispensable = duration[k], paid[k], dispensable[k]
            pause.window = windows + <Py_ssize_t> first_window[k]
            pause.windows = first_window[k + 1] - first_window[k]
            pause.max_load = max_load + k * <Py_ssize_t> units
        same = {}
        first, point, loading = self.reloads
        window_first, opening, closing = self.reload_structs
        self.reload_windows = _flat(np.column_stack((opening, closing)))
        self.reload_structs = np.zeros(point.shape[0] * sizeof(Reload), dtype=np.uint8)
        cdef Reload* reloads = <Reload*> _bytes_pointer(self.reload_structs)
        cdef Reload* reload
        windows = <const Window*> _int64_pointer(self.reload_windows)
        for k in range(point.shape[0]):
            reload = &reloads[k]
            reload.point, reload.loading = point[k], loading[k]
            reload.windows = window_first[k + 1] - window_first[k]
            reload.window = windows + <Py_ssize_t> window_first[k]
        for v in range(vehicles):
            day = &days[v]
            day.reloads = reloads + <Py_ssize_t> first[v]
            day.reload_count = first[v + 1] - first[v]
            day.max_trips = self.trips[v]
            # vehicles that are alike share their breaks
            owner = same.setdefault(self.kinds[v, 2], v)
            day.pauses = pauses + <Py_ssize_t> self.pause_first[owner]
            day.pause_count = self.pause_first[owner + 1] - self.pause_first[owner]
            day.ordinary, day.overtime = after[v], per_tick[v] // cost_unit
            if day.overtime == 0:
                day.ordinary = C_NEVER
        return 0

    cdef const Day* of_vehicle(self, Py_ssize_t vehicle) except? NULL:
        """Return the day of a vehicle; vehicles that are alike share one."""
        first = int(np.flatnonzero((self.kinds == self.kinds[vehicle]).all(axis=1))[0])
        return <const Day*> _bytes_pointer(self.days) + <Py_ssize_t> first


def _windows_of(windows, Py_ssize_t i):
    of_thing = slice(windows[0][i], windows[0][i + 1])
    return windows[1][of_thing].tobytes(), windows[2][of_thing].tobytes()


def _check_first(first, name, Py_ssize_t things, Py_ssize_t count):
    checked(first, name, np.int32, (things + 1,), low=0, high=count)
    if first[0] != 0 or first[things] != count or (np.diff(first) < 0).any():
        raise InputError(f"{name} must ascend from 0 to {count}")
