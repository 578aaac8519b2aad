# %% [markdown]
# # Field service
#
# Technicians drive from home to appointments. Jobs need skills, some take longer for an apprentice,
# customers have preferred times, two jobs of one house belong to one technician. Everybody has a
# lunch break, which may fall between two stops, and overtime costs more.

# %%
from importlib.resources import files
from pathlib import Path

import o2oroute as o2

data = Path(str(files("o2oroute") / "data"))
roads = o2.RoadNetwork.from_osm(data / "helsinki_center.osm.pbf")
places = [order.location for order in o2.read_problem(data / "helsinki_orders.json").orders]

# %%
technicians = [
    {
        "id": name,
        "type": kind,
        "start": home,
        "end": home,
        "skills": skills,
        "shift": ["08:00", "18:00"],
        "breaks": [{"id": "lunch", "windows": [["11:30", "13:30"]], "duration": 1800, "paid": False}],
        "overtime": {"after": 8 * 3600, "per_hour": 15},
        "costs": {"per_hour": 30, "per_km": 0.4},
    }
    for name, kind, home, skills in [
        ("aino", "senior", places[5], ["gas", "power"]),
        ("eero", "senior", places[25], ["power"]),
        ("liisa", "apprentice", places[45], ["power"]),
    ]
]
jobs = [
    {
        "id": f"job-{number + 1}",
        "location": places[3 * number + 1],
        "service": 2400,
        "service_by_type": {"apprentice": 3600},
        "skills": ["gas"] if number % 5 == 0 else ["power"],
        "preferred": ["09:00", "12:00"] if number % 2 else ["13:00", "16:00"],
        "per_minute_early": 0.05,
        "per_minute_late": 0.1,
        "importance": 5 if number == 7 else 1,
    }
    for number in range(20)
]
jobs[7] |= {"windows": [["08:00", "09:00"]], "urgency": 10}
problem = o2.Problem(
    date="2026-11-23",
    time_zone="Europe/Helsinki",
    vehicles=technicians,
    orders=jobs,
    relations=[
        {"type": "in_order", "requests": ["job-2", "job-12"]},
        {"type": "different_vehicles", "requests": ["job-3", "job-4"]},
    ],
)

# %%
plan = o2.solve(problem, roads=roads, time_limit=3, seed=1)
print(f"{plan.summary.served} of {len(jobs)} jobs served by {plan.summary.vehicles} technicians")
for route in plan.routes:
    print(route.vehicle)
    for stop in route.stops:
        if stop.kind in ("order", "break"):
            print(f"  {stop.start[11:16]} {stop.id}")
    print(f"  overtime {route.costs.overtime:.2f}, times other than preferred {route.costs.moments:.2f}")
for job in plan.unassigned:
    print(f"{job.id} is not served: {job.reasons[0].message}")
print(f"the checker finds {len(o2.check(problem, plan, roads=roads))} violations")
