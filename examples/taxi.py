# %% [markdown]
# # Rides on demand
#
# Shared taxis: passengers say where, where to, and when they want to be fetched. Nobody rides more
# than eight minutes longer than alone; at most two rides share a car, and a passenger in a wheelchair
# needs a car with a ramp. Rides that cannot be had cost what a competitor would get.

# %%
from importlib.resources import files
from pathlib import Path

import o2oroute as o2

data = Path(str(files("o2oroute") / "data"))
roads = o2.RoadNetwork.from_osm(data / "helsinki_center.osm.pbf")
places = [order.location for order in o2.read_problem(data / "helsinki_orders.json").orders]

# %% [markdown]
# The direct way of each ride comes from the matrix of the same roads.

# %%
calls = [(places[number], places[(7 * number + 23) % 60], 9 * 3600 + 150 * number) for number in range(20)]
direct = roads.matrix([start for start, _, _ in calls], [end for _, end, _ in calls]).durations
rides = [
    {
        "id": f"ride-{number + 1}",
        "pickup": {"location": start, "service": 30, "windows": [[asked, asked + 600]]},
        "delivery": {"location": end, "service": 30},
        "load": {"seats": 1 + number % 2},
        "max_ride": int(direct[number, number]) + 480,
        "skills": ["ramp"] if number in (4, 13) else [],
        "prize": 9.0,
    }
    for number, (start, end, asked) in enumerate(calls)
]
cars = [
    {
        "id": f"taxi-{number + 1}",
        "start": places[15 * number],
        "capacity": {"seats": 4},
        "max_on_board": 2,
        "skills": ["ramp"] if number == 1 else [],
        "costs": {"per_hour": 24, "per_km": 0.35},
    }
    for number in range(4)
]
problem = o2.Problem(
    date="2026-11-23", time_zone="Europe/Helsinki", vehicles=cars, orders=[], shipments=rides
)

# %%
plan = o2.solve(problem, roads=roads, time_limit=3, seed=1)
print(f"{plan.summary.served} of {len(rides)} rides in {plan.summary.vehicles} taxis")
for route in plan.routes:
    steps = [f"{'+' if stop.task == 'pickup' else '-'}{stop.id[5:]}" for stop in route.stops if stop.task]
    print(f"{route.vehicle}: {' '.join(steps)}")
for ride in plan.unassigned:
    print(f"{ride.id} is not served: {ride.reasons[0].message}")
print(f"the checker finds {len(o2.check(problem, plan, roads=roads))} violations")
