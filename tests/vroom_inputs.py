"""Made-up VROOM inputs with matrices, from which every documented field comes up in some."""

from __future__ import annotations

import random

HORIZON = 36_000
#: A Monday in 2026, 06:00 UTC.
EPOCH = 1_795_413_600


def vroom_input(seed, *, tasks=None):
    """Return a VROOM input of 5 to 60 tasks; the same seed gives the same one."""
    rng = random.Random(seed)
    count = tasks or rng.randint(5, 60)
    some = _Chances(rng)
    shipments = rng.randint(1, count // 3) if some.shipments and count >= 6 else 0
    sites = count + rng.randint(1, 3)
    begin = EPOCH if some.timestamps else 0
    units = rng.choice([1, 1, 2]) if some.amounts else 0
    profiles = ["car", "bike"] if some.profiles else ["car"]
    world = {
        "vehicles": [
            _vehicle(rng, some, i, sites - count, begin, units, rng.choice(profiles), count)
            for i in range(max(2, count // rng.randint(5, 9)))
        ]
    }
    jobs = count - 2 * shipments
    stops = list(range(sites - count, sites))
    rng.shuffle(stops)
    if some.same_place:  # parcels for one door
        stops = [rng.choice(stops) for _ in stops]
    world["jobs"] = [_job(rng, some, i, stops[i], begin, units) for i in range(jobs)]
    if shipments:
        world["shipments"] = [
            _shipment(rng, some, i, stops[jobs + 2 * i], stops[jobs + 2 * i + 1], begin, units)
            for i in range(shipments)
        ]
    plane = [(rng.uniform(0, 10_000), rng.uniform(0, 10_000)) for _ in range(sites)]
    if some.old_matrix and len(profiles) == 1 and not (some.distances or some.costs):
        world["matrix"] = _durations(rng, plane, 10)
    else:
        world["matrices"] = {profile: _matrices(rng, some, plane, profile) for profile in profiles}
    if some.coordinates:
        for stop in _stops(world):
            x, y = plane[stop["location_index"]]
            stop["location"] = [round(2.3 + x / 80_000, 5), round(48.8 + y / 111_000, 5)]
    return world


class _Chances:
    """Which families of fields an input uses."""

    def __init__(self, rng):
        for name, chance in {
            "shipments": 0.5,
            "timestamps": 0.25,
            "amounts": 0.8,
            "profiles": 0.25,
            "same_place": 0.2,
            "old_matrix": 0.5,
            "distances": 0.5,
            "costs": 0.12,
            "coordinates": 0.3,
            "windows": 0.7,
            "skills": 0.4,
            "priorities": 0.4,
            "setups": 0.4,
            "types": 0.3,
            "breaks": 0.4,
            "speeds": 0.3,
            "limits": 0.35,
            "prices": 0.4,
            "open_ends": 0.25,
            "descriptions": 0.3,
            "old_amount": 0.15,
        }.items():
            setattr(self, name, rng.random() < chance)


def _durations(rng, plane, speed):
    noise = [[rng.uniform(1.0, 1.2) for _ in plane] for _ in plane]
    return [
        [0 if i == j else round(_distance(a, b) * noise[i][j] / speed) for j, b in enumerate(plane)]
        for i, a in enumerate(plane)
    ]


def _distance(a, b):
    return ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5


def _matrices(rng, some, plane, profile):
    tables = {"durations": _durations(rng, plane, 10 if profile == "car" else 5)}
    if some.distances:
        tables["distances"] = [[round(_distance(a, b)) for b in plane] for a in plane]
    if some.costs:
        tables["costs"] = _durations(rng, plane, 7)
    return tables


def _vehicle(rng, some, i, depots, begin, units, profile, count):
    depot = rng.randrange(depots)
    first = begin + rng.choice([0, 0, 3600])
    last = begin + HORIZON - rng.choice([0, 0, 7200])
    vehicle = {"id": i + 1, "start_index": depot, "end_index": depot, "time_window": [first, last]}
    if profile != "car" or some.profiles:
        vehicle["profile"] = profile
    if some.open_ends and rng.random() < 0.5:
        del vehicle[rng.choice(["start_index", "end_index"])]
    if units:
        vehicle["capacity"] = [rng.randint(6, 16) for _ in range(units)]
    _add_person(rng, some, vehicle)
    _add_limits(rng, some, vehicle, count)
    _add_costs(rng, some, vehicle)
    if some.breaks:
        vehicle["breaks"] = [_break(rng, some, k, begin, units) for k in range(rng.choice([1, 1, 2]))]
    return vehicle


def _add_person(rng, some, vehicle):
    if some.skills:
        vehicle["skills"] = sorted(rng.sample([1, 2, 3], rng.randint(1, 3)))
    if some.types:
        vehicle["type"] = rng.choice(["van", "bike"])
    if some.speeds:
        vehicle["speed_factor"] = rng.choice([1.0, 1.3, 0.8, 2])
    if some.descriptions:
        vehicle["description"] = f"vehicle {vehicle['id']}"


def _add_limits(rng, some, vehicle, count):
    if not some.limits:
        return
    vehicle["max_tasks"] = rng.randint(4, max(5, count // 2))
    if rng.random() < 0.5:
        vehicle["max_travel_time"] = rng.randint(3000, 9000)
    if some.distances and not some.costs and rng.random() < 0.5:
        vehicle["max_distance"] = rng.randint(30_000, 90_000)


def _add_costs(rng, some, vehicle):
    if not some.prices:
        return
    vehicle["costs"] = {"fixed": rng.choice([0, 500, 1500]), "per_task_hour": rng.choice([0, 1800])}
    if not some.costs:
        vehicle["costs"]["per_hour"] = rng.choice([3600, 7200])
        vehicle["costs"]["per_km"] = rng.choice([0, 100]) if some.distances else 0


def _break(rng, some, k, begin, units):
    first = begin + 9000 + 10_000 * k
    rest = {"id": k + 1, "service": rng.choice([900, 1800]), "time_windows": [[first, first + 3600]]}
    if rng.random() < 0.3:
        rest["time_windows"].append([first + 5400, first + 7200])
    if units and rng.random() < 0.3:
        rest["max_load"] = [rng.randint(4, 12) for _ in range(units)]
    if some.descriptions:
        rest["description"] = "lunch"
    return rest


def _stop(rng, some, i, site, begin):
    stop = {"id": i + 1, "location_index": site, "service": rng.choice([0, 60, 180, 300])}
    if some.setups and rng.random() < 0.6:
        stop["setup"] = rng.choice([30, 120])
    if some.types and rng.random() < 0.4:
        stop["service_per_type"] = {"bike": rng.choice([30, 400])}
        if some.setups:
            stop["setup_per_type"] = {"van": 240}
    if some.windows and rng.random() < 0.5:
        first = begin + 60 * rng.randint(20, 400)
        stop["time_windows"] = [[first, first + 60 * rng.randint(30, 150)]]
        if rng.random() < 0.25:
            stop["time_windows"].append([stop["time_windows"][0][1] + 1800, begin + HORIZON])
    if some.descriptions and rng.random() < 0.5:
        stop["description"] = f"task {i + 1}"
    return stop


def _job(rng, some, i, site, begin, units):
    job = _stop(rng, some, i, site, begin)
    if units:
        amount = [rng.randint(0, 3) for _ in range(units)]
        kinds = ["amount"] if some.old_amount else ["delivery", "pickup"]
        job[rng.choice(kinds)] = amount
        if not some.old_amount and rng.random() < 0.15:
            job |= {"delivery": amount, "pickup": [1] * units}
    return job | _wants(rng, some)


def _shipment(rng, some, i, site, other, begin, units):
    pickup = _stop(rng, some, i, site, begin)
    delivery = _stop(rng, some, i, other, begin)
    if "time_windows" in pickup:  # so that there is time enough for the delivery behind it
        delivery.pop("time_windows", None)
    shipment = {"pickup": pickup, "delivery": delivery}
    if units:
        shipment["amount"] = [rng.randint(0, 3) for _ in range(units)]
    return shipment | _wants(rng, some)


def _wants(rng, some):
    wants = {}
    if some.skills and rng.random() < 0.3:
        wants["skills"] = [rng.choice([1, 2, 3])]
    if some.priorities and rng.random() < 0.5:
        wants["priority"] = rng.choice([1, 10, 50, 100])
    return wants


def _stops(world):
    yield from world["jobs"]
    for shipment in world.get("shipments", ()):
        yield from (shipment["pickup"], shipment["delivery"])
