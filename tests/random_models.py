"""Random small models for the door of routes in which all its rules mix, and their costs by trial."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import strategies as st

from o2oroute._search import ANY_TIME, UNLIMITED
from o2oroute.units import INF

LAST = 40  # ticks of a day


@st.composite
def model_arrays(draw, *, most_singles=4, most_pairs=2):
    """Return keyword arguments of a model."""
    singles, pairs = draw(st.integers(0, most_singles)), draw(st.integers(0, most_pairs))
    vehicles, units = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    tasks, requests = singles + 2 * pairs, singles + pairs
    points, nodes = tasks + 2, tasks + 2 * vehicles

    def numbers(low, high, *shape, dtype=np.int64):
        size = int(np.prod(shape))
        values = draw(st.lists(st.integers(low, high), min_size=size, max_size=size))
        return np.array(values, dtype).reshape(shape)

    def legs():
        cells = numbers(0, 120, points, points, dtype=np.int32)
        cells = np.where(cells > 118, INF, cells % 9).astype(np.int32)
        cells[np.diag_indices(points)] = 0
        return cells

    def maybe(array):
        return array if draw(st.booleans()) else None

    profiles = draw(st.integers(1, 2))
    node_point = np.concatenate((np.arange(tasks), numbers(tasks - 1, tasks + 1, 2 * vehicles)))
    node_point[tasks:][node_point[tasks:] == tasks - 1] = -1
    windows = [_windows(draw, node < tasks) for node in range(nodes)]
    types = draw(st.integers(1, 2))
    delivery, change = numbers(0, 3, tasks, units), numbers(0, 3, tasks, units)
    change = change - delivery
    of_pairs = change[singles:].reshape(pairs, 2, units)
    of_pairs[:, 0] = np.abs(of_pairs[:, 0])
    of_pairs[:, 1] = -of_pairs[:, 0]
    delivery[singles:] = 0
    if not pairs and draw(st.booleans()):
        change = None
    elif pairs and draw(st.booleans()):
        change[:singles] = -delivery[:singles]
    arrays = {
        "durations": [legs() for _ in range(profiles)],
        "distances": [legs() % 20 for _ in range(profiles)],
        "node_point": node_point.astype(np.int32),
        "service": numbers(0, 4, types, tasks),
        "window_first": np.cumsum([0, *map(len, windows)]).astype(np.int32),
        "window_open": np.array([first for each in windows for first, _ in each], np.int64),
        "window_close": np.array([last for each in windows for _, last in each], np.int64),
        "delivery": delivery,
        "capacity": numbers(2, 8, vehicles, units),
        "profile": numbers(0, profiles - 1, vehicles, dtype=np.int32),
        "fixed": numbers(0, 20, vehicles),
        "per_tick": numbers(0, 2, vehicles),
        "per_length": numbers(0, 2, vehicles),
        "max_distance": _limits(numbers(5, 60, vehicles)),
        "max_duty": _limits(numbers(5, 60, vehicles)),
        "max_stops": _limits(numbers(0, 6, vehicles)),
        "fewest_vehicles": draw(st.booleans()),
        "pairs": pairs,
        "vehicle_type": numbers(0, types - 1, vehicles, dtype=np.int32),
        "change": change,
        "setup": maybe(numbers(0, 3, types, tasks)),
        "place": numbers(0, 2, tasks, dtype=np.int32),
        "release": maybe(np.where(numbers(0, 1, tasks) > 0, numbers(0, 20, tasks), -ANY_TIME)),
        "per_travel": maybe(numbers(0, 2, vehicles)),
        "per_service": maybe(numbers(0, 2, vehicles)),
        "per_stop": maybe(numbers(0, 5, vehicles)),
        "max_travel": maybe(_limits(numbers(5, 60, vehicles))),
    }
    if arrays["release"] is not None:
        arrays["release"][singles:] = -ANY_TIME
    if draw(st.booleans()):
        choices = draw(st.integers(1, 3))
        arrays["choice"] = numbers(0, choices - 1, requests, dtype=np.int32)
        arrays["choice_cost"] = np.maximum(numbers(-3, 5, choices, vehicles), -1)
    if draw(st.booleans()):
        arrays["kind"] = numbers(-1, 1, requests, dtype=np.int32)
        arrays["kind_excludes"] = np.array([[False, True], [True, draw(st.booleans())]])
    return arrays


def _windows(draw, is_task):
    if not is_task:
        return draw(st.sampled_from([[(-ANY_TIME, ANY_TIME)], [(0, LAST)], [(3, 60)], [(0, 9), (15, 60)]]))
    count = draw(st.sampled_from([0, 1, 1, 1, 2]))
    edges = sorted(draw(st.lists(st.integers(0, LAST), min_size=2 * count, max_size=2 * count, unique=True)))
    return list(zip(edges[::2], edges[1::2], strict=True)) if count else [(-ANY_TIME, ANY_TIME)]


def _limits(values):
    return np.where(values > 40, UNLIMITED, values)


def request_of(arrays, task):
    """Return the request of a task."""
    singles = len(arrays["node_point"]) - 2 * len(arrays["profile"]) - 2 * arrays["pairs"]
    return task if task < singles else singles + (task - singles) // 2


def tasks_of(arrays, request):
    """Return the tasks of a request."""
    tasks = arrays["service"].shape[1]
    singles = tasks - 2 * arrays["pairs"]
    first = request if request < singles else 2 * request - singles
    return [first] if request < singles else [first, first + 1]


def route_cost(arrays, vehicle, tasks):
    """Return what a route costs, without what a vehicle counts besides; None if it breaks a rule."""
    tasks = list(tasks)
    if not tasks:
        return 0
    choices = _choice_costs(arrays, vehicle, tasks)
    count, vehicles = arrays["service"].shape[1], len(arrays["profile"])
    nodes = [count + vehicle, *tasks, count + vehicles + vehicle]
    travel, length = (_legs(arrays, name, vehicle, nodes) for name in ("durations", "distances"))
    stays = _stays(arrays, vehicle, tasks)
    duty = least_duty(arrays, nodes, travel, stays)
    if (
        not _pairs_are_whole(arrays, tasks)
        or not _loads_fit(arrays, vehicle, tasks)
        or not _kinds_go_together(arrays, tasks)
        or min(choices, default=0) < 0
        or max(travel) >= INF
        or duty is None
        or duty > arrays["max_duty"][vehicle]
        or sum(length) > arrays["max_distance"][vehicle]
        or sum(travel) > _of(arrays, "max_travel", vehicle, UNLIMITED)
        or len(tasks) > arrays["max_stops"][vehicle]
    ):
        return None
    return (
        int(arrays["fixed"][vehicle])
        + int(arrays["per_tick"][vehicle]) * duty
        + int(arrays["per_length"][vehicle]) * sum(length)
        + _of(arrays, "per_travel", vehicle, 0) * sum(travel)
        + _of(arrays, "per_service", vehicle, 0) * sum(stays)
        + _of(arrays, "per_stop", vehicle, 0) * len(tasks)
        + sum(choices)
    )


def _choice_costs(arrays, vehicle, tasks):
    if arrays.get("choice") is None:
        return []
    requests = {request_of(arrays, task) for task in tasks}
    return [int(arrays["choice_cost"][arrays["choice"][r], vehicle]) for r in requests]


def _kinds_go_together(arrays, tasks):
    if arrays.get("kind") is None:
        return True
    kinds = [int(arrays["kind"][r]) for r in {request_of(arrays, task) for task in tasks}]
    pairs = itertools.combinations([kind for kind in kinds if kind >= 0], 2)
    return not any(arrays["kind_excludes"][pair] for pair in pairs)


def _of(arrays, name, vehicle, default):
    return default if arrays.get(name) is None else int(arrays[name][vehicle])


def _pairs_are_whole(arrays, tasks):
    for task in tasks:
        both = tasks_of(arrays, request_of(arrays, task))
        if not all(each in tasks for each in both) or tasks.index(both[0]) > tasks.index(both[-1]):
            return False
    return True


def _loads_fit(arrays, vehicle, tasks):
    change = -arrays["delivery"] if arrays["change"] is None else arrays["change"]
    load = arrays["delivery"][tasks].sum(axis=0)
    loads = [load]
    for task in tasks:
        load = load + change[task]
        loads.append(load)
    return all((load <= arrays["capacity"][vehicle]).all() for load in loads)


def _legs(arrays, name, vehicle, nodes):
    legs, points = arrays[name][arrays["profile"][vehicle]], arrays["node_point"][nodes].tolist()
    return [0 if min(a, b) < 0 else int(legs[a, b]) for a, b in itertools.pairwise(points)]


def _stays(arrays, vehicle, tasks):
    kind = arrays["vehicle_type"][vehicle]
    stays = arrays["service"][kind, tasks].tolist()
    if arrays["setup"] is not None:
        for i, task in enumerate(tasks):
            if i == 0 or arrays["place"][tasks[i - 1]] != arrays["place"][task]:
                stays[i] += int(arrays["setup"][kind, task])
    return [0, *stays, 0]


def least_duty(arrays, nodes, travel, stays):
    """Return the least duty, trying one start after the other; None if no start is feasible."""
    first = arrays["window_first"]
    windows = [
        [
            (int(arrays["window_open"][w]), int(arrays["window_close"][w]))
            for w in range(first[node], first[node + 1])
        ]
        for node in nodes
    ]
    release = -ANY_TIME
    if arrays["release"] is not None:
        release = max(int(arrays["release"][task]) for task in nodes[1:-1])
    duties = []
    # before the day nothing opens; so early starts differ by nothing
    for start in range(max(release, -60), 61):
        moment = start
        if not any(a <= start <= b for a, b in windows[0]):
            continue
        for i in range(1, len(nodes)):
            moment += stays[i - 1] + travel[i - 1]
            waits = [max(moment, a) for a, b in windows[i] if moment <= b]
            if not waits:
                break
            moment = min(waits)
        else:
            duties.append(moment - start)
    return min(duties, default=None)
