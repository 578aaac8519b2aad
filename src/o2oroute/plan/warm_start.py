"""Beginning with a plan: what of it stands when the search begins, and what it may not touch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from o2oroute.errors import Finding, InputError
from o2oroute.model.instance import Instance
from o2oroute.model.part import Id
from o2oroute.model.solution import AnyVisit, BreakVisit, ReloadVisit, Solution, Visit
from o2oroute.plan.kept_routes import kept_routes
from o2oroute.plan.locks import Lock, Moment, day_so_far
from o2oroute.plan.plan import Plan
from o2oroute.plan.planned_routes import planned_routes

__all__ = ["Beginning", "WarmStart", "begin"]

#: A time as order files write it.
Time: TypeAlias = int | str

_LOCKS: Final = ("times", "sequence", "vehicle")


@dataclass(frozen=True)
class WarmStart:
    """A plan to begin with, and how much of it is fixed.

    Attributes
    ----------
    plan : Plan
        Of the same problem, or of one with other orders.
    now : int, str or None
        The time of day, as order files write times. What the plan has before it is done and stays as it was;
        a vehicle that is on its way does its next stop next, keeps what it has on board, and takes nothing
        along that lies at its depot; no other vehicle leaves before.
    done : mapping of id or (id, task) to time or None, or collection of them
        The last things done, with the time at which the vehicle left them, where that is not what the plan
        says. All before them on their routes is done, too, and nothing behind them.
    lock : {"times", "sequence", "vehicle"} or None
        What holds for the orders of the plan that are not done: their vehicle; or the order of the visits of
        each vehicle, too, with new ones in between; or even their times.

    Examples
    --------
    >>> o2oroute.solve(problem, matrix=matrix, start=WarmStart(plan, now="11:00"))  # doctest: +SKIP
    """

    plan: Plan
    now: Time | None = None
    done: Mapping[Id | tuple[Id, str], Time | None] | Collection[Id | tuple[Id, str]] = field(
        default_factory=dict
    )
    lock: Literal["times", "sequence", "vehicle"] | None = None


class Beginning(NamedTuple):
    """Where a search begins."""

    #: The instance with what may not change as rules of its own.
    instance: Instance
    start: Solution
    #: What of the plan is not there any more or does not hold.
    findings: list[Finding]


def begin(instance: Instance, warm: WarmStart | Plan) -> Beginning:
    """Prepare a search that begins with a plan.

    Parameters
    ----------
    instance : Instance
    warm : WarmStart or Plan

    Returns
    -------
    Beginning

    Raises
    ------
    InputError
        If a time, a lock or something done is wrong, or what is done cannot have happened.
    """
    warm = warm if isinstance(warm, WarmStart) else WarmStart(warm)
    lock, moment = _checked(instance, warm)
    routes, findings = planned_routes(instance, warm.plan)
    if moment is not None or lock is not None:
        instance, more = day_so_far(instance, routes, moment, lock)
        findings += more
    kept, more = kept_routes(instance, {route.vehicle: route.codes for route in routes})
    start = {
        instance.problem.vehicles[vehicle].id: tuple(_visit(instance, code) for code in codes)
        for vehicle, codes in kept.items()
    }
    return Beginning(instance, Solution(start, engine=warm.plan.run.engine), [*findings, *more])


def _visit(instance: Instance, code: int) -> AnyVisit:
    """Return what a solution holds of a visit."""
    depot, pause = instance.reload_of(code), instance.break_of(code)
    if depot is not None:
        return ReloadVisit(instance.problem.depots[depot].id)
    if pause is not None:
        return BreakVisit(instance.breaks.parts[pause].id)
    task = instance.problem.tasks[code]
    return Visit(task.id, task.kind)


def _checked(instance: Instance, warm: WarmStart) -> tuple[Lock | None, Moment | None]:
    """Return the lock, and the time with what is done then, in ticks and task numbers."""
    if warm.lock is not None and warm.lock not in _LOCKS:
        raise InputError(f"lock is {warm.lock!r}; it must be {', '.join(map(repr, _LOCKS))} or None")
    problem = instance.problem
    if (warm.now is not None or warm.lock == "times") and warm.plan.date != problem.date:
        raise InputError(
            f"the plan is for {warm.plan.date}, the problem for {problem.date}: its times mean nothing "
            "there; begin with it without a time of day, and without locking times"
        )
    if warm.now is None:
        if warm.done:
            raise InputError("done needs a time of day; give now, too")
        return warm.lock, None
    now = _ticks(instance, "now", warm.now)
    times = warm.done if isinstance(warm.done, Mapping) else dict.fromkeys(warm.done)
    done: dict[int, int | None] = {}
    for key, time in times.items():
        left = None if time is None else _ticks(instance, f"the time of {key}", time)
        if left is not None and left > now:
            raise InputError(f"{key} is said to be done at {time}, which is after now, {warm.now}")
        done[_task(instance, key)] = left
    return warm.lock, Moment(now, done)


def _ticks(instance: Instance, name: str, time: Time) -> int:
    try:
        return instance.problem.reader.read(time)
    except ValueError as error:
        raise InputError(f"{name} is {time!r}; {error}") from None


def _task(instance: Instance, key: Id | tuple[Id, str]) -> int:
    """Return the task that is done: the last one of its order or shipment, or the one named."""
    id_, kind = key if isinstance(key, tuple) else (key, None)
    request = instance.request_index.get(id_)
    if request is None:
        raise InputError(f"{id_!r} is said to be done; no order or shipment has this id")
    task = instance.tasks_of(request)[-1] if kind is None else instance.task_index.get((id_, kind))
    if task is None:
        raise InputError(f"{id_!r} has no {kind!r} that could be done")
    return task
