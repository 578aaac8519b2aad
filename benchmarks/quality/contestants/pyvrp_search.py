"""PyVRP's iterated local search, on its one thread."""

from __future__ import annotations

import numpy as np
import pyvrp
from common import Routes, fleet, take_part
from pyvrp.stop import MaxRuntime


def solve(arrays: dict[str, np.ndarray], seconds: float, seed: int):
    groups = fleet(arrays)
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
            prize=max(int(prize), 0),
            required=bool(prize < 0),
        )
        for i, (load, service, opening, closing, prize) in enumerate(
            zip(
                *(arrays[f"order_{name}"] for name in ("load", "service", "open", "close", "prize")),
                strict=True,
            )
        )
    ]
    first = {name: values[[group[0] for group in groups]].tolist() for name, values in arrays.items()
             if name.startswith("vehicle_")}  # fmt: skip
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
        )
        for i, group in enumerate(groups)
    ]
    square = np.ix_(points, points)
    data = pyvrp.ProblemData(
        location, clients, [pyvrp.Depot(location=i) for i in range(len(places))], types,
        [np.ascontiguousarray(arrays["distances"][square])],
        [np.ascontiguousarray(arrays["durations"][square])],
    )  # fmt: skip

    def search() -> Routes:
        best = pyvrp.solve(data, stop=MaxRuntime(seconds), seed=seed, display=False).best
        routes: Routes = {}
        free = [list(group) for group in groups]
        for route in best.routes():
            visits = [activity.idx for activity in route if activity.is_client()]
            if visits:
                routes[free[route.vehicle_type()].pop()] = visits
        return routes

    return search


if __name__ == "__main__":
    take_part(solve)
