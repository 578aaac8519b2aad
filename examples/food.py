# %% [markdown]
# # Food from kitchens to doors
#
# Riders pick meals up when they are ready and bring them while they are hot: no meal rides longer
# than 20 minutes, and every minute behind the time that was promised costs money. Riders on cargo
# bikes carry four bags; they start where they are and stop where they are.

# %%
from importlib.resources import files
from pathlib import Path

import o2oroute as o2

data = Path(str(files("o2oroute") / "data"))
roads = o2.RoadNetwork.from_osm(data / "helsinki_center.osm.pbf", profile="scooter")
places = [order.location for order in o2.read_problem(data / "helsinki_orders.json").orders]
HOUR, MINUTE = 3600, 60  # times are seconds since midnight

# %% [markdown]
# Twelve meals from three kitchens. A kitchen says when a meal is ready, the customer has been
# promised half an hour later.

# %%
kitchens = {"noodles": places[3], "pizza": places[17], "curry": places[40]}
names = list(kitchens)
meals = []
for number in range(12):
    ready = 11 * HOUR + 45 * MINUTE + 4 * MINUTE * number
    meals.append(
        {
            "id": f"meal-{number + 1}",
            "pickup": {
                "location": kitchens[names[number % 3]],
                "setup": 120,  # park, walk in: once for two meals of one kitchen
                "service": 30,
                "windows": [[ready, ready + 30 * MINUTE]],
            },
            "delivery": {
                "location": places[4 * number + 5],
                "service": 90,
                "preferred": [ready, ready + 30 * MINUTE],
                "per_minute_late": 0.5,
            },
            "load": {"bags": 1},
            "max_ride": 20 * MINUTE,
        }
    )
riders = [
    {
        "id": f"rider-{number + 1}",
        "profile": "scooter",
        "start": places[10 * number],
        "capacity": {"bags": 4},
        "shift": [11 * HOUR + 30 * MINUTE, 15 * HOUR],
        "costs": {"per_hour": 18, "per_km": 0},
    }
    for number in range(3)
]
problem = o2.Problem(
    date="2026-11-23", time_zone="Europe/Helsinki", vehicles=riders, orders=[], shipments=meals
)

# %%
plan = o2.solve(problem, roads={"scooter": roads}, time_limit=3, seed=1)
print(f"{plan.summary.served} of {len(meals)} meals served by {plan.summary.vehicles} riders")
for route in plan.routes:
    left = {stop.id: stop.departure_seconds for stop in route.stops if stop.task == "pickup"}
    for stop in route.stops:
        if stop.task == "delivery":
            ride = (stop.start_seconds - left[stop.id]) / 60
            print(f"{route.vehicle} {stop.start[11:16]} {stop.id}, {ride:.0f} min on the scooter")

# %% [markdown]
# What late meals cost is part of the plan's costs, and the checker has counted the minutes as well.

# %%
print(f"late minutes cost {sum(route.costs.moments for route in plan.routes):.2f}")
print(f"the checker finds {len(o2.check(problem, plan, roads={'scooter': roads}))} violations")
