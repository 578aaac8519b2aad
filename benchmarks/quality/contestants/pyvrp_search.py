"""PyVRP's iterated local search, on its one thread."""

from __future__ import annotations

import numpy as np
import pyvrp
from common import Routes, fleet, take_part
from pyvrp.stop import MaxRuntime

#: What is told of an order.
ORDER = ("load", "service", "open", "close", "release", "prize")
#: The most that a leg or a vehicle costs, in PyVRP's units, and the most for a unit of overload or lateness.
#: PyVRP's own 100 000 finds no plan if a vehicle's fixed cost is more for each unit of its capacity.
LARGE_COST = 10**8
MAX_PENALTY = 10**9
#: Length of a leg to an order that a vehicle may not serve; four of them fit 32 bits. Its duration is no
#: longer than the day, so that many of them fit 64 bits with the largest penalty.
NO_WAY = 2**29


def solve(arrays: dict[str, np.ndarray], seconds: float, seed: int):
    groups = fleet(arrays)
    shorten(arrays)
    places = sorted({int(arrays[f"vehicle_{end}"][group[0]]) for group in groups for end in ("start", "end")})
    points = np.concatenate((places, arrays["order_point"]))
    location = [pyvrp.Location(0, 0) for _ in range(len(points))]
    clients = [
        pyvrp.Client(
            location=len(places) + i,
            delivery=load.tolist(),
            service_duration=int(service),
            tw_early=int(opening),
            tw_late=int(closing),
            release_time=int(release),
            prize=max(int(prize), 0),
            required=bool(prize < 0),
        )
        for i, (load, service, opening, closing, release, prize) in enumerate(
            zip(*(arrays[f"order_{name}"] for name in ORDER), strict=True)
        )
    ]
    first = {name: values[[group[0] for group in groups]].tolist() for name, values in arrays.items()
             if name.startswith("vehicle_")}  # fmt: skip
    profiles = sorted({tuple(choices) for choices in first["vehicle_choice"]}, reverse=True)
    types = [
        pyvrp.VehicleType(
            num_available=len(group),
            capacity=first["vehicle_capacity"][i],
            start_depot=places.index(first["vehicle_start"][i]),
            end_depot=places.index(first["vehicle_end"][i]),
            fixed_cost=first["vehicle_fixed"][i],
            tw_early=first["vehicle_open"][i],
            tw_late=first["vehicle_close"][i],
            shift_duration=first["vehicle_max_duty"][i],
            max_distance=first["vehicle_max_length"][i],
            unit_distance_cost=first["vehicle_per_length"][i],
            unit_duration_cost=first["vehicle_per_tick"][i],
            reload_depots=[places.index(first["vehicle_start"][i])] * (first["vehicle_max_trips"][i] > 1),
            max_reloads=first["vehicle_max_trips"][i] - 1,
            profile=profiles.index(tuple(first["vehicle_choice"][i])),
        )
        for i, group in enumerate(groups)
    ]
    square = np.ix_(points, points)
    too_late = min(1 + max(arrays["order_close"].max(), arrays["vehicle_close"].max()), NO_WAY)
    distances, durations = [], []
    for choices in profiles:
        closed = np.concatenate((np.zeros(len(places), bool), ~np.array(choices)[arrays["order_choice"]]))
        closed = closed[:, np.newaxis] | closed
        np.fill_diagonal(closed, val=False)
        distances.append(np.where(closed, NO_WAY, arrays["distances"][square]))
        durations.append(np.where(closed, too_late, arrays["durations"][square]))
    data = pyvrp.ProblemData(
        location, clients, [pyvrp.Depot(location=i) for i in range(len(places))], types, distances, durations
    )  # fmt: skip

    params = pyvrp.SolveParams(penalty=pyvrp.PenaltyParams(max_penalty=MAX_PENALTY))

    def search() -> Routes:
        best = pyvrp.solve(data, MaxRuntime(seconds), seed, display=False, params=params).best
        routes: Routes = {}
        free = [list(group) for group in groups]
        for route in best.routes():
            # the first and the last stop are the route's ends, depots between them are reloads
            visits = [activity.idx if activity.is_client() else -1 for activity in route][1:-1]
            if visits:
                routes[free[route.vehicle_type()].pop()] = visits
        return routes

    return search


def shorten(arrays: dict[str, np.ndarray]) -> None:
    """Count lengths and fixed costs in larger units where they are large; they change by a millionth."""
    lengths = arrays["distances"]
    longest = lengths[lengths < NO_WAY].max()
    largest = max(longest * arrays["vehicle_per_length"].max(), arrays["vehicle_fixed"].max())
    unit = int(largest // LARGE_COST)
    if unit > 1 and not arrays["vehicle_per_tick"].any():
        for name in ("distances", "vehicle_fixed", "vehicle_max_length"):
            arrays[name] = arrays[name] // unit


if __name__ == "__main__":
    take_part(solve)
