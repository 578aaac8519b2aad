"""Delivery plans side by side with VROOM: the same orders, fleet and matrix, one clock and one checker.

    python benchmarks/peers/vroom_plans.py milan.osm.pbf porto.osm.pbf --orders 150 --time-limit 30

See README.md in this folder for the protocol.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import vroom

import o2oroute as o2
from o2oroute.model.instance import Instance, build_instance
from o2oroute.plan.check import check_plan
from o2oroute.plan.schedule import make_plan
from o2oroute.road.geometry import E7

#: VROOM takes whole numbers; hundredths keep the ratio of costs.
HUNDREDTHS = 100
SERVICE = 180
#: Two-hour windows that orders ask for.
WINDOWS = (("09:00", "11:00"), ("11:00", "13:00"), ("13:00", "15:00"), ("15:00", "17:00"), ("09:00", "17:00"))
#: VROOM's thoroughness, its highest.
EXPLORATION = 5


def main() -> None:
    options = parse_options()
    rows = [contest(extract, options) for extract in options.extracts]
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / f"peers-vroom-{options.orders}.json").write_text(json.dumps(rows, indent=1) + "\n")
    print(as_markdown(rows))


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("extracts", nargs="+", type=Path)
    parser.add_argument("--orders", type=int, default=150)
    parser.add_argument("--time-limit", type=float, default=30.0, help="seconds for o2oroute")
    parser.add_argument(
        "--per-hour", type=float, default=20.0, help="VROOM counts driving, o2oroute all duty"
    )
    parser.add_argument("--per-km", type=float, default=0.3)
    parser.add_argument("--engine", default=None, help="default: o2oroute's own choice")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("bench-out"))
    return parser.parse_args()


def contest(extract: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Let VROOM find a fleet that serves all, then plan with the same fleet."""
    started = time.monotonic()
    roads = o2.RoadNetwork.from_osm(extract)
    orders = draw_orders(roads, options.orders, options.seed)
    vehicles = 1 + options.orders // 40
    while True:
        problem = with_fleet(orders, vehicles, {"per_hour": options.per_hour, "per_km": options.per_km})
        instance = build_instance(problem, roads=roads)
        ready = time.monotonic()
        solution = solve_with_vroom(instance)
        vroom_seconds = time.monotonic() - ready
        peer = make_plan(instance, solution, reasons=False)
        if not peer.unassigned:
            break
        vehicles += 1
    assert not check_plan(instance, peer), "VROOM's plan breaks a rule by our checker"
    settings = {} if options.engine is None else {"engine": options.engine}
    begun = time.monotonic()
    plan = o2.solve(problem, roads=roads, time_limit=options.time_limit, seed=options.seed, **settings)
    seconds = time.monotonic() - begun
    return {
        "extract": extract.name,
        "orders": options.orders,
        "vehicles": vehicles,
        "engine": plan.run.engine,
        "time_limit": options.time_limit,
        "costs": {"per_hour": options.per_hour, "per_km": options.per_km},
        "ready_seconds": round(ready - started, 2),
        "vroom": {"cost": peer.summary.cost, "seconds": round(vroom_seconds, 2)},
        "o2oroute": {
            "cost": plan.summary.cost,
            "seconds": round(seconds, 2),
            "unassigned": len(plan.unassigned),
            "violations": len(o2.check(problem, plan, roads=roads)),
        },
        "ratio": round(plan.summary.cost / peer.summary.cost, 4),
    }


def draw_orders(roads: o2.RoadNetwork, count: int, seed: int) -> tuple[list[float], list[o2.Order]]:
    """Draw a hub and orders near junctions of the largest part of the network."""
    chance = np.random.default_rng(seed)
    everywhere = np.stack((roads.junction_lon, roads.junction_lat), axis=1) / E7
    start = everywhere[chance.choice(len(everywhere), 5 * count, replace=len(everywhere) < 5 * count)]
    together = largest_part(roads, start)
    places = start[together][: count + 1]
    assert len(places) == count + 1, "the extract is too small for so many orders"
    windows = chance.integers(0, len(WINDOWS), count)
    parcels = chance.integers(1, 5, count)
    orders = [
        o2.Order(
            id=f"o-{i + 1}",
            location=tuple(place),
            delivery={"parcels": int(amount)},
            service=SERVICE,
            windows=[WINDOWS[window]],
        )
        for i, (place, window, amount) in enumerate(zip(places[1:].tolist(), windows, parcels, strict=True))
    ]
    hub = places.mean(axis=0)
    nearest = int(np.argmin(np.hypot(*(places - hub).T)))
    return places[nearest].tolist(), orders


def largest_part(roads: o2.RoadNetwork, places: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Say which places reach, and are reached from, the most others."""
    reached = np.isfinite(roads.matrix(places, distances=False).durations)
    both = reached & reached.T
    return both[int(both.sum(axis=1).argmax())]


def with_fleet(
    orders: tuple[list[float], list[o2.Order]], vehicles: int, costs: dict[str, float]
) -> o2.Problem:
    hub, stops = orders
    return o2.Problem(
        date="2026-11-23",
        depots=[{"id": "hub", "location": hub}],
        vehicles=[
            {
                "id": f"van-{i + 1}",
                "start": "hub",
                "end": "hub",
                "shift": ["08:00", "18:00"],
                "capacity": {"parcels": 150},
                "costs": costs,
            }
            for i in range(vehicles)
        ],
        orders=stops,
    )


def solve_with_vroom(instance: Instance) -> o2.Solution:
    """Hand the instance to VROOM as it is, matrix and all."""
    problem = instance.problem
    legs = instance.legs["car"]
    job = vroom.Input()
    job.set_durations_matrix("car", legs.durations.astype(np.uint32))
    job.set_distances_matrix("car", legs.distances.astype(np.uint32))
    for i, vehicle in enumerate(problem.vehicles):
        job.add_vehicle(
            vroom.Vehicle(
                i,
                start=int(instance.start_point[i]),
                end=int(instance.end_point[i]),
                capacity=[round(vehicle.capacity["parcels"])],
                time_window=vroom.TimeWindow(*vehicle.shift),
                costs=vroom.VehicleCosts(
                    fixed=0,
                    per_hour=round(vehicle.costs.per_hour * HUNDREDTHS),
                    per_km=round(vehicle.costs.per_km * HUNDREDTHS),
                ),
            )
        )
    for i, order in enumerate(problem.orders):
        job.add_job(
            vroom.Job(
                i,
                location=int(instance.task_point[i]),
                default_service=order.service,
                delivery=vroom.Amount([round(order.delivery["parcels"])]),
                time_windows=[vroom.TimeWindow(*window) for window in order.windows],
            )
        )
    found = json.loads(json.dumps(job.solve(exploration_level=EXPLORATION, nb_threads=2).to_dict()))
    routes = {}
    for route in found["routes"]:
        visits = [step["id"] for step in route["steps"] if step["type"] == "job"]
        routes[problem.vehicles[route["vehicle"]].id] = tuple(
            o2.Visit(problem.orders[i].id, problem.orders[i].task) for i in visits
        )
    return o2.Solution(routes=routes, engine="vroom")


def as_markdown(rows: list[dict[str, Any]]) -> str:
    columns = ("extract", "orders", "vehicles", "VROOM cost", "o2oroute cost", "ratio", "unassigned",
               "violations", "VROOM s", "o2oroute s")  # fmt: skip
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for row in rows:
        ours, peer = row["o2oroute"], row["vroom"]
        cells = (
            row["extract"], row["orders"], row["vehicles"], f"{peer['cost']:.2f}", f"{ours['cost']:.2f}",
            f"{row['ratio']:.3f}", ours["unassigned"], ours["violations"], peer["seconds"], ours["seconds"],
        )  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
