"""Searching with progress shown: what the commands that plan share."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from o2oroute.cli.console import progress_bar, say
from o2oroute.cli.inputs import Travel
from o2oroute.errors import InputError

if TYPE_CHECKING:
    from o2oroute.model.problem import Problem
    from o2oroute.plan.plan import Plan
    from o2oroute.plan.warm_start import WarmStart

__all__ = ["find_plan"]


def find_plan(
    problem: Problem,
    travel: Travel,
    *,
    engine: str,
    time_limit: float,
    seed: int,
    threads: int | None = None,
    iterations: int | None = None,
    start: WarmStart | None = None,
    strict: bool,
) -> Plan:
    """Search for a plan; the time limit runs from when the travel times are ready."""
    from o2oroute.engines.engine import load_engine, solve_instance
    from o2oroute.model.instance import build_instance
    from o2oroute.plan.fleet import fleet_findings

    load_engine(engine)  # a wrong name is told before the work
    begin = time.monotonic()
    with progress_bar("travel times") as progress:
        instance = build_instance(problem, **travel, progress=progress)
    if strict and instance.findings:
        raise InputError(findings=instance.findings)
    seconds = time.monotonic() - begin
    say(f"travel times between {len(instance.point_location)} places: {seconds:.1f} s")
    told = [str(finding) for finding in fleet_findings(instance)]
    for note in told:
        say(note)
    say(f"searching for {time_limit:g} s at most; Ctrl-C keeps the best plan so far")
    with progress_bar("searching and checking") as progress:
        plan = solve_instance(
            instance,
            roads=travel.get("roads"),
            engine=engine,
            time_limit=time_limit,
            seed=seed,
            threads=threads,
            iterations=iterations,
            start=start,
            progress=progress,
        )
    for note in plan.run.notes:
        if note not in told:
            say(note)
    run = plan.run.model_copy(update={"seconds": {"travel": round(seconds, 3), **plan.run.seconds}})
    return plan.model_copy(update={"run": run})
