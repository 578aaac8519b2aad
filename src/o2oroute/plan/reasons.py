"""Why orders are left out: for each order and vehicle the rule that stops it, by how much, and a repair.

Every reason is taken from a trial: the order is put where it breaks least, the clock times the route, and the
rules of the checker say what is broken.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.model.instance import Instance
from o2oroute.model.order import Order
from o2oroute.model.part import Id
from o2oroute.model.shipment import Shipment
from o2oroute.model.vehicle import Vehicle
from o2oroute.plan.insertion import Places
from o2oroute.plan.plan import Reason, ReasonKind
from o2oroute.plan.repairs import dearer_prize, smallest_repair
from o2oroute.plan.rules import RULE_CODES, Violation
from o2oroute.plan.spots import Screen, Spot, look_is_exact, screen, spot
from o2oroute.plan.trial import tried
from o2oroute.plan.wording import amount_text, whole
from o2oroute.units import cost_units

__all__ = ["REASON_CODES", "explain", "most_hopeful", "seconds_to_explain"]

#: Codes of reasons, besides the codes of rules and of the findings that set an order aside.
REASON_CODES: Final = ("TIME_LIMIT", "PRIZE", "FEWEST_VEHICLES")

#: So many reasons in a plan are enough, if each order has some.
_MOST_REASONS: Final = 10_000
#: So many where each takes trials with the clock, and so many trials in all.
_MOST_TRIED: Final = 1_000
_MOST_TRIALS: Final = 4_000
#: On so many vehicles repairs are looked for.
_REPAIRED: Final = 5
#: Seconds, about, on a slow machine: to look at a vehicle, and at a request on it, for a trial, and for a
#: reason with its repair.
_VEHICLE_SECONDS: Final = 0.000_5
_LOOK_SECONDS: Final = 0.000_01
_TRIAL_SECONDS: Final = 0.000_5
_REASON_SECONDS: Final = 0.003

_HOPE: Final[tuple[ReasonKind, ...]] = ("TIME_LIMIT", "CHOICE", "CONFLICT", "IMPOSSIBLE", "INPUT")


def _hope(reason: Reason) -> tuple[int, bool]:
    """Sort reasons by kind, those that one change would mend before others."""
    return _HOPE.index(reason.kind), reason.repair is None


def most_hopeful(reasons: Sequence[Reason]) -> ReasonKind | None:
    """Return the kind of the vehicle that comes closest to serving the order; None without reasons."""
    return min((reason.kind for reason in reasons), key=_HOPE.index, default=None)


def explain(
    instance: Instance,
    routes: Mapping[int, Sequence[int]],
    left: Sequence[int],
    *,
    until: float = math.inf,
    hurry: bool = False,
    progress: Callable[[], object] = lambda: None,
) -> dict[int, list[Reason]]:
    """Say what stops each vehicle from serving each order that is left out.

    Parameters
    ----------
    instance : Instance
    routes : mapping of int to sequence of int
        Visits by vehicle, in numbers; vehicles not named are unused.
    left : sequence of int
        Positions of the requests that no route serves.
    until : float
        Moment of ``time.monotonic`` at which to stop, when each request has a reason for its closest vehicle.
    hurry : bool
        Whether to stop then even if some have none; they are not in the dict.
    progress : callable, optional
        Called after each order.

    Returns
    -------
    dict of int to list of Reason
        One reason for each request and vehicle, the most hopeful first; orders that are set aside have the
        findings that did it. Where there are very many of both, only the vehicles that come closest; repairs
        are looked for on the five closest.
    """
    reasons = _set_aside(instance, left)
    for _ in reasons:
        progress()
    candidates = [i for i in left if i not in reasons]
    screens = _screens(instance, routes, candidates, until if hurry else math.inf)
    if screens is None:
        return reasons
    alone, inserted = screens
    closest = _closest(alone, inserted)
    exact = look_is_exact(instance)
    shown, trials = _effort(instance, len(candidates), exact=exact)
    for rank, column in product(range(shown), range(len(candidates))):
        if (rank or hurry) and time.monotonic() >= until:
            break
        request, vehicle = candidates[column], int(closest[rank, column])
        if exact and request < len(instance.problem.orders):
            found = _seen(alone[vehicle].first, column), _seen(inserted[vehicle].first, column)
        else:
            found = _tried(instance, vehicle, routes, request, trials)
        case = _Case(instance, vehicle, routes, request, *found)
        reasons.setdefault(request, []).append(_reason(case, repairs=rank < _REPAIRED))
        if rank == 0:
            progress()
    return {request: sorted(of_request, key=_hope) for request, of_request in reasons.items()}


def seconds_to_explain(instance: Instance, left: int) -> float:
    """Return how long it takes, about, to give each of so many requests a reason for one vehicle."""
    if not left:
        return 0.0
    exact = look_is_exact(instance)
    trials = 0 if exact else _effort(instance, left, exact=False)[1]
    looks = len(instance.problem.vehicles) * (_VEHICLE_SECONDS + left * _LOOK_SECONDS)
    return looks + left * (_REASON_SECONDS + trials * _TRIAL_SECONDS)


def _effort(instance: Instance, left: int, *, exact: bool) -> tuple[int, int]:
    """Return for how many vehicles each request gets a reason, and how many trials each may take."""
    shown = max((_MOST_REASONS if exact else _MOST_TRIED) // left, _REPAIRED)
    shown = min(shown, len(instance.problem.vehicles))
    return shown, max(_MOST_TRIALS // (left * shown), 1)


class _Case(NamedTuple):
    """One request on one vehicle, and the best place for it alone and with the rest of the route."""

    instance: Instance
    vehicle: int
    routes: Mapping[int, Sequence[int]]
    request: int
    alone: Spot
    inserted: Spot

    @property
    def route(self) -> Sequence[int]:
        return self.routes.get(self.vehicle, ())

    @property
    def beside(self) -> Mapping[int, Sequence[int]]:
        return _beside(self.routes, self.vehicle)

    @property
    def owner(self) -> Vehicle:
        return self.instance.problem.vehicles[self.vehicle]

    @property
    def visit(self) -> Order | Shipment:
        return self.instance.problem.requests[self.request]

    def told(self, code: str, kind: ReasonKind, place: Spot, message: str, **more: Any) -> Reason:
        return Reason(
            code=code,
            kind=kind,
            vehicle=self.owner.id,
            position=place.position if place.position >= 0 else None,
            delivery_position=place.delivery_position,
            message=f"{code}: {message}",
            **more,
        )


def _seen(places: Places, column: int) -> Spot:
    """Return what the first look saw, where it is exact."""
    return Spot(
        int(places.position[column]),
        None,
        feasible=bool(places.feasible[column]),
        extra_cost=int(places.extra_cost[column]),
    )


def _tried(
    instance: Instance, vehicle: int, routes: Mapping[int, Sequence[int]], request: int, trials: int
) -> tuple[Spot, Spot]:
    """Return the places that trials find."""
    alone, route = spot(instance, vehicle, [], request, trials=1, beside={}), routes.get(vehicle, ())
    if not alone.feasible or not (route or instance.problem.relations):
        return alone, alone
    beside = _beside(routes, vehicle)
    return alone, spot(instance, vehicle, route, request, trials=trials, beside=beside)


def _beside(routes: Mapping[int, Sequence[int]], vehicle: int) -> Mapping[int, Sequence[int]]:
    return {other: tasks for other, tasks in routes.items() if other != vehicle}


def _screens(
    instance: Instance, routes: Mapping[int, Sequence[int]], candidates: Sequence[int], until: float
) -> tuple[list[Screen], list[Screen]] | None:
    """Return a first look at each vehicle, for each request alone and with the rest of the route.

    None where there is nothing to look at, or the time is over before that is done.
    """
    if not candidates:  # then there may be no points at all
        return None
    alone, inserted = [], []
    for vehicle in range(len(instance.problem.vehicles)):
        if time.monotonic() >= until:
            return None
        alone.append(screen(instance, vehicle, [], candidates))
        # breaks are left to the trials; no look goes beyond a trip
        codes = routes.get(vehicle, ())
        route = [code for code in codes if code >= 0]
        looked = route and all(instance.reload_of(code) is None for code in codes)
        inserted.append(screen(instance, vehicle, route, candidates) if looked else alone[-1])
    return alone, inserted


def _closest(alone: Sequence[Screen], inserted: Sequence[Screen]) -> npt.NDArray[np.int64]:
    """Return the vehicles for each request, the one that comes closest to serving it first."""
    impossible = np.array([look.excess > 0 for look in alone])
    excess = np.where(impossible, [look.excess for look in alone], [look.excess for look in inserted])
    return np.lexsort((excess, impossible), axis=0)


def _set_aside(instance: Instance, left: Sequence[int]) -> dict[int, list[Reason]]:
    reasons: dict[int, list[Reason]] = {i: [] for i in left if instance.is_set_aside[i]}
    for finding in instance.findings:
        index = None if finding.order is None else instance.request_index.get(finding.order)
        if index in reasons:
            message = f"{finding.code}: {finding.message} {finding.action}".rstrip()
            reasons[index].append(Reason(code=finding.code, kind="INPUT", message=message))
    return reasons


def _reason(case: _Case, *, repairs: bool) -> Reason:
    possible = case.alone.feasible
    if possible and case.inserted.feasible:
        return _not_taken(case)
    kind: ReasonKind = "CONFLICT" if possible else "IMPOSSIBLE"
    rest, place = (case.route, case.inserted) if possible else ((), case.alone)
    beside = case.beside if possible else {}
    if place.position < 0:
        return case.told("UNREACHABLE", kind, place, f"{case.owner.id} has no way to {case.visit.id} and on")
    tasks = case.instance.tasks_of(case.request)
    trial = tried(case.instance, case.vehicle, place.route(rest, tasks), beside=beside)
    if not trial.broken:  # the route was broken without the order, as only plans made by hand are
        return _out_of_time(case, place)
    worst = max(trial.broken, key=lambda violation: _weight(violation, case.visit.id))
    also = [code for code in dict.fromkeys(v.code for v in trial.broken) if code != worst.code]
    message = worst.message
    if kind == "IMPOSSIBLE":
        message += ", even with nothing else to do"
    if also:
        message += f"; {', '.join(also)} would be broken too"
    return case.told(
        worst.code,
        kind,
        place,
        message,
        margin=None if worst.margin is None else whole(worst.margin),
        unit=worst.unit,
        repair=smallest_repair(case.instance, trial, case.request, beside) if repairs else None,
    )


def _weight(violation: Violation, order: Id) -> tuple[int, bool, float]:
    """Order violations: by rule, then those of the order itself, then by margin."""
    rank = -RULE_CODES.index(violation.code) if violation.code in RULE_CODES else -len(RULE_CODES)
    return rank, violation.order == order, violation.margin or 0.0


def _not_taken(case: _Case) -> Reason:
    """Say why a request that fits is not served."""
    problem = case.instance.problem
    place, visit, owner = case.inserted, case.visit, case.owner
    if visit.prize is not None and problem.objective == "fewest_vehicles" and not case.route:
        message = f"{owner.id} is not used, and {visit.id} may be left out"
        return case.told("FEWEST_VEHICLES", "CHOICE", place, message, margin=1, unit="vehicles")
    prize = int(case.instance.request_prize[case.request])
    if visit.prize is not None and place.extra_cost >= prize:
        units = cost_units(problem.ticks_per_second)
        cost = amount_text(place.extra_cost / units, "cost")
        return case.told(
            "PRIZE",
            "CHOICE",
            place,
            f"serving {visit.id} with {owner.id} costs {cost}, its prize is {visit.prize:g}",
            margin=whole((place.extra_cost - prize) / units),
            unit="cost",
            repair=dearer_prize(case.instance, case.request, place.extra_cost),
        )
    return _out_of_time(case, place)


def _out_of_time(case: _Case, place: Spot) -> Reason:
    message = f"{case.owner.id} could still serve {case.visit.id}; the search ended before it was put in"
    return case.told("TIME_LIMIT", "TIME_LIMIT", place, message)
