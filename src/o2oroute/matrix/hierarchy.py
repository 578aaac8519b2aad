"""The hierarchy of a network, kept as long as the network lives."""

from __future__ import annotations

from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

from o2oroute._core import Graph, Hierarchy, Metric, Seeds
from o2oroute.road.network import RoadNetwork
from o2oroute.road.snap import Snap

__all__ = ["graph_of", "metric_of", "seeds_of"]

_METRICS: Final[WeakKeyDictionary[RoadNetwork, Metric]] = WeakKeyDictionary()
_LOCK: Final = Lock()


def graph_of(network: RoadNetwork) -> Graph:
    """Return the routing graph of a network in the layout of the compiled code."""
    return Graph(network.first_out, network.head, network.weight_ms, network.node_ms, network.node_dm)


def seeds_of(graph: Graph, snap: Snap) -> Seeds:
    """Return snapped points as sources or targets on a graph."""
    return Seeds(graph, snap.seed_first, snap.seed_node, snap.seed_ms, snap.seed_dm)


def metric_of(network: RoadNetwork) -> Metric:
    """Return the network's customized hierarchy; the first call contracts the network in its stored order.

    Parameters
    ----------
    network : RoadNetwork

    Returns
    -------
    Metric
        The same object for every call; it may be read by many threads.
    """
    with _LOCK:
        metric = _METRICS.get(network)
        if metric is None:
            metric = Metric(Hierarchy(graph_of(network), network.rank))
            _METRICS[network] = metric
    return metric
