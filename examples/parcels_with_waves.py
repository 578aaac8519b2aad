# %% [markdown]
# # Parcels in waves
#
# A city hub with three departure waves. Lorries bring parcels to the hub in the morning and at half
# past ten; two small vans come back to load again. Which parcel leaves with which wave, and is the
# fleet large enough?

# %%
from importlib.resources import files
from pathlib import Path

import o2oroute as o2

data = Path(str(files("o2oroute") / "data"))
roads = o2.RoadNetwork.from_osm(data / "helsinki_center.osm.pbf")
day = o2.read_problem(data / "helsinki_orders.json")
HOUR = 3600  # times in this file are seconds since midnight

# %% [markdown]
# Trips leave the hub at the waves only, and loading for another trip takes a quarter of an hour.
# Every third parcel comes with the second lorry, so nothing can leave with it before 10:30. Doors
# within 25 metres are one stop: the van is parked once.

# %%
hub = {
    "id": "hub",
    "location": day.depots[0].location,
    "departures": [int(8.5 * HOUR), 11 * HOUR, 14 * HOUR],
    "loading": 900,
}
vans = [
    {
        "id": f"van-{number}",
        "start": "hub",
        "end": "hub",
        "capacity": {"parcels": 36},
        "shift": [int(8.5 * HOUR), int(18.5 * HOUR)],
        "trips": {"max": 3},
        "costs": {"fixed": 60, "per_hour": 22, "per_km": 0.3},
    }
    for number in (1, 2, 3)
]
parcels = [
    {
        "id": order.id,
        "location": order.location,
        "delivery": {"parcels": order.delivery["parcels"]},
        "setup": 90,
        "service": 60,
        "windows": order.windows,
        "release": int(10.5 * HOUR) if number % 3 == 0 and order.windows[0][0] >= 11 * HOUR else None,
    }
    for number, order in enumerate(day.orders)
]
problem = o2.Problem(
    date=day.date,
    time_zone=day.time_zone,
    depots=[hub],
    vehicles=vans,
    orders=parcels,
    join_within=25.0,
)

# %%
plan = o2.solve(problem, roads=roads, time_limit=3, seed=1)
print(f"{plan.summary.served} parcels in {plan.summary.vehicles} vans, {plan.summary.unassigned} left over")
for route in plan.routes:
    print(f"{route.vehicle}: {route.distance / 1000:.1f} km, back at {route.stops[-1].arrival[11:16]}")
    for stop in route.stops:
        if stop.kind in ("start", "reload"):
            print(f"  wave of {stop.departure[11:16]} with {stop.load.get('parcels', 0)} parcels")

# %% [markdown]
# What is left over says why. The checker finds nothing wrong, and the map has the trips on a
# timeline.

# %%
for order in plan.unassigned[:3]:
    print(order.id, order.reasons[0].message)
print(f"the checker finds {len(o2.check(problem, plan, roads=roads))} violations")
o2.draw_map(plan, "parcels.html", roads=roads)
