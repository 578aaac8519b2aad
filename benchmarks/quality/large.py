"""A day of many orders on real roads: a plan in time, in memory, complete, and what it costs.

    python benchmarks/quality/large.py milan.osm.pbf --orders 10000 --time-limit 60
    python benchmarks/quality/large.py milan.osm.pbf --orders 10000 --time-limit 60 --engine pyvrp

Orders lie at random junctions of the extract, with two to ten parcels, windows of two to six hours and one to
four minutes of service; vans hold 150 parcels, cost 60, 20 an hour and 0.3 a kilometre, and start from one
depot. The seconds are wall clock from the call to the plan, the matrix of the roads included (for a peer: of
its search alone). "insertable" counts orders that the plan leaves out though one of its routes or an unused
van could take them as it stands. The memory is the most that the process, or the peer's, has held. Each run
appends a line of JSON to ``bench-out/large.jsonl``.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path

import numpy as np
import peers
from instances import ROOT
from run import code_name, machine

import o2oroute
from o2oroute._search import Routes
from o2oroute.engines.compiled import compiled_model, read_routes
from o2oroute.model.instance import Instance, build_instance
from o2oroute.road.geometry import E7

#: Orders a vehicle, about, of those that it could serve.
ORDERS_PER_VAN = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("extract", type=Path)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--time-limit", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--engine", default="combined", help=f"of o2oroute's, or {', '.join(peers.PEERS)}")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--results", type=Path, default=ROOT / "bench-out" / "large.jsonl")
    options = parser.parse_args()
    roads = o2oroute.RoadNetwork.from_osm(options.extract)
    problem = town_of(roads, options.orders)
    begin = time.perf_counter()
    if options.engine in peers.PEERS:
        instance = build_instance(problem, roads=roads)
        plan, seconds = peers.solve(instance, options.engine, options.time_limit, options.seed)
        whose = resource.RUSAGE_CHILDREN
    else:
        plan = o2oroute.solve(
            problem,
            roads=roads,
            engine=options.engine,
            time_limit=options.time_limit,
            seed=options.seed,
            threads=options.threads,
        )
        seconds = time.perf_counter() - begin
        whose = resource.RUSAGE_SELF
        peak = resource.getrusage(whose).ru_maxrss
        instance = build_instance(problem, roads=roads)
    memory = (peak if whose == resource.RUSAGE_SELF else resource.getrusage(whose).ru_maxrss) / 2**20
    result = {
        "extract": options.extract.name,
        "orders": options.orders,
        "engine": options.engine,
        "time_limit": options.time_limit,
        "seed": options.seed,
        "threads": options.threads,
        "code": code_name(),
        "cost": plan.summary.cost,
        "vehicles": plan.summary.vehicles,
        "unassigned": plan.summary.unassigned,
        "insertable": insertable(instance, plan),
        "seconds": round(seconds, 2),
        "gigabytes": round(memory, 2),
        "steps": plan.run.seconds,
        "machine": machine(),
    }
    options.results.parent.mkdir(parents=True, exist_ok=True)
    with options.results.open("a", encoding="utf-8") as file:
        file.write(json.dumps(result) + "\n")
    print(json.dumps(result, indent=2))


def town_of(roads: o2oroute.RoadNetwork, orders: int) -> o2oroute.Problem:
    """Return a problem on the roads of an extract; the same for the same number of orders."""
    chance = np.random.default_rng(1)
    junctions = chance.integers(0, roads.junction_lon.size, orders + 1)
    places = np.stack((roads.junction_lon[junctions], roads.junction_lat[junctions]), axis=1) / E7
    places = np.round(places + chance.normal(0.0, 0.0004, places.shape), 6).tolist()
    opens = (chance.integers(16, 36, orders) * 1800).tolist()
    lengths = chance.choice([7200, 10_800, 14_400, 21_600], orders).tolist()
    services, parcels = chance.integers(60, 241, orders).tolist(), chance.integers(2, 11, orders).tolist()
    middle = np.median(places, axis=0).round(6).tolist()
    return o2oroute.Problem(
        depots=[{"id": "depot", "location": middle}],
        vehicles=[
            {
                "id": f"van-{i}",
                "start": "depot",
                "end": "depot",
                "shift": (25_200, 79_200),
                "capacity": {"parcels": 150},
                "costs": {"fixed": 60, "per_hour": 20, "per_km": 0.3},
            }
            for i in range(orders // ORDERS_PER_VAN)
        ],
        orders=[
            {
                "id": i,
                "location": place,
                "service": service,
                "delivery": {"parcels": count},
                "windows": [(opening, min(opening + length, 79_200))],
            }
            for i, (place, service, count, opening, length) in enumerate(
                zip(places[1:], services, parcels, opens, lengths, strict=True)
            )
        ],
    )


def insertable(instance: Instance, plan: o2oroute.Plan) -> int:
    """Return how many of the orders that a plan leaves out would fit into it as it stands."""
    routes = Routes(compiled_model(instance))
    read_routes(instance, routes, plan.solution())
    left = [instance.request_index[order.id] for order in plan.unassigned]
    return sum(
        not instance.is_set_aside[request] and routes.cheapest(request) is not None for request in left
    )


if __name__ == "__main__":
    main()
