"""Limits of a working day that stand against a trial: breaks, trips, waves, driving and rides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from o2oroute.model.part import Window
from o2oroute.model.problem import Problem
from o2oroute.plan.plan import Repair
from o2oroute.plan.timed_route import Violation
from o2oroute.plan.trial import Trial
from o2oroute.plan.wording import whole

__all__ = ["closed_later", "lifted_of_the_day"]


def closed_later(pointer: str, windows: Sequence[Window], moment: int) -> Repair:
    """Return the last window left open until a moment."""
    last = max(range(len(windows)), key=lambda k: windows[k][1])
    return Repair(pointer=f"{pointer}/windows/{last}/1", from_=windows[last][1], to=moment)


def lifted_of_the_day(problem: Problem, trial: Trial, violation: Violation) -> Iterator[Repair]:
    """Yield the broken limit lifted to what a trial needs; see :func:`~o2oroute.plan.lifting.lifted`."""
    margin = round((violation.margin or 0) * problem.ticks_per_second)
    match violation.code:
        case "BREAK" | "BREAK_WINDOW" | "BREAK_LOAD":
            yield from _other_breaks(problem, trial, violation)
        case "DRIVING_TIME":
            for k, rule in enumerate(problem.vehicles[0].driving_breaks):
                pointer, from_ = f"/vehicles/0/driving_breaks/{k}/after_driving", rule.after_driving
                yield Repair(pointer=pointer, from_=from_, to=from_ + margin)
        case "MAX_TRIPS" | "RELOAD_DEPOT":
            yield from _more_trips(problem, violation)
        case "WAVE":
            yield from _other_waves(problem, trial, violation)
        case "RIDE_TIME":
            for k, shipment in enumerate(problem.shipments):
                if shipment.id == violation.order and shipment.max_ride is not None:
                    to = shipment.max_ride + margin
                    yield Repair(pointer=f"/shipments/{k}/max_ride", from_=shipment.max_ride, to=to)


def _other_breaks(problem: Problem, trial: Trial, violation: Violation) -> Iterator[Repair]:
    (owner,) = problem.vehicles
    for k, pause in enumerate(owner.breaks):
        pointer = f"/vehicles/0/breaks/{k}"
        taken = -1 - k in trial.codes
        if violation.code == "BREAK" and not taken and pause.windows:
            yield closed_later(pointer, pause.windows, trial.times.start[-1])
        elif violation.code == "BREAK_WINDOW" and taken and pause.windows:
            begins = trial.times.start[1 + list(trial.codes).index(-1 - k)]
            yield closed_later(pointer, pause.windows, begins)
        elif violation.code == "BREAK_LOAD" and taken and violation.unit in pause.max_load:
            most = pause.max_load[violation.unit]
            to = whole(round(most + (violation.margin or 0), 3))
            yield Repair(pointer=f"{pointer}/max_load/{violation.unit}", from_=whole(most), to=to)


def _more_trips(problem: Problem, violation: Violation) -> Iterator[Repair]:
    trips = problem.vehicles[0].trips
    if trips is not None and trips.max is not None and violation.code == "MAX_TRIPS":
        to = trips.max + int(violation.margin or 0)
        yield Repair(pointer="/vehicles/0/trips/max", from_=trips.max, to=to)


def _other_waves(problem: Problem, trial: Trial, violation: Violation) -> Iterator[Repair]:
    """Yield each wave moved to when the trial would leave."""
    moment = trial.times.departure[violation.stop]
    for i, depot in enumerate(problem.depots):
        for j, wave in enumerate(depot.departures):
            yield Repair(pointer=f"/depots/{i}/departures/{j}", from_=wave, to=moment)
