"""The places of a problem: each distinct one a point, and what to do where one cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from o2oroute.errors import Finding, InputError
from o2oroute.model.legs import Legs
from o2oroute.model.part import Id, MatrixIndex
from o2oroute.model.problem import Problem
from o2oroute.model.structure import json_pointer, show
from o2oroute.model.travel import Place, Trouble
from o2oroute.model.vehicle import reload_depots
from o2oroute.road.kerb import Approach
from o2oroute.units import INF

__all__ = ["NO_POINT", "Places"]

#: In point arrays: no place given (open start or end), or a task whose order is set aside.
NO_POINT: Final = -1


class Places:
    """Distinct places of a problem, numbered from zero: of vehicles first, then of tasks.

    Attributes
    ----------
    points : list of Place
    approaches : list of Approach
        How each point is approached; one place approached in two ways is two points.
    of_task, of_start, of_end : list of int
        Point of each task, and of each vehicle's start and end; :data:`NO_POINT` where there is none.
    of_depot : list of int
        Point of each depot where a vehicle may load again; :data:`NO_POINT` for the others.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._depots = {depot.id: i for i, depot in enumerate(problem.depots)}
        aside = {finding.order for finding in problem.findings}
        number: dict[tuple[Place, Approach], int] = {}
        self.of_start = [self._number(number, vehicle.start) for vehicle in problem.vehicles]
        self.of_end = [self._number(number, vehicle.end) for vehicle in problem.vehicles]
        reloads = {depot for vehicle in problem.vehicles for depot in reload_depots(vehicle)}
        self.of_depot = [
            self._number(number, depot.id) if depot.id in reloads else NO_POINT for depot in problem.depots
        ]
        self.of_task = [
            NO_POINT if task.id in aside else self._number(number, task.stop.location, task.stop.approach)
            for task in problem.tasks
        ]
        self.points = [place for place, _ in number]
        self.approaches = [approach for _, approach in number]

    def set_aside(self, troubles: Mapping[int, Trouble]) -> list[Finding]:
        """Take out places that cannot be used; return a finding for each task concerned.

        Raises
        ------
        InputError
            If vehicles start or end there.
        """
        if not troubles:
            return []
        of_vehicles = dict(self._vehicle_places())
        wrong = [
            _finding(pointer, self.points[point], troubles[point], level="file")
            for pointer, point in of_vehicles.items()
            if point in troubles
        ]
        aside = [
            _finding(f"{task.pointer}/location", self.points[point], troubles[point], order=task.id)
            for task, point in zip(self._problem.tasks, self.of_task, strict=True)
            if point in troubles
        ]
        if wrong:
            raise InputError(findings=wrong + aside)
        self._take_out(finding.order for finding in aside)
        self._drop_unused()
        return aside

    def set_aside_unreachable(self, legs: Mapping[str, Legs]) -> list[Finding]:
        """Take out what no vehicle can reach and leave again; return a finding for each task.

        Raises
        ------
        InputError
            If a vehicle cannot get from its start to its end.
        """
        tasks = np.array(self.of_task, np.int32)
        pickups = [t for t, task in enumerate(self._problem.tasks) if task.pointer.endswith("/pickup")]
        reached, left, served = (np.zeros(tasks.size, dtype=bool) for _ in range(3))
        wrong = []
        for (profile, start, end), vehicle in self._journeys().items():
            durations = legs[profile].durations
            there = _reached(durations, start)[tasks]
            back = _reached(durations.T, end)[tasks]
            if NO_POINT not in (start, end) and not _reached(durations, start)[end]:
                wrong.append(self._no_journey(vehicle))
            reached |= there
            left |= back
            both = there & back
            for pickup in pickups:  # one vehicle serves the pickup and the delivery after it
                if NO_POINT in self.of_task[pickup : pickup + 2]:
                    continue
                on = both[pickup] and both[pickup + 1]
                both[pickup : pickup + 2] = on and _joined(durations, *self.of_task[pickup : pickup + 2])
            served |= both
        aside = []
        for i in np.flatnonzero(~served & (tasks != NO_POINT)):
            trouble = _unreachable(reached=bool(reached[i]), left=bool(left[i]))
            task = self._problem.tasks[i]
            place = self.points[tasks[i]]
            aside.append(_finding(f"{task.pointer}/location", place, trouble, order=task.id))
        self._take_out(finding.order for finding in aside)
        if wrong:
            raise InputError(findings=wrong + aside)
        return aside

    def _take_out(self, ids: Iterable[Id | None]) -> None:
        """Leave all tasks of some requests without a point."""
        gone = set(ids)
        self.of_task = [
            NO_POINT if task.id in gone else point
            for task, point in zip(self._problem.tasks, self.of_task, strict=True)
        ]

    def _number(
        self, number: dict[tuple[Place, Approach], int], location: object, approach: Approach = "any"
    ) -> int:
        if isinstance(location, str | int):
            depot = self._problem.depots[self._depots[location]]
            location, approach = depot.location, depot.approach
        if location is None:
            return NO_POINT
        place: Place = location.index if isinstance(location, MatrixIndex) else location  # type: ignore[assignment]
        return number.setdefault((place, approach), len(number))

    def _drop_unused(self) -> None:
        """Take out points that nothing uses any more, and number the others anew."""
        kept = sorted({*self.of_task, *self.of_start, *self.of_end, *self.of_depot} - {NO_POINT})
        new = {point: i for i, point in enumerate(kept)} | {NO_POINT: NO_POINT}
        self.points = [self.points[point] for point in kept]
        self.approaches = [self.approaches[point] for point in kept]
        self.of_task, self.of_start, self.of_end, self.of_depot = (
            [new[point] for point in of] for of in (self.of_task, self.of_start, self.of_end, self.of_depot)
        )

    def _vehicle_places(self) -> Iterator[tuple[str, int]]:
        """Yield pointer and point of each place where vehicles start or end; a depot stands for itself."""
        for i, vehicle in enumerate(self._problem.vehicles):
            for name, place, point in (
                ("start", vehicle.start, self.of_start[i]),
                ("end", vehicle.end, self.of_end[i]),
            ):
                if isinstance(place, str | int):
                    yield json_pointer("depots", self._depots[place], "location"), point
                elif point != NO_POINT:
                    yield json_pointer("vehicles", i, name), point
        for i, point in enumerate(self.of_depot):
            if point != NO_POINT:
                yield json_pointer("depots", i, "location"), point

    def _journeys(self) -> dict[tuple[str, int, int], int]:
        """Return the first vehicle of each distinct profile, start and end."""
        first: dict[tuple[str, int, int], int] = {}
        for i, vehicle in enumerate(self._problem.vehicles):
            first.setdefault((vehicle.profile, self.of_start[i], self.of_end[i]), i)
        return first

    def _no_journey(self, vehicle: int) -> Finding:
        place = self._problem.vehicles[vehicle].end
        message = "There is no way from the start of the vehicle to its end."
        action = "Correct one of the places, or use roads that connect them."
        value = place if isinstance(place, str | int) else show(place)
        return Finding("UNREACHABLE", json_pointer("vehicles", vehicle, "end"), message, action, value)


def _reached(durations: npt.NDArray[np.int32], start: int) -> npt.NDArray[np.bool_]:
    """Tell which points can be reached, over any other points; all of them from an open start."""
    if start == NO_POINT:
        return np.ones(len(durations) + 1, dtype=bool)
    reached = np.zeros(len(durations) + 1, dtype=bool)  # the last one is NO_POINT's
    new = np.array([start])
    while new.size:
        reached[new] = True
        open_ = np.flatnonzero(~reached[:-1])
        new = open_[(durations[np.ix_(new, open_)] < INF).any(axis=0)]
    return reached


def _joined(durations: npt.NDArray[np.int32], tail: int, head: int) -> bool:
    """Tell whether there is a way between two points, over any other points."""
    return bool(durations[tail, head] < INF or _reached(durations, tail)[head])


def _unreachable(*, reached: bool, left: bool) -> Trouble:
    if not reached:
        message = "There is no way to the location from the start of any vehicle."
    elif not left:
        message = "There is no way from the location to the end of any vehicle."
    else:
        message = "No single vehicle has a way both to the location and from there to its end."
    return Trouble("UNREACHABLE", message, "Correct the location, or use roads that connect it.")


def _finding(
    pointer: str,
    place: Place,
    trouble: Trouble,
    *,
    level: Literal["file", "order"] = "order",
    order: Id | None = None,
) -> Finding:
    value = {"index": place} if isinstance(place, int) else list(place)
    return Finding(trouble.code, pointer, trouble.message, trouble.action, value, level, order)
