"""The roads behind a plan: those about it, the main ones first, as short text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import ranges
from o2oroute.road.geometry import E7
from o2oroute.road.network import RoadNetwork
from o2oroute.viz.extent import Extent
from o2oroute.viz.polyline import E6, encode_lines

__all__ = ["RANKS", "road_layers"]

#: Rank of each class of road, 0 for the most important; ``ROAD_STYLES`` of ``assets/map.js`` draws them.
RANKS: Final[Mapping[str, int]] = {
    "motorway": 0,
    "trunk": 0,
    "primary": 1,
    "secondary": 1,
    "motorway_link": 2,
    "trunk_link": 2,
    "primary_link": 2,
    "secondary_link": 2,
    "tertiary": 2,
    "tertiary_link": 2,
    "service": 4,
    "track": 4,
    "path": 4,
    "footway": 4,
    "cycleway": 4,
    "pedestrian": 4,
    "steps": 4,
}
_OTHER_RANK: Final = 3
_RANKS: Final = 5


def road_layers(
    network: RoadNetwork, extent: Extent, origin: tuple[int, int], *, budget: int
) -> tuple[list[dict[str, str]], bool]:
    """Return the roads that touch a box, by rank.

    Parameters
    ----------
    network : RoadNetwork
    extent : Extent
        The box.
    origin : tuple of int
        Lon and lat that positions are counted from, millionths of a degree.
    budget : int
        Most characters that all layers together may take.

    Returns
    -------
    layers : list of dict
        Encoded lines, one layer for each rank, the most important first. Where a rank does not fit into the
        budget, it and those behind it are left out.
    complete : bool
        Whether all ranks fitted.
    """
    layers: list[dict[str, str]] = []
    for shapes in _shapes_by_rank(network, extent):
        layer = _encode(network, shapes, origin)
        budget -= sum(map(len, layer.values()))
        if budget < 0:
            return layers, False
        layers.append(layer)
    return layers, True


def _shapes_by_rank(network: RoadNetwork, extent: Extent) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the shapes of each rank that touch the box; twins share a shape, so each street comes once."""
    rank_of_class = np.array([RANKS.get(name, _OTHER_RANK) for name in network.class_names], dtype=np.uint8)
    first = network.shape_first[:-1]
    if not first.size:
        return
    rank = np.full(first.size, _RANKS, dtype=np.uint8)
    np.minimum.at(rank, network.segment_shape, rank_of_class[network.segment_class])
    lon, lat = network.shape_lon, network.shape_lat
    touches = (
        (np.maximum.reduceat(lon, first) >= extent.west * E7)
        & (np.minimum.reduceat(lon, first) <= extent.east * E7)
        & (np.maximum.reduceat(lat, first) >= extent.south * E7)
        & (np.minimum.reduceat(lat, first) <= extent.north * E7)
    )
    for wanted in range(_RANKS):
        yield np.flatnonzero(touches & (rank == wanted))


def _encode(network: RoadNetwork, shapes: npt.NDArray[np.int64], origin: tuple[int, int]) -> dict[str, str]:
    """Return shapes as encoded lines."""
    sizes = np.diff(network.shape_first)[shapes]
    points = ranges(network.shape_first[shapes], sizes)
    first = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
    lon, lat = (
        np.rint(array[points] / (E7 / E6)).astype(np.int64) - zero
        for array, zero in zip((network.shape_lon, network.shape_lat), origin, strict=True)
    )
    return encode_lines(first, lon, lat)
