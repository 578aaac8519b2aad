"""Make the orders of the demo: deliveries along the streets of the extract in the package.

    python tools/make_demo_orders.py

Doors lie a few metres beside streets drawn by length; loads, windows and service times are drawn from what a
parcel service sees. The seed is fixed, and nobody lives at these doors.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from o2oroute import RoadNetwork

DATA = Path(__file__).resolve().parents[1] / "src" / "o2oroute" / "data"
ORDERS, VANS, SEED = 60, 5, 7
WINDOWS = [["09:00", "11:00"], ["10:00", "12:00"], ["11:00", "13:00"], ["13:00", "15:00"], ["14:00", "17:00"]]
STREETS = ("residential", "living_street", "tertiary", "secondary", "unclassified")
METRES_PER_DEGREE = 111_195.0


def main() -> None:
    """Write the file."""
    network = RoadNetwork.from_osm(DATA / "helsinki_center.osm.pbf")
    rng = np.random.default_rng(SEED)
    streets = [
        segment
        for segment in range(network.segments)
        if network.class_names[network.segment_class[segment]] in STREETS and network.segment_name[segment]
    ]
    weight = network.segment_dm[streets].astype(float)
    doors = rng.choice(streets, size=ORDERS, p=weight / weight.sum())
    problem = {
        "schema_version": 1,
        "date": "2026-11-23",
        "time_zone": "Europe/Helsinki",
        "properties": {"name": "Helsinki centre: 60 deliveries, 5 vans"},
        "depots": [
            {
                "id": "hub",
                "location": _beside(network, _busiest(network), rng),
                "windows": [["08:00", "18:00"]],
            }
        ],
        "vehicles": [
            {
                "id": f"van-{number}",
                "start": "hub",
                "end": "hub",
                "capacity": {"parcels": 24, "kg": 100},
                "shift": ["08:30", "17:30"],
                "costs": {"fixed": 15, "per_hour": 20, "per_km": 0.3},
            }
            for number in range(1, VANS + 1)
        ],
        "orders": [_order(network, number, int(door), rng) for number, door in enumerate(doors, start=1)],
    }
    path = DATA / "helsinki_orders.json"
    path.write_text(json.dumps(problem, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _order(network: RoadNetwork, number: int, segment: int, rng: np.random.Generator) -> dict[str, Any]:
    parcels = int(rng.choice([1, 1, 1, 2, 2, 3]))
    order: dict[str, Any] = {
        "id": f"o-{number:02}",
        "location": _beside(network, segment, rng),
        "delivery": {"parcels": parcels, "kg": round(float(rng.gamma(2.0, 2.5)) + 0.5 * parcels, 1)},
        "service": int(rng.choice([180, 240, 240, 300, 420])),
        "windows": [WINDOWS[int(rng.integers(len(WINDOWS)))]],
        "properties": {"street": network.names[network.segment_name[segment]]},
    }
    return order


def _busiest(network: RoadNetwork) -> int:
    """Return the longest residential segment: there is room for a hub."""
    residential = network.class_names.index("residential")
    length = np.where(network.segment_class == residential, network.segment_dm, 0)
    return int(length.argmax())


def _beside(network: RoadNetwork, segment: int, rng: np.random.Generator) -> list[float]:
    """Return a place 5 to 15 metres beside a random point of a segment, as lon, lat."""
    shape = network.segment_shape[segment]
    first, last = network.shape_first[shape : shape + 2]
    lon, lat = network.shape_lon[first:last] * 1e-7, network.shape_lat[first:last] * 1e-7
    piece = int(rng.integers(last - first - 1))
    along = rng.uniform(0.2, 0.8)
    here = np.array(
        [
            lon[piece] + along * (lon[piece + 1] - lon[piece]),
            lat[piece] + along * (lat[piece + 1] - lat[piece]),
        ]
    )
    shrink = np.cos(np.radians(here[1]))
    east, north = (lon[piece + 1] - lon[piece]) * shrink, lat[piece + 1] - lat[piece]
    aside = rng.uniform(5, 15) * rng.choice([-1, 1]) / METRES_PER_DEGREE / (np.hypot(east, north) or 1.0)
    here += np.array([-north * aside / shrink, east * aside])
    return [round(float(value), 6) for value in here]


if __name__ == "__main__":
    main()
