"""Reading a small network back into letters, and driving on it."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx
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
        assert network.node_ms.size == network.segments, "several nodes for a segment: look at paths instead"
        tails = np.repeat(np.arange(network.node_ms.size), np.diff(network.first_out))
        found = [
            _letters(network, network.segment_of_node[tail])
            + _letters(network, network.segment_of_node[head])[1]
            for tail, head in zip(tails, network.head, strict=True)
        ]
        assert len(set(found)) == len(found), "parallel roads: use other letters"
        return set(found)

    return listed


@pytest.fixture
def drive() -> Callable[[RoadNetwork, str, str], str]:
    """Return a function that drives from the middle of one segment to that of another.

    Segments are pairs of letters; the answer names the junctions that are passed, ``""`` if there is no way.
    """

    def driven(network: RoadNetwork, start: str, end: str) -> str:
        nodes = [_letters(network, segment) for segment in network.segment_of_node]
        graph = nx.DiGraph()
        for node in range(len(nodes)):
            for arc in range(network.first_out[node], network.first_out[node + 1]):
                graph.add_edge(node, int(network.head[arc]), weight=int(network.weight_ms[arc]))
        sources = [node for node, name in enumerate(nodes) if name == start]
        targets = [node for node, name in enumerate(nodes) if name == end]
        assert sources, f"no segment {start}"
        assert targets, f"no segment {end}"
        graph.add_weighted_edges_from(("from", node, 0) for node in sources)
        graph.add_weighted_edges_from((node, "to", 0) for node in targets)
        if not nx.has_path(graph, "from", "to"):
            return ""
        path = nx.shortest_path(graph, "from", "to", weight="weight")[1:-1]
        return "".join(nodes[node][0] for node in path) + nodes[path[-1]][1]

    return driven
