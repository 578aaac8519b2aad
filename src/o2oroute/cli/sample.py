"""Orders for a city that nobody ordered anything in: what the demo plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from o2oroute.road.network import RoadNetwork

__all__ = ["sample_orders"]

_ORDERS: Final = 60
_VANS: Final = 5
_WINDOWS: Final = (
    ("09:00", "11:00"),
    ("10:00", "12:00"),
    ("11:00", "13:00"),
    ("13:00", "15:00"),
    ("14:00", "17:00"),
)
#: Roads that people live at.
_STREETS: Final = ("residential", "living_street", "unclassified", "tertiary", "secondary")
_METRES_PER_DEGREE: Final = 111_195.0


def sample_orders(
    network: RoadNetwork, *, name: str, time_zone: str = "UTC", seed: int = 7
) -> dict[str, Any]:
    """Make up a day of a parcel service: 60 deliveries in windows, five vans, one hub.

    Doors lie a few metres beside streets, which are drawn by their length; loads, windows and service times
    are drawn too.

    Parameters
    ----------
    network : RoadNetwork
    name : str
        What the place is called.
    time_zone : str
    seed : int
        The same network and seed give the same orders.

    Returns
    -------
    dict
        The content of an order file.
    """
    rng = np.random.default_rng(seed)
    lived_at = [i for i, road in enumerate(network.class_names) if road in _STREETS]
    length = network.segment_dm * np.isin(network.segment_class, lived_at)
    if not length.any():
        length = network.segment_dm
    doors = rng.choice(network.segments, size=_ORDERS, p=length / length.sum())
    hub = _beside(network, int(length.argmax()), rng)
    orders = [_order(network, number, int(door), rng) for number, door in enumerate(doors, start=1)]
    return {
        "schema_version": 1,
        "date": "2026-11-23",
        "time_zone": time_zone,
        "properties": {"name": f"{name}: {_ORDERS} deliveries, {_VANS} vans"},
        "depots": [{"id": "hub", "location": hub, "windows": [["08:00", "18:00"]]}],
        "vehicles": [_van(number) for number in range(1, _VANS + 1)],
        "orders": orders,
    }


def _van(number: int) -> dict[str, Any]:
    return {
        "id": f"van-{number}",
        "start": "hub",
        "end": "hub",
        "capacity": {"parcels": 24, "kg": 100},
        "shift": ["08:30", "17:30"],
        "costs": {"fixed": 15, "per_hour": 20, "per_km": 0.3},
    }


def _order(network: RoadNetwork, number: int, segment: int, rng: np.random.Generator) -> dict[str, Any]:
    parcels = int(rng.choice([1, 1, 1, 2, 2, 3]))
    street = network.names[network.segment_name[segment]]
    return {
        "id": f"o-{number:02}",
        "location": _beside(network, segment, rng),
        "delivery": {"parcels": parcels, "kg": round(float(rng.gamma(2.0, 2.5)) + 0.5 * parcels, 1)},
        "service": int(rng.choice([180, 240, 240, 300, 420])),
        "windows": [list(_WINDOWS[int(rng.integers(len(_WINDOWS)))])],
        "properties": {"street": street} if street else {},
    }


def _beside(network: RoadNetwork, segment: int, rng: np.random.Generator) -> list[float]:
    """Return a place 5 to 15 metres beside a random point of a segment, as lon, lat."""
    shape = network.segment_shape[segment]
    first, last = network.shape_first[shape : shape + 2]
    line = np.column_stack([network.shape_lon[first:last], network.shape_lat[first:last]]) * 1e-7
    piece = int(rng.integers(len(line) - 1))
    here = line[piece] + rng.uniform(0.2, 0.8) * (line[piece + 1] - line[piece])
    # a right angle to the street, in a plane where both axes have the same scale
    scale = np.array([np.cos(np.radians(here[1])), 1.0])
    east, north = (line[piece + 1] - line[piece]) * scale
    aside = np.array([-north, east]) / (np.hypot(east, north) or 1.0)
    metres = rng.uniform(5, 15) * rng.choice([-1, 1])
    return [round(float(degrees), 6) for degrees in here + metres / _METRES_PER_DEGREE * aside / scale]
