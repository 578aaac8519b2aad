"""Try engines on thousands of random problems in which rules mix: ``make fuzz``.

    python tools/fuzz.py [--construction 20000] [--search 10000] [--ortools 1000] [--seconds S] [--seed N]

Problems come from the strategies of the tests (``tests/random_problems.py``). Each plan must pass the checker
and account for every order and shipment. Of the compiled search, every state that it goes on from is held to
clock and checker, and every tenth problem is searched again and again to see whether memory is left behind.
Problems are tried in child processes, so that a crash is a finding like any other; engine
and seed are printed, and ``--child ENGINE COUNT SEED`` tries the same ones again.
Exits with 1 if anything is found.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Problems in one child, by engine.
CHUNKS = {"ortools": 50, "search": 250, "insertion": 250}
#: Iterations of the search on a problem, of which each accepted state is held to clock and checker.
ITERATIONS = 20
#: Of so many problems one is searched for leaks.
PER_LEAK = 10


def main() -> None:
    """Run children until all problems are tried or the time is over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--construction", type=int, default=20_000, help="problems for insertion (20,000)")
    parser.add_argument("--search", type=int, default=10_000, help="problems for the search (10,000)")
    parser.add_argument("--ortools", type=int, default=1_000, help="problems for OR-Tools (1,000)")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", nargs=3, metavar=("ENGINE", "COUNT", "SEED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        engine, count, seed = options.child
        print(try_problems(engine, int(count), int(seed)))
        return
    totals = {"ortools": options.ortools, "search": options.search, "insertion": options.construction}
    deadline = time.monotonic() + options.seconds
    wrong = 0
    for number, (engine, total) in enumerate(totals.items()):
        now = time.monotonic()
        until = now + (deadline - now) / (len(totals) - number)
        tried = 0
        for seed, first in enumerate(range(0, total, CHUNKS[engine]), start=options.seed):
            if time.monotonic() >= until:
                break
            held = tried_by_child(engine, min(CHUNKS[engine], total - first), seed)
            wrong += held is None
            tried += held or 0
        if total:
            seconds = time.monotonic() - now
            print(
                f"{engine}: {tried} of {total} problems tried without a finding, {seconds:.0f} s", flush=True
            )
    sys.exit(wrong > 0)


def tried_by_child(engine: str, count: int, seed: int) -> int | None:
    """Return how many problems a child tried; if it finds something or dies print what it says."""
    command = [sys.executable, __file__, "--child", engine, str(count), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    if done.returncode:
        how = "was killed by signal" if done.returncode < 0 else "ended with"
        print(
            f"{engine}, seed {seed}: {how} {abs(done.returncode)}\n{(done.stdout + done.stderr)[-6000:]}",
            flush=True,
        )
        return None
    return int(done.stdout)


def try_problems(engine: str, count: int, seed: int) -> int:
    """Try a number of problems in this process; raises at the first that goes wrong, made small.

    Returns how many there were that the engine serves.
    """
    sys.path.insert(0, str(ROOT / "tests"))
    import hypothesis

    from o2oroute.engines.engine import load_engine, solve_instance
    from o2oroute.plan.check import check_plan
    from random_problems import instances, rich_instances
    from search_audit import CHANGING, audit, grows

    kinds = (
        instances(max_orders=7),
        instances(day=True),
        rich_instances(relations=True),
        rich_instances(relations=True, day=("breaks", "trips", "overtime")),
        rich_instances(relations=True, day=("driving_breaks", "trips", "max_ride")),
    )

    held = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        print_blob=True,
    )
    @hypothesis.given(
        hypothesis.strategies.one_of(*kinds), hypothesis.strategies.sampled_from([{}, CHANGING])
    )
    def tried(instance: object, parameters: dict[str, float]) -> None:
        problem = instance.problem
        hypothesis.assume(not load_engine(engine).supports(problem))  # others do not count
        if engine == "search":
            audit(instance, seed=seed, iterations=ITERATIONS, settings=parameters)
        plan = solve_instance(instance, engine=engine, time_limit=5.0, iterations=10, seed=1)
        violations = check_plan(instance, plan)
        if violations:
            raise AssertionError(f"{violations[0]} in {problem!r}")
        requests = [*problem.orders, *problem.shipments]
        done = {stop.id for route in plan.routes for stop in route.stops if stop.kind == "order"}
        left = {request.id for request in plan.unassigned}
        if done & left or done | left != {request.id for request in requests}:
            raise AssertionError(f"lost or doubled: {done} and {left} in {problem!r}")
        held.append(instance)

    tried()
    for instance in held[::PER_LEAK] if engine == "search" else []:
        if grows(lambda instance=instance: audit(instance, seed=seed, iterations=ITERATIONS)):
            raise AssertionError(f"memory is left behind by {instance.problem!r}")
    return len(held)


if __name__ == "__main__":
    main()
