"""Why orders are left out: for each order and vehicle the rule that stops it, by how much, and a repair.

Every reason is taken from a trial: the order is put where it breaks least, the clock times the route, and the
rules of the checker say what is broken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.model.instance import NO_POINT, Instance
from o2oroute.model.part import Id
from o2oroute.plan.insertion import Places, best_places
from o2oroute.plan.plan import Reason, ReasonKind
from o2oroute.plan.repairs import dearer_prize, smallest_repair, tried
from o2oroute.plan.rules import RULE_CODES, Violation
from o2oroute.plan.wording import amount_text, whole
from o2oroute.units import cost_units

__all__ = ["REASON_CODES", "explain", "most_hopeful"]

#: Codes of reasons, besides the codes of rules and of the findings that set an order aside.
REASON_CODES: Final = ("TIME_LIMIT", "PRIZE", "FEWEST_VEHICLES")

#: So many reasons in a plan are enough, if each order has some.
_MOST_REASONS: Final = 10_000
#: On so many vehicles repairs are looked for.
_REPAIRED: Final = 5

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
    progress: Callable[[], object] = lambda: None,
) -> dict[int, list[Reason]]:
    """Say what stops each vehicle from serving each order that is left out.

    Parameters
    ----------
    instance : Instance
    routes : mapping of int to sequence of int
        Orders that vehicles visit, both as positions in the problem; vehicles not named are unused.
    left : sequence of int
        Positions of the orders that no route serves.
    progress : callable, optional
        Called after each order.

    Returns
    -------
    dict of int to list of Reason
        One reason for each order and vehicle, the most hopeful first; orders that are set aside have the
        findings that did it. Where there are very many of both, only the vehicles that come closest; repairs
        are looked for on the five closest.
    """
    reasons = _set_aside(instance, left)
    for _ in reasons:
        progress()
    candidates = [i for i in left if i not in reasons]
    if not candidates:  # then there may be no points at all
        return reasons
    alone, inserted = _places(instance, routes, candidates)
    closest = _closest(alone, inserted)
    shown = max(_MOST_REASONS // len(candidates), _REPAIRED)
    for column, order in enumerate(candidates):
        of_order = []
        for rank, vehicle in enumerate(closest[:shown, column].tolist()):
            found = _Found(alone[vehicle], inserted[vehicle], column)
            route = list(routes.get(vehicle, ()))
            of_order.append(_reason(instance, vehicle, route, order, found, repairs=rank < _REPAIRED))
        reasons[order] = sorted(of_order, key=_hope)
        progress()
    return reasons


class _Found(NamedTuple):
    """What was found for one order on one vehicle."""

    alone: Places
    inserted: Places
    column: int


def _places(
    instance: Instance, routes: Mapping[int, Sequence[int]], candidates: Sequence[int]
) -> tuple[list[Places], list[Places]]:
    """Return the best places on each vehicle, for each order alone and with the rest of the route."""
    alone, inserted = [], []
    for vehicle in range(len(instance.problem.vehicles)):
        alone.append(best_places(instance, vehicle, [], candidates))
        route = routes.get(vehicle)
        inserted.append(best_places(instance, vehicle, route, candidates) if route else alone[-1])
    return alone, inserted


def _closest(alone: Sequence[Places], inserted: Sequence[Places]) -> npt.NDArray[np.int64]:
    """Return the vehicles for each order, the one that comes closest to serving it first."""
    impossible = np.array([~places.feasible for places in alone])
    excess = np.where(impossible, [places.excess for places in alone], [places.excess for places in inserted])
    return np.lexsort((excess, impossible), axis=0)


def _set_aside(instance: Instance, left: Sequence[int]) -> dict[int, list[Reason]]:
    reasons: dict[int, list[Reason]] = {i: [] for i in left if instance.order_point[i] == NO_POINT}
    for finding in instance.findings:
        index = None if finding.order is None else instance.order_index.get(finding.order)
        if index in reasons:
            message = f"{finding.code}: {finding.message} {finding.action}".rstrip()
            reasons[index].append(Reason(code=finding.code, kind="INPUT", message=message))
    return reasons


def _reason(
    instance: Instance, vehicle: int, route: list[int], order: int, found: _Found, *, repairs: bool
) -> Reason:
    column = found.column
    possible = bool(found.alone.feasible[column])
    if possible and found.inserted.feasible[column]:
        return _not_taken(instance, vehicle, route, order, found)
    kind: ReasonKind = "CONFLICT" if possible else "IMPOSSIBLE"
    rest, places = (route, found.inserted) if possible else ([], found.alone)
    position = int(places.position[column])
    owner, visit = instance.problem.vehicles[vehicle], instance.problem.orders[order]
    if position < 0:
        message = f"UNREACHABLE: {owner.id} has no way to {visit.id} and on"
        return Reason(code="UNREACHABLE", kind=kind, vehicle=owner.id, message=message)
    trial = tried(instance, vehicle, [*rest[:position], order, *rest[position:]])
    if not trial.broken:  # the route was broken without the order, as only plans made by hand are
        return _out_of_time(instance, vehicle, order, position)
    worst = max(trial.broken, key=lambda violation: _weight(violation, visit.id))
    also = [code for code in dict.fromkeys(v.code for v in trial.broken) if code != worst.code]
    message = f"{worst.code}: {worst.message}"
    if kind == "IMPOSSIBLE":
        message += ", even with nothing else to do"
    if also:
        message += f"; {', '.join(also)} would be broken too"
    return Reason(
        code=worst.code,
        kind=kind,
        vehicle=owner.id,
        margin=None if worst.margin is None else whole(worst.margin),
        unit=worst.unit,
        position=position,
        message=message,
        repair=smallest_repair(instance, trial, order) if repairs else None,
    )


def _weight(violation: Violation, order: Id) -> tuple[int, bool, float]:
    """Order violations: by rule, then those of the order itself, then by margin."""
    rank = -RULE_CODES.index(violation.code) if violation.code in RULE_CODES else -len(RULE_CODES)
    return rank, violation.order == order, violation.margin or 0.0


def _not_taken(instance: Instance, vehicle: int, route: list[int], order: int, found: _Found) -> Reason:
    """Say why an order that fits is not served."""
    problem = instance.problem
    owner, visit = problem.vehicles[vehicle], problem.orders[order]
    position = int(found.inserted.position[found.column])
    extra = int(found.inserted.extra_cost[found.column])
    prize = int(instance.prize[order])
    if visit.prize is not None and problem.objective == "fewest_vehicles" and not route:
        return Reason(
            code="FEWEST_VEHICLES",
            kind="CHOICE",
            vehicle=owner.id,
            margin=1,
            unit="vehicles",
            position=position,
            message=f"FEWEST_VEHICLES: {owner.id} is not used, and {visit.id} may be left out",
        )
    if visit.prize is not None and extra >= prize:
        units = cost_units(problem.ticks_per_second)
        margin = whole((extra - prize) / units)
        cost = amount_text(extra / units, "cost")
        return Reason(
            code="PRIZE",
            kind="CHOICE",
            vehicle=owner.id,
            margin=margin,
            unit="cost",
            position=position,
            message=f"PRIZE: serving {visit.id} with {owner.id} costs {cost}, its prize is {visit.prize:g}",
            repair=dearer_prize(instance, order, extra),
        )
    return _out_of_time(instance, vehicle, order, position)


def _out_of_time(instance: Instance, vehicle: int, order: int, position: int) -> Reason:
    owner, visit = instance.problem.vehicles[vehicle], instance.problem.orders[order]
    message = f"TIME_LIMIT: {owner.id} could still serve {visit.id}; the search ended before it was put in"
    return Reason(code="TIME_LIMIT", kind="TIME_LIMIT", vehicle=owner.id, position=position, message=message)
