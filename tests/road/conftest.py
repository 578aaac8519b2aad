"""Reading a small network back into letters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from o2oroute.road.network import RoadNetwork


def _letters(network: RoadNetwork, segment: int) -> str:
    """Return the junctions of a segment, such as ``"ab"``."""
    ends = (network.segment_tail[segment], network.segment_head[segment])
    return "".join(chr(network.junction_osm_id[junction]) for junction in ends)


@pytest.fixture
def segments() -> Callable[[RoadNetwork], list[str]]:
    """Return a function that lists the segments of a network as pairs of letters, sorted."""
    return lambda network: sorted(_letters(network, segment) for segment in range(network.segments))


@pytest.fixture
def turns() -> Callable[[RoadNetwork], set[str]]:
    """Return a function that lists the allowed turns of a network as ``"abc"``: from a over b to c."""

    def listed(network: RoadNetwork) -> set[str]:
        tails = np.repeat(np.arange(network.node_ms.size), np.diff(network.first_out))
        found = [
            _letters(network, network.segment_of_node[tail])
            + _letters(network, network.segment_of_node[head])[1]
            for tail, head in zip(tails, network.head, strict=True)
        ]
        assert len(set(found)) == len(found), "parallel roads: use other letters"
        return set(found)

    return listed
