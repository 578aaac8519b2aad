"""From a problem to a plan: travel, an engine, the one clock and the checker."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol

from o2oroute.errors import EngineError, Finding, InputError
from o2oroute.model.instance import Instance, build_instance
from o2oroute.model.problem import Problem
from o2oroute.model.solution import Solution, Visit
from o2oroute.plan.as_asked import as_asked
from o2oroute.plan.check import check_plan
from o2oroute.plan.fleet import fleet_findings
from o2oroute.plan.plan import Plan, Run
from o2oroute.plan.reasons import seconds_to_explain
from o2oroute.plan.schedule import make_plan
from o2oroute.plan.warm_start import WarmStart, begin
from o2oroute.road.network import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from o2oroute.matrix.travel_matrix import TravelMatrix
    from o2oroute.road.network import RoadNetwork

__all__ = ["ENGINES", "Engine", "load_engine", "solve", "solve_instance"]


class Engine(Protocol):
    """Decides which vehicle visits what in which order; when that happens is the clock's business."""

    name: str

    def supports(self, problem: Problem) -> list[str]:
        """Return what a problem asks that the engine cannot do; empty if it can serve it."""
        ...

    def solve(
        self,
        instance: Instance,
        *,
        deadline: float,
        seed: int = 1,
        threads: int = 1,
        iterations: int | None = None,
        start: Solution | None = None,
        progress: Progress | None = None,
    ) -> Solution:
        """Return the best routes found.

        Parameters
        ----------
        instance : Instance
        deadline : float
            Moment of ``time.monotonic`` at which to be done.
        seed : int
            For random choices: the same seed and iterations give the same routes, if time suffices, on any
            number of threads.
        threads : int
            How many to use at most.
        iterations : int, optional
            Most steps of the search; what a step is, each engine defines.
        start : Solution, optional
            Routes to begin with.
        progress : callable, optional
            Called as ``progress(done, total)``.

        Returns
        -------
        Solution
            The best so far also after Ctrl-C; then its statistics say ``interrupted``.
        """
        ...


#: Engines by name, loaded at first use.
ENGINES: Final[Mapping[str, str]] = {
    "combined": "o2oroute.engines.combined:CombinedEngine",
    "ortools": "o2oroute.engines.ortools:OrtoolsEngine",
    "search": "o2oroute.engines.search:SearchEngine",
    "insertion": "o2oroute.engines.insertion:InsertionEngine",
}

_MAX_SEED: Final = 2**31 - 1

#: Seconds for each task, about, on a slow machine: to time a plan, to find its ways on roads, to check it.
#: The search ends so much earlier,
_TIMING_SECONDS: Final = 0.000_08
_WAY_SECONDS: Final = 0.000_15
_CHECK_SECONDS: Final = 0.000_05
#: but for these, or this part of the limit, by which a plan may come late,
_LATE: Final = 0.15
_LATE_PART: Final = 0.015
#: and no more than this part of the limit.
_MOST_LEFT: Final = 0.25
#: Each order that is left out gets a reason, in time or late, if all take no more seconds than these.
_ALL_REASONS: Final = 2.0
#: Seconds after Ctrl-C for reasons, and for ways if these do not take longer.
_HURRY: Final = 0.15


def load_engine(name: str) -> Engine:
    """Return an engine by its name.

    Raises
    ------
    InputError
        If there is none of this name; the message lists the names.

    Examples
    --------
    >>> load_engine("insertion").name
    'insertion'
    """
    if name not in ENGINES:
        raise InputError(f"there is no engine {name!r}; there are {', '.join(map(repr, ENGINES))}")
    module, kind = ENGINES[name].split(":")
    engine: Engine = getattr(import_module(module), kind)()
    return engine


def solve(
    problem: Problem,
    *,
    roads: RoadNetwork | Mapping[str, RoadNetwork] | None = None,
    matrix: TravelMatrix | Mapping[str, TravelMatrix] | None = None,
    straight_line: float | None = None,
    engine: str = "combined",
    time_limit: float = 30.0,
    seed: int = 1,
    threads: int | None = None,
    iterations: int | None = None,
    start: Plan | WarmStart | None = None,
    strict: bool = False,
    progress: Progress | None = None,
) -> Plan:
    """Plan the routes of a problem.

    Parameters
    ----------
    problem : Problem
    roads : RoadNetwork or dict of str to RoadNetwork, optional
        By profile where vehicles drive by several. Gives the plan its ways on the map.
    matrix : TravelMatrix or dict of str to TravelMatrix, optional
        Goes before `roads` for travel.
    straight_line : float, optional
        Travel as the crow flies, at so many km/h; only if asked for.
    engine : {"combined", "search", "ortools", "insertion"}
    time_limit : float
        Seconds from the call to the plan, about: the search ends early enough for the plan to be made by then
        or some tenths of a second later.
    seed : int
        For random choices of the search.
    threads : int, optional
        Of the search; by default one for each processor that this process may use.
    iterations : int, optional
        Most steps of the search (for ``"ortools"``: solutions it accepts). If they end before the time does,
        the same seed gives the same routes, whatever the number of threads.
    start : Plan or WarmStart, optional
        A plan to begin with, and with :class:`~o2oroute.WarmStart` what of it stands. What is not there any
        more or breaks a rule is dropped; ``plan.run.notes`` says so.
    strict : bool
        Raise for orders that cannot be planned, instead of leaving them unassigned.
    progress : callable, optional
        Called as ``progress(done, total)``, first for the matrix, then for the search, then for the plan.

    Returns
    -------
    Plan
        Checked. After Ctrl-C during the search it is the best so far, and ``plan.run.interrupted`` is true;
        with many orders it then comes without ways and reasons, which take long.

    Raises
    ------
    InputError
        If travel is missing, an argument or a place of a vehicle is wrong, or with `strict` an order.
    EngineError
        If the engine's plan breaks a rule, which is a bug.

    Examples
    --------
    >>> from o2oroute import Problem
    >>> problem = Problem(
    ...     vehicles=[{"id": "van-1", "start": [126.95, 37.55], "end": [126.95, 37.55]}],
    ...     orders=[{"id": "o-1", "location": [126.95, 37.56], "service": 180}],
    ... )
    >>> plan = solve(problem, straight_line=36, engine="insertion")
    >>> plan.summary.served, plan.routes[0].duration
    (1, 402)
    """
    began = time.monotonic()
    _check_arguments(time_limit, seed, threads, iterations)
    loaded = load_engine(engine)
    instance = build_instance(
        problem, roads=roads, matrix=matrix, straight_line=straight_line, progress=progress
    )
    if strict and instance.findings:
        raise InputError(findings=instance.findings)
    return _plan(
        instance,
        loaded,
        _Run(
            began,
            time_limit,
            seed,
            threads or _processors(),
            iterations,
            {"travel": time.monotonic() - began},
        ),
        start=start,
        networks=_networks(roads),
        progress=progress,
    )


def solve_instance(
    instance: Instance,
    *,
    roads: RoadNetwork | Mapping[str, RoadNetwork] | None = None,
    engine: str = "combined",
    time_limit: float = 30.0,
    seed: int = 1,
    threads: int | None = None,
    iterations: int | None = None,
    start: Plan | WarmStart | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Plan the routes of a problem whose travel is known; see :func:`solve`.

    Parameters
    ----------
    instance : Instance
    roads : RoadNetwork or dict of str to RoadNetwork, optional
        Only for the ways on the map.
    engine, time_limit, seed, threads, iterations, start, progress
        As for :func:`solve`; the time runs from this call, so that computing a matrix does not count.

    Returns
    -------
    Plan

    Raises
    ------
    InputError, EngineError
        As :func:`solve`.

    Examples
    --------
    >>> plan = solve_instance(build_instance(problem, roads=network), roads=network)  # doctest: +SKIP
    """
    run = _Run(time.monotonic(), time_limit, seed, threads or _processors(), iterations)
    _check_arguments(time_limit, seed, threads, iterations)
    return _plan(
        instance, load_engine(engine), run, start=start, networks=_networks(roads), progress=progress
    )


@dataclass
class _Run:
    """How a plan comes about: what was asked, and the time spent by step."""

    begin: float
    time_limit: float
    seed: int
    threads: int
    iterations: int | None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begin = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - begin

    def of(self, solution: Solution, notes: Sequence[Finding]) -> Run:
        statistics = dict(solution.statistics)
        return Run(
            engine=solution.engine,
            seed=self.seed,
            time_limit=self.time_limit,
            iterations=self.iterations,
            interrupted=bool(statistics.pop("interrupted", False)),
            seconds={name: round(seconds, 3) for name, seconds in self.seconds.items()},
            notes=tuple(map(str, notes)),
            statistics=statistics,
        )


def _plan(
    instance: Instance,
    engine: Engine,
    run: _Run,
    *,
    start: Plan | WarmStart | None,
    networks: Mapping[str, RoadNetwork] | None,
    progress: Progress | None,
) -> Plan:
    """Run an engine and time, explain and check what it found."""
    problem, beginning = instance.problem, None
    notes: list[Finding] = []
    if start is not None:
        beginning = begin(instance, start)
        instance, notes = beginning.instance, beginning.findings
    lacks = engine.supports(instance.problem)
    if lacks:
        able = [name for name in ENGINES if not load_engine(name).supports(instance.problem)]
        advice = f"choose {' or '.join(map(repr, able))}" if able else "no engine can do all of it"
        raise InputError(f"engine {engine.name!r} cannot do {', '.join(lacks)}; {advice}")
    with run.step("search"):
        solution = engine.solve(
            instance,
            deadline=run.begin + run.time_limit - _seconds_for_plan(instance, run.time_limit, networks),
            seed=run.seed,
            threads=run.threads,
            iterations=run.iterations,
            start=beginning.start if beginning else None,
            progress=progress,
        )
        if beginning is not None:
            # loaded here, as engines are: at first use
            from o2oroute.engines.beginning import keep_beginning

            until = run.begin + run.time_limit
            solution = keep_beginning(instance, solution, beginning.start, until)
    with run.step("plan"):
        try:
            plan = _timed_plan(instance, solution, run, networks, progress)
        except KeyboardInterrupt:  # what was searched for is not lost: the plan comes without what takes long
            solution = replace(solution, statistics={**solution.statistics, "interrupted": True})
            plan = make_plan(instance, solution, reasons=False)
        if plan.summary.unserved_importance and not solution.statistics.get("interrupted"):
            notes += fleet_findings(instance)  # no bound is beyond a fleet that serves all
    with run.step("check"):
        violations = check_plan(instance, plan)
    if violations:
        raise EngineError(
            f"engine {engine.name!r} made a plan that breaks {len(violations)} rules, which is a bug; "
            f"the first: {violations[0]}"
        )
    return as_asked(problem, instance, plan).model_copy(update={"run": run.of(solution, notes)})


def _timed_plan(
    instance: Instance,
    solution: Solution,
    run: _Run,
    networks: Mapping[str, RoadNetwork] | None,
    progress: Progress | None,
) -> Plan:
    """Make a plan in the time that is left for it."""
    tasks, now = len(instance.problem.tasks), time.monotonic()
    if solution.statistics.get("interrupted"):
        quick = tasks * _WAY_SECONDS <= _HURRY
        networks = networks if quick else None
        return make_plan(instance, solution, networks=networks, until=now + _HURRY, hurry=True)
    until = run.begin + run.time_limit + _late(run.time_limit) - tasks * _CHECK_SECONDS
    hurry = seconds_to_explain(instance, _left(instance, solution)) > _ALL_REASONS
    return make_plan(instance, solution, networks=networks, until=until, hurry=hurry, progress=progress)


def _seconds_for_plan(
    instance: Instance, time_limit: float, networks: Mapping[str, RoadNetwork] | None
) -> float:
    """Return how long before the end of its time a search should stop."""
    of_task = _TIMING_SECONDS + _CHECK_SECONDS + (_WAY_SECONDS if networks else 0.0)
    needed = of_task * len(instance.problem.tasks) - _late(time_limit)
    return min(max(needed, 0.0), _MOST_LEFT * time_limit)


def _left(instance: Instance, solution: Solution) -> int:
    """Return how many requests a solution leaves out that could be served."""
    served = {
        visit.order for route in solution.routes.values() for visit in route if isinstance(visit, Visit)
    }
    return int((~instance.is_set_aside).sum()) - len(served)


def _late(time_limit: float) -> float:
    """Return by how many seconds a plan may come late."""
    return max(_LATE, _LATE_PART * time_limit)


def _networks(
    roads: RoadNetwork | Mapping[str, RoadNetwork] | None,
) -> Mapping[str, RoadNetwork] | None:
    if roads is None or isinstance(roads, Mapping):
        return roads
    return {roads.profile: roads}


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check_arguments(time_limit: float, seed: int, threads: int | None, iterations: int | None) -> None:
    if (
        isinstance(time_limit, bool)
        or not isinstance(time_limit, int | float)
        or not 0 <= time_limit < math.inf
    ):
        raise InputError(f"time_limit is {time_limit!r}; it must be a number of seconds, 0 or more")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= _MAX_SEED:
        raise InputError(f"seed is {seed!r}; it must be a whole number from 0 to {_MAX_SEED}")
    for name, value in (("threads", threads), ("iterations", iterations)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise InputError(f"{name} is {value!r}; it must be a whole number, 1 or more, or None")
