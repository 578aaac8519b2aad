"""Cutting a problem into parts: some routes with their requests, as a model of its own.

What is small is fast: a model of a few hundred tasks, with its legs, stays in the processor's cache.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute._search import Model, cut_legs
from o2oroute.engines.day_arrays import day_arrays
from o2oroute.model.instance import Instance
from o2oroute.units import INF

__all__ = ["Part", "cut", "divide", "in_plane", "is_divisible", "kinds_of", "tasks_of"]

Int32 = npt.NDArray[np.int32]
Float64 = npt.NDArray[np.float64]

#: What the arguments of a model are of: of tasks, requests or vehicles, on the first axis or the last, or of
#: all.
_AXES: Final = {
    "service": ("tasks", -1),
    "setup": ("tasks", -1),
    "delivery": ("tasks", 0),
    "change": ("tasks", 0),
    "place": ("tasks", 0),
    "release": ("tasks", 0),
    "choice": ("requests", 0),
    "kind": ("requests", 0),
    "choice_cost": ("vehicles", -1),
    "capacity": ("vehicles", 0),
    "profile": ("vehicles", 0),
    "vehicle_type": ("vehicles", 0),
    "fixed": ("vehicles", 0),
    "per_tick": ("vehicles", 0),
    "per_length": ("vehicles", 0),
    "per_travel": ("vehicles", 0),
    "per_service": ("vehicles", 0),
    "per_stop": ("vehicles", 0),
    "max_distance": ("vehicles", 0),
    "max_duty": ("vehicles", 0),
    "max_travel": ("vehicles", 0),
    "max_stops": ("vehicles", 0),
    "kind_excludes": ("all", 0),
    "relation_kind": ("all", 0),
    "relation_first": ("all", 0),
    "relation_task": ("all", 0),
    "fewest_vehicles": ("all", 0),
}
#: These have rules of their own.
_CUT_APART: Final = {
    "durations",
    "distances",
    "node_point",
    "window_first",
    "window_open",
    "window_close",
    "pairs",
}
#: Points by whose distances all others are placed in the plane.
_LANDMARKS: Final = 16


class Part(NamedTuple):
    """Requests and vehicles of a part, by their numbers in the whole, ascending."""

    requests: Int32
    vehicles: Int32


def tasks_of(requests: Int32, singles: int) -> Int32:
    """Return the tasks of some requests, in the order of these.

    Parameters
    ----------
    requests : ndarray of int32, shape (requests,)
        Those of one task before those of two.
    singles : int
        How many requests of one task the whole has.

    Examples
    --------
    >>> tasks_of(np.array([1, 3, 4], np.int32), singles=3).tolist()
    [1, 3, 4, 5, 6]
    """
    border = int(np.searchsorted(requests, singles))
    first = 2 * requests[border:] - singles
    pairs = np.column_stack((first, first + 1)).reshape(-1)
    return np.concatenate((requests[:border], pairs)).astype(np.int32)


def kinds_of(next_alike: Int32) -> list[list[int]]:
    """Return the vehicles in lists of those that differ in nothing.

    Parameters
    ----------
    next_alike : ndarray of int32, shape (vehicles,)
        As :attr:`o2oroute._search.Model.next_alike`.

    Examples
    --------
    >>> kinds_of(np.array([2, 3, -1, -1], np.int32))
    [[0, 2], [1, 3]]
    """
    kinds: list[list[int]] = []
    kind_of: dict[int, list[int]] = {}
    for vehicle, following in enumerate(next_alike.tolist()):
        if vehicle not in kind_of:
            kind_of[vehicle] = []
            kinds.append(kind_of[vehicle])
        kind_of[vehicle].append(vehicle)
        if following >= 0:
            kind_of[following] = kind_of[vehicle]
    return kinds


def is_divisible(instance: Instance) -> bool:
    """Tell whether parts of a problem are problems: the members of a relation would have to be in one part.

    Nor are breaks, trips and costs of moments cut out; and all routes together have one end.
    """
    problem = instance.problem
    return not (problem.relations or day_arrays(instance) or problem.objective == "earliest_finish")


def cut(arrays: dict[str, Any], part: Part) -> Model:
    """Return the model of a part.

    Parameters
    ----------
    arrays : dict
        Arguments of the whole model.
    part : Part
    """
    all_tasks, vehicles = arrays["service"].shape[1], arrays["profile"].shape[0]
    singles = all_tasks - 2 * arrays["pairs"]
    tasks = tasks_of(part.requests, singles)
    nodes = np.concatenate((tasks, all_tasks + part.vehicles, all_tasks + vehicles + part.vehicles))
    points, node_point = np.unique(arrays["node_point"][nodes], return_inverse=True)
    set_aside = int(points.size > 0 and points[0] < 0)
    points, node_point = points[set_aside:].astype(np.int32), node_point - set_aside
    first = arrays["window_first"]
    counts = np.diff(first)[nodes]
    windows = np.repeat(first[nodes] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    found = {
        "durations": [cut_legs(legs, points) for legs in arrays["durations"]],
        "node_point": node_point.astype(np.int32),
        "window_first": np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
        "window_open": arrays["window_open"][windows],
        "window_close": arrays["window_close"][windows],
        "pairs": tasks.size - part.requests.size,
    }
    same = all(one is other for one, other in zip(arrays["durations"], arrays["distances"], strict=True))
    found["distances"] = (
        found["durations"] if same else [cut_legs(legs, points) for legs in arrays["distances"]]
    )
    chosen = {"tasks": tasks, "requests": part.requests, "vehicles": part.vehicles}
    for name, values in arrays.items():
        if name not in _CUT_APART:
            of, axis = _AXES[name]
            found[name] = values if of == "all" or values is None else values.take(chosen[of], axis)
    return Model(**found)


def in_plane(durations: Int32) -> Float64:
    """Place points in a plane, so that they lie about as far from each other as travel between them takes.

    Landmark multidimensional scaling: de Silva, Tenenbaum: Sparse multidimensional scaling using landmark
    points, 2004. Landmarks are chosen one by one, each the farthest from those before.

    Parameters
    ----------
    durations : ndarray of int32, shape (points, points)

    Returns
    -------
    ndarray of float64, shape (points, 2)

    Examples
    --------
    >>> places = in_plane(np.array([[0, 3, 4], [3, 0, 5], [4, 5, 0]], np.int32))
    >>> round(float(np.linalg.norm(places[1] - places[2])), 6)
    5.0
    """
    count = durations.shape[0]
    rows: list[Float64] = []
    landmarks: list[int] = []
    nearest = np.full(count, np.inf)
    farthest = 0
    while len(landmarks) < min(_LANDMARKS, count):
        landmarks.append(farthest)
        row = (durations[farthest].astype(float) + durations[:, farthest]) / 2
        there = row < INF / 2
        # what cannot be reached lies beyond all that can
        row[~there] = 2 * row[there].max(initial=0.0) + 1
        rows.append(row)
        nearest = np.minimum(nearest, row)
        farthest = int(nearest.argmax())
    if not rows:
        return np.zeros((0, 2))
    squared = np.array(rows) ** 2
    among = squared[:, landmarks]
    among = (among + among.T) / 2
    centred = among - among.mean(axis=0) - among.mean(axis=1)[:, None] + among.mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    plane = np.zeros((count, 2))
    for axis, (value, vector) in enumerate(zip(values[::-1][:2], vectors.T[::-1][:2], strict=True)):
        if value > 1e-9 * max(values[-1], 1.0):
            plane[:, axis] = -(vector @ (squared - among.mean(axis=1)[:, None])) / (2 * np.sqrt(value))
    return plane


def divide(places: Float64, weights: npt.NDArray[Any], count: int, chance: np.random.Generator) -> list[Any]:
    """Divide things in a plane into compact groups of about equal weight.

    A line in a random direction halves them, and its sides are halved in turn.

    Parameters
    ----------
    places : ndarray of float64, shape (things, 2)
    weights : ndarray, shape (things,)
    count : int
        Of groups.
    chance : numpy.random.Generator

    Returns
    -------
    list of ndarray of int
        The things in each group.

    Examples
    --------
    >>> places = np.array([[0.0, 0.0], [0.1, 0.0], [5.0, 0.0], [5.0, 0.1]])
    >>> groups = divide(places, np.ones(4), 2, np.random.default_rng(3))
    >>> sorted(group.tolist() for group in groups)
    [[0, 1], [2, 3]]
    """
    groups = [(np.arange(len(places)), count)]
    found = []
    while groups:
        things, pieces = groups.pop()
        if pieces <= 1 or things.size <= 1:
            found.append(things)
            continue
        angle = chance.random() * 2 * np.pi
        along = places[things] @ np.array([np.cos(angle), np.sin(angle)])
        things = things[np.argsort(along, kind="stable")]
        total = np.cumsum(weights[things])
        first = pieces // 2
        border = int(np.searchsorted(total, total[-1] * first / pieces, side="right"))
        border = min(max(border, 1), things.size - 1)
        groups += [(things[border:], pieces - first), (things[:border], first)]
    return found
