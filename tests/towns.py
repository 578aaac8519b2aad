"""A square town with orders, for tests of the search."""

from __future__ import annotations

import numpy as np

from o2oroute import Problem


def town(orders, *, seed=1, vehicles=10, **changes):
    """Orders spread over a square town, with windows and loads that bind."""
    rng = np.random.default_rng(seed)
    places = rng.uniform((126.9, 37.5), (127.0, 37.58), (orders, 2)).round(5).tolist()
    opens = rng.integers(8 * 3600, 16 * 3600, orders).tolist()
    problem = {
        "depots": [{"id": "hub", "location": [126.95, 37.54]}],
        "vehicles": [
            {
                "id": f"v-{i}",
                "start": "hub",
                "end": "hub",
                "capacity": {"kg": 20 + i % 3},
                "shift": [7 * 3600, 18 * 3600],
                "costs": {"fixed": 20, "per_hour": 15 if i % 2 else 0, "per_km": 0.5},
            }
            for i in range(vehicles)
        ],
        "orders": [
            {
                "id": i,
                "location": place,
                "delivery": {"kg": 1},
                "service": 120,
                "windows": [[first, first + 7200]],
            }
            for i, (place, first) in enumerate(zip(places, opens, strict=True))
        ],
    }
    return Problem.from_dict(problem | changes)
