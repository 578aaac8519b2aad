"""Other solvers on the same instances: the same arrays go in, and our clock times what comes out.

One script each in `contestants/`, run as a process of its own in `.venv-peers`, which is made at first use.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from instances import ROOT

import o2oroute
from o2oroute.model.features import asked
from o2oroute.model.instance import ANY_TIME, Instance
from o2oroute.plan.check import check_plan
from o2oroute.plan.schedule import make_plan


@dataclass(frozen=True)
class Peer:
    """A solver: its script, and the package with the version that it is compared in."""

    script: str
    package: str


PEERS = {
    "pyvrp": Peer("pyvrp_search.py", "pyvrp==0.14.1"),
    "vroom": Peer("vroom_search.py", "pyvroom==1.15.2"),
}

#: Limits that are none, for solvers that count in 64 bits.
NO_LIMIT = 2**40
#: Duration and length of no way: longer than any day or route, and four of them fit 32 bits.
NO_WAY = 2**29
#: Seconds a peer gets to load, build its model and overrun its limit, before it is given up.
PATIENCE = 120


def solve(instance: Instance, engine: str, time_limit: float, seed: int) -> tuple[o2oroute.Plan, float]:
    """Return a peer's plan, checked, and the seconds of its search alone."""
    problem = instance.problem
    with tempfile.TemporaryDirectory(prefix="o2oroute-peer-") as folder:
        file = Path(folder) / "problem.npz"
        np.savez(file, **arrays_of(instance))
        script = Path(__file__).parent / "contestants" / PEERS[engine].script
        answer = subprocess.run(
            [interpreter(PEERS[engine].package), script, file, str(time_limit), str(seed)],
            stdout=subprocess.PIPE,
            text=True,
            timeout=time_limit + PATIENCE,
            check=False,
        )
    if answer.returncode:
        sys.exit(f"{engine} failed with exit code {answer.returncode}")
    found = json.loads(answer.stdout.splitlines()[-1])
    routes = {
        problem.vehicles[int(vehicle)].id: tuple(visit(instance, int(vehicle), order) for order in visits)
        for vehicle, visits in found["routes"].items()
        if visits
    }
    plan = make_plan(instance, o2oroute.Solution(routes=routes, engine=engine), reasons=False)
    if violations := check_plan(instance, plan):
        sys.exit(f"{engine} breaks {len(violations)} rules, the first: {violations[0]}")
    return plan, found["seconds"]


def visit(instance: Instance, vehicle: int, order: int) -> o2oroute.Visit | o2oroute.ReloadVisit:
    """Return a visit of a peer's route: an order by its number, or -1 where the vehicle loads again."""
    problem = instance.problem
    if order < 0:
        return o2oroute.ReloadVisit(problem.depots[instance.reload_depots(vehicle)[0]].id)
    return o2oroute.Visit(problem.orders[order].id, problem.orders[order].task)


def arrays_of(instance: Instance) -> dict[str, np.ndarray]:
    """Return what a peer is told; times count from the first moment of the problem."""
    refuse(instance)
    legs = next(iter(instance.legs.values()))
    begin = min(int(instance.window_open.min()), int(instance.shift_open.min()))
    begin = 0 if begin <= ANY_TIME[0] else begin
    rates = instance.rates
    unit = (
        math.gcd(*(int(value) for column in (*rates, instance.request_prize.clip(min=0)) for value in column))
        or 1
    )

    # solvers that put a price on each unit of overload want few units: what fits is the same
    load_unit = np.maximum(np.gcd.reduce(instance.task_delivery, axis=0), 1)

    def within(moments: np.ndarray) -> np.ndarray:
        return (moments - begin).clip(0, NO_LIMIT)

    depot_open = instance.start_windows.open
    depot_close = np.minimum(instance.start_windows.close, instance.end_windows.close)
    return {
        "durations": np.minimum(legs.durations.astype(np.int64), NO_WAY),
        "distances": np.minimum(legs.distances.astype(np.int64), NO_WAY),
        "order_point": instance.task_point,
        "order_service": instance.task_service[0],
        "order_open": within(instance.window_open),
        "order_close": within(instance.window_close),
        "order_load": instance.task_delivery // load_unit,
        "order_release": within(instance.task_release),
        "order_choice": instance.request_choice,
        "order_prize": np.where(instance.request_prize < 0, -1, instance.request_prize // unit),
        # column k: may the vehicle serve the orders whose choice is k?
        "vehicle_choice": (instance.choice_cost >= 0).T,
        "vehicle_max_trips": np.minimum(instance.max_trips, NO_LIMIT),
        "vehicle_start": instance.start_point,
        "vehicle_end": instance.end_point,
        "vehicle_open": within(np.maximum(instance.shift_open, depot_open)),
        "vehicle_close": within(np.minimum(instance.shift_close, depot_close)),
        "vehicle_capacity": np.minimum(instance.capacity, NO_LIMIT) // load_unit,
        "vehicle_fixed": rates.fixed // unit,
        "vehicle_per_tick": rates.per_tick // unit,
        "vehicle_per_length": rates.per_length // unit,
        "vehicle_max_duty": np.minimum(instance.max_duty, NO_LIMIT),
        "vehicle_max_length": np.minimum(instance.max_length, NO_LIMIT),
    }


def refuse(instance: Instance) -> None:
    """Stop at rules that peers are not told of."""
    single = (np.diff(instance.window_first), np.diff(instance.start_windows.first),
              np.diff(instance.end_windows.first))  # fmt: skip
    points = np.concatenate((instance.task_point, instance.start_point, instance.end_point))
    told = {"skills", "allowed or forbidden vehicles", "release", "trips"}
    strange: dict[str, bool] = dict.fromkeys(set(asked(instance.problem)) - told, True)
    reloads = [instance.reload_depots(vehicle) for vehicle in range(len(instance.start_point))]
    strange |= {
        "trips from other depots than the start": any(
            instance.depot_point[depots].tolist() != [start]
            for depots, start in zip(reloads, instance.start_point, strict=True)
            if depots
        ),
        "time for loading": bool(instance.depot_loading.any()),
        "a fleet of fewest vehicles": instance.problem.objective != "cost",
        "several profiles": len(instance.legs) > 1,
        "several windows": any((counts > 1).any() for counts in single),
        "orders set aside, or open ends of routes": bool((points < 0).any()),
        "a limit on stops": bool((instance.max_stops < len(instance.problem.orders)).any()),
    }
    if found := [rule for rule, is_there in strange.items() if is_there]:
        sys.exit(f"peers are not told of {', '.join(found)}")


def interpreter(package: str) -> str:
    """Return a Python that has a package, in an environment of its own."""
    folder = ROOT / ".venv-peers"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    stamp = folder / f"{package}.installed"
    if not stamp.exists():
        subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=True)
        stamp.touch()
    return os.fspath(python)
