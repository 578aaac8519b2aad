"""The order of the hierarchy, taken over from another time of the same map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from o2oroute.road.network import RoadNetwork

__all__ = ["order_as_in"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


def order_as_in(like: RoadNetwork, junction_id: Int64, tail: Int32, head: Int32) -> Int32:
    """Return an elimination order that follows that of another network of the same map.

    Links between two junctions that the other does not have come first. Any order is exact, and a few streets
    more at the bottom of the hierarchy cost next to nothing.

    Parameters
    ----------
    like : RoadNetwork
    junction_id : ndarray of int64, shape (junctions,)
        OpenStreetMap ids.
    tail, head : ndarray of int32, shape (nodes,)
        Junctions where the node's segment starts and ends.

    Returns
    -------
    ndarray of int32, shape (nodes,)
        Rank of each node.
    """
    place = np.minimum(np.searchsorted(like.junction_osm_id, junction_id), like.junction_osm_id.size - 1)
    place = np.where(like.junction_osm_id[place] == junction_id, place, -1)
    links, first = np.unique(
        _links(like.junction_tail, like.junction_head, like.junction_osm_id.size), return_index=True
    )
    # one with an unknown end has a negative number, as no link of theirs has
    own = _links(place[tail], place[head], like.junction_osm_id.size)
    at = np.minimum(np.searchsorted(links, own), links.size - 1)
    rank = np.empty(own.size, np.int32)
    rank[np.argsort(np.where(links[at] == own, like.rank[first[at]], -1), kind="stable")] = np.arange(
        own.size
    )
    return rank


def _links(one: npt.NDArray[np.integer], two: npt.NDArray[np.integer], junctions: int) -> Int64:
    """Return a number for each pair of junctions, whatever their order."""
    number: Int64 = np.minimum(one, two).astype(np.int64) * junctions + np.maximum(one, two)
    return number
