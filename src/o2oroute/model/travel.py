"""Where travel comes from: roads, matrices, straight lines, or the problem's own legs.

Each source judges the places first, one by one, and gives the legs between those that are left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from o2oroute.errors import Finding, InputError
from o2oroute.matrix.straight_line import straight_line_matrix
from o2oroute.matrix.travel_matrix import TravelMatrix
from o2oroute.model.legs import Legs
from o2oroute.model.problem import Problem
from o2oroute.model.structure import json_pointer, show
from o2oroute.road.kerb import Approach
from o2oroute.road.network import Progress, RoadNetwork
from o2oroute.road.profile import profile_names

__all__ = ["Place", "Source", "Trouble", "travel_source"]

_Given = TypeVar("_Given")

#: ``(lon, lat)``, or a row of the matrix.
Place = tuple[float, float] | int

#: Coordinates in a file and in a matrix are the same place if they agree to so many decimals (a centimetre).
_DECIMALS: Final = 7


class Trouble(NamedTuple):
    """Why a place cannot be used."""

    code: str
    message: str
    action: str


class Source(Protocol):
    """A source of travel between places, for the profiles that the vehicles of a problem name."""

    def troubles(self, places: Sequence[Place]) -> dict[int, Trouble]:
        """Return what is wrong with places, by their position."""

    def legs(
        self, places: Sequence[Place], approaches: Sequence[Approach], progress: Progress | None
    ) -> Mapping[str, Legs]:
        """Return the legs between places without trouble, by profile."""

    def locations(self, places: Sequence[Place]) -> npt.NDArray[np.float64]:
        """Return ``lon, lat`` of each place, shape (places, 2); NaN where they are not known."""


def travel_source(
    problem: Problem,
    *,
    roads: RoadNetwork | Mapping[str, RoadNetwork] | None,
    matrix: TravelMatrix | Mapping[str, TravelMatrix] | None,
    straight_line: float | None,
    limit: float,
) -> Source:
    """Return the source that was given.

    A matrix goes before roads, which then only serve the map; both go before legs of the problem.

    Raises
    ------
    InputError
        If there is none, or it lacks a profile that a vehicle drives by.
    """
    ticks = problem.ticks_per_second
    if straight_line is not None and (roads is not None or matrix is not None):
        raise InputError("straight lines were asked for beside roads or a matrix; give one source of travel")
    if matrix is not None:
        matrices = _by_profile(problem, matrix, TravelMatrix, "matrix", lambda _: None)
        _check_matrices(problem, matrices)
        return _Matrices(matrices, ticks)
    if roads is not None:
        networks = _by_profile(problem, roads, RoadNetwork, "roads", lambda network: network.profile)
        return _Roads(networks, ticks, limit)
    if straight_line is not None:
        return _StraightLines(_profiles(problem), ticks, straight_line)
    if problem.legs:
        return _OwnLegs(_by_profile(problem, problem.legs, Legs, "legs", lambda _: None))
    message = "There is nothing that tells travel times."
    action = (
        "Give --roads FILE or --matrix FILE (roads= or matrix= in Python), or ask for --straight-line KMH."
    )
    raise InputError(findings=[Finding("NO_TRAVEL", "", message, action)])


@dataclass(frozen=True)
class _Roads:
    networks: Mapping[str, RoadNetwork]
    ticks: int
    limit: float

    def troubles(self, places: Sequence[Place]) -> dict[int, Trouble]:
        troubles = _index_troubles(places)
        number = [i for i in range(len(places)) if i not in troubles]
        points = _coordinates(places[i] for i in number)
        snaps = [network.snap(points, limit=self.limit) for network in self.networks.values()]
        off_road = np.all([snap.segment < 0 for snap in snaps], axis=0)
        for i in np.flatnonzero(off_road):
            metres = min(float(snap.distance[i]) for snap in snaps)
            lon, lat = (float(value) for value in points[i])
            if any(snap.swapped[i] for snap in snaps):
                trouble = Trouble(
                    "COORDINATE_SWAPPED",
                    f"The location is {show([lon, lat])}, off the roads; exchanged, lon and lat are on them.",
                    f"Write [lon, lat]: {show([lat, lon])}.",
                )
            else:
                trouble = Trouble(
                    "TOO_FAR_FROM_ROAD",
                    f"The location is {metres:,.0f} m from the nearest road; allowed is {self.limit:,.0f} m.",
                    "Correct the location, or use an extract that covers it.",
                )
            troubles[number[i]] = trouble
        return troubles

    def legs(
        self, places: Sequence[Place], approaches: Sequence[Approach], progress: Progress | None
    ) -> Mapping[str, Legs]:
        points = _coordinates(places)
        legs = {}
        for k, (profile, network) in enumerate(self.networks.items()):
            part = _part_of(progress, k, len(self.networks))
            matrix = network.matrix(points, limit=self.limit, approach=approaches, progress=part)
            legs[profile] = Legs.from_matrix(matrix, self.ticks)
        return legs

    def locations(self, places: Sequence[Place]) -> npt.NDArray[np.float64]:
        return _coordinates(places)


class _Matrices:
    def __init__(self, matrices: Mapping[str, TravelMatrix], ticks: int) -> None:
        self._matrices = matrices
        self._ticks = ticks
        self._row_at = {profile: _rows_by_coordinates(matrix) for profile, matrix in matrices.items()}

    def troubles(self, places: Sequence[Place]) -> dict[int, Trouble]:
        troubles = {}
        for profile, matrix in self._matrices.items():
            for i, place in enumerate(places):
                if isinstance(place, int):
                    if place >= matrix.shape[0]:
                        troubles[i] = _outside(place, matrix.shape[0], f"matrix of {show(profile)}")
                elif _rounded(place) not in self._row_at[profile]:
                    troubles[i] = Trouble(
                        "NOT_IN_MATRIX",
                        f"The location is {show(list(place))}; the matrix of {show(profile)} "
                        + ("has no such point." if self._row_at[profile] else "has no points."),
                        'Write the location as {"index": i}, or save the matrix with its points.',
                    )
        return troubles

    def legs(
        self,
        places: Sequence[Place],
        approaches: Sequence[Approach],  # noqa: ARG002 - there are no roads to approach from
        progress: Progress | None,  # noqa: ARG002
    ) -> Mapping[str, Legs]:
        return {
            profile: Legs.from_matrix(matrix, self._ticks, rows=self._rows(profile, places))
            for profile, matrix in self._matrices.items()
        }

    def locations(self, places: Sequence[Place]) -> npt.NDArray[np.float64]:
        profile, matrix = next(iter(self._matrices.items()))
        if matrix.points is None:
            return np.full((len(places), 2), np.nan)
        return matrix.points[self._rows(profile, places)]

    def _rows(self, profile: str, places: Sequence[Place]) -> npt.NDArray[np.int64]:
        row_at = self._row_at[profile]
        rows = (place if isinstance(place, int) else row_at[_rounded(place)] for place in places)
        return np.fromiter(rows, np.int64, len(places))


@dataclass(frozen=True)
class _StraightLines:
    profiles: Sequence[str]
    ticks: int
    speed: float

    def troubles(self, places: Sequence[Place]) -> dict[int, Trouble]:
        return _index_troubles(places)

    def legs(
        self,
        places: Sequence[Place],
        approaches: Sequence[Approach],  # noqa: ARG002 - there are no roads to approach from
        progress: Progress | None,  # noqa: ARG002
    ) -> Mapping[str, Legs]:
        matrix = straight_line_matrix(_coordinates(places), speed=self.speed)
        return dict.fromkeys(self.profiles, Legs.from_matrix(matrix, self.ticks))

    def locations(self, places: Sequence[Place]) -> npt.NDArray[np.float64]:
        return _coordinates(places)


@dataclass(frozen=True)
class _OwnLegs:
    own: Mapping[str, Legs]

    def troubles(self, places: Sequence[Place]) -> dict[int, Trouble]:
        size = min(legs.size for legs in self.own.values())
        troubles = {}
        for i, place in enumerate(places):
            if not isinstance(place, int):
                message = f"The location is {show(list(place))}; this problem carries its travel by index."
                troubles[i] = Trouble("NOT_IN_MATRIX", message, 'Write the location as {"index": i}.')
            elif place >= size:
                troubles[i] = _outside(place, size, "problem's own travel")
        return troubles

    def legs(
        self,
        places: Sequence[Place],
        approaches: Sequence[Approach],  # noqa: ARG002 - there are no roads to approach from
        progress: Progress | None,  # noqa: ARG002
    ) -> Mapping[str, Legs]:
        rows = np.array(places, np.int64)
        return {profile: legs.between(rows) for profile, legs in self.own.items()}

    def locations(self, places: Sequence[Place]) -> npt.NDArray[np.float64]:
        return np.full((len(places), 2), np.nan)


def _profiles(problem: Problem) -> list[str]:
    return sorted({vehicle.profile for vehicle in problem.vehicles})


def _by_profile(
    problem: Problem,
    given: _Given | Mapping[str, _Given],
    kind: type[_Given],
    what: str,
    name_of: Callable[[_Given], str | None],
) -> dict[str, _Given]:
    """Return what was given by the profiles that vehicles name; one nameless thing is for a single one."""
    needed = _profiles(problem)
    if not isinstance(given, Mapping):
        values: Mapping[Any, Any] = {name_of(given) if isinstance(given, kind) else None: given}
    else:
        values = given
    for value in values.values():
        if not isinstance(value, kind):
            raise InputError(
                f"{what} is {show(value)}; it must be a {kind.__name__}, or a dict of them by profile"
            )
    if list(values) == [None] and len(needed) == 1:
        return {needed[0]: values[None]}
    missing = [name for name in needed if name not in values]
    if missing:
        known_names = [name for name in values if name is not None]
        known = ", ".join(map(show, known_names)) or "one profile only"
        raise InputError(
            findings=[
                Finding(
                    "UNKNOWN_PROFILE",
                    json_pointer("vehicles", i, "profile"),
                    f"profile is {show(vehicle.profile)}; {what} given: {known}.",
                    _more_profiles(known_names, missing)
                    if what == "roads"
                    else "Give it for each profile, or change the profile of the vehicle.",
                    vehicle.profile,
                )
                for i, vehicle in enumerate(problem.vehicles)
                if vehicle.profile in missing
            ]
        )
    return {name: values[name] for name in needed}


def _more_profiles(held: Sequence[str], missing: Sequence[str]) -> str:
    """Return the command that prepares roads for the missing profiles too."""
    known = profile_names()
    options = " ".join(
        f"--profile {name if name in known or name.endswith('.toml') else f'{name}.toml'}"
        for name in dict.fromkeys((*held, *missing))
    )
    own = [name for name in missing if name not in known and not name.endswith(".toml")]
    hint = f", where {own[0]}.toml is your profile file" if own else ""
    return f"Run: o2oroute prepare CITY.osm.pbf -o CITY.o2r {options}{hint}; or change the profile."


def _check_matrices(problem: Problem, matrices: Mapping[str, TravelMatrix]) -> None:
    findings = []
    for profile, matrix in matrices.items():
        if matrix.shape[0] != matrix.shape[1] or matrix.targets is not None:
            size = f"{matrix.shape[0]} x {matrix.shape[1]}"
            message = (
                f"The matrix of {show(profile)} is {size} from points to other targets; it must be square."
            )
            action = "Compute it from all places to all places."
            findings.append(Finding("MATRIX_SHAPE", "/durations", message, action, list(matrix.shape)))
    for i, vehicle in enumerate(problem.vehicles):
        if matrices[vehicle.profile].distances is not None:
            continue
        asked: dict[tuple[str, ...], float | None] = {("max_distance",): vehicle.max_distance}
        if "per_km" in vehicle.costs.model_fields_set:  # the default must not refuse a matrix of times
            asked["costs", "per_km"] = vehicle.costs.per_km or None
        for path, value in asked.items():
            if value is not None:
                message = (
                    f"{path[-1]} is {show(value)}; the matrix of {show(vehicle.profile)} has no distances."
                )
                action = "Add distances to the matrix, or leave the field out."
                pointer = json_pointer("vehicles", i, *path)
                findings.append(Finding("NO_DISTANCES", pointer, message, action, value))
    if findings:
        raise InputError(findings=findings)


def _index_troubles(places: Sequence[Place]) -> dict[int, Trouble]:
    return {
        i: Trouble(
            "MATRIX_INDEX",
            f"The location is row {place} of a matrix, and no matrix was given.",
            "Write the location as [lon, lat], or give the matrix.",
        )
        for i, place in enumerate(places)
        if isinstance(place, int)
    }


def _outside(place: int, size: int, what: str) -> Trouble:
    message = f"The location is index {place}; the {what} has {size} points: 0 to {size - 1}."
    return Trouble("MATRIX_INDEX", message, "Correct the index.")


def _rounded(place: tuple[float, float]) -> tuple[float, float]:
    return round(place[0], _DECIMALS), round(place[1], _DECIMALS)


def _rows_by_coordinates(matrix: TravelMatrix) -> dict[tuple[float, float], int]:
    """Return the first row of each place of a matrix."""
    points = [] if matrix.points is None else matrix.points.tolist()
    return {_rounded((lon, lat)): i for i, (lon, lat) in reversed(list(enumerate(points)))}


def _coordinates(places: Iterable[Place]) -> npt.NDArray[np.float64]:
    return np.array(list(places), np.float64).reshape(-1, 2)


def _part_of(progress: Progress | None, part: int, parts: int) -> Progress | None:
    """Return a callback for one of several equal parts of the work."""
    if progress is None:
        return None
    return lambda done, total: progress(part * total + done, parts * total)
