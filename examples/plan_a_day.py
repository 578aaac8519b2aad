"""Plan a day of deliveries: read, solve, look at what is left out, write, check.

    python examples/plan_a_day.py [FOLDER]

The orders and roads are those of the demo inside the package; the results go to the folder.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import o2oroute as o2


def main(folder: Path) -> None:
    data = Path(str(files("o2oroute") / "data"))
    network = o2.RoadNetwork.from_osm(data / "helsinki_center.osm.pbf")
    problem = o2.read_problem(data / "helsinki_orders.json")

    plan = o2.solve(problem, roads=network, time_limit=2, seed=1)
    summary = plan.summary
    print(f"{summary.served} orders served by {summary.vehicles} vans at a cost of {summary.cost:.2f}")
    for route in plan.routes:
        stops = [str(stop.id) for stop in route.stops if stop.kind == "order"]
        print(f"{route.vehicle}: {route.distance / 1000:.1f} km, {len(stops)} orders: {' '.join(stops)}")

    # the same orders with one van: who is left out, and why
    alone = o2.solve(problem.replace(vehicles=problem.vehicles[:1]), roads=network, time_limit=1, seed=1)
    print(f"with one van {alone.summary.unassigned} orders are left out, for example:")
    for order in alone.unassigned[:3]:
        print(f"{order.id}: {order.reasons[0].message}")

    folder.mkdir(parents=True, exist_ok=True)
    o2.write_plan(plan, folder / "plan.json")
    o2.write_geojson(plan, folder / "plan.geojson")
    o2.draw_map(plan, folder / "plan.html", roads=network)

    violations = o2.check(problem, o2.read_plan(folder / "plan.json"), roads=network)
    print(f"the plan in {folder / 'plan.json'} breaks {len(violations)} rules")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "example-out"))
