"""Checks of a whole network, so that no file can drive compiled code out of bounds."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from o2oroute.errors import InputError
from o2oroute.road.geometry import E7
from o2oroute.road.kerb import RoadFlag
from o2oroute.road.network import RoadNetwork
from o2oroute.road.segments import LONGEST_DM, LONGEST_MS

__all__ = ["check_network"]

_LONGEST_ARC_MS: Final = 2**30 - 1


def check_network(network: RoadNetwork, *, source: str) -> None:
    """Raise if arrays of a network contradict each other.

    Parameters
    ----------
    network : RoadNetwork
    source : str
        What messages call it, such as its file name.

    Raises
    ------
    InputError
        Naming the first array that is wrong, and where.
    """
    checks = _Checks(network, source)
    checks.sizes()
    checks.junctions_and_segments()
    checks.shapes()
    checks.graph()


class _Checks:
    def __init__(self, network: RoadNetwork, source: str) -> None:
        self.network = network
        self.source = source

    def sizes(self) -> None:
        if not self.network.segments:
            raise InputError(
                f"{self.source}: the network has no segments; build it again from OpenStreetMap data"
            )

    def junctions_and_segments(self) -> None:
        net = self.network
        junctions, segments = net.junction_lon.size, net.segments
        self._within("junction_lon", -180 * E7, 180 * E7)
        self._within("junction_lat", -90 * E7, 90 * E7)
        for name in ("segment_tail", "segment_head"):
            self._within(name, 0, junctions - 1)
        self._within("segment_ms", 1, LONGEST_MS)
        self._within("segment_dm", 0, LONGEST_DM)
        self._within("segment_class", 0, len(net.class_names) - 1)
        self._within("segment_flags", 0, sum(RoadFlag))
        self._within("segment_name", 0, len(net.names) - 1)
        self._within("segment_reversed", 0, 1)
        self._within("segment_twin", -1, segments - 1)
        twin = net.segment_twin
        has = np.flatnonzero(twin >= 0)
        back = twin[has]
        self._all(
            "segment_twin",
            (twin[back] == has)
            & (net.segment_tail[back] == net.segment_head[has])
            & (net.segment_shape[back] == net.segment_shape[has])
            & (net.segment_reversed[back] != net.segment_reversed[has]),
        )

    def shapes(self) -> None:
        net = self.network
        self._bounds("shape_first", net.shape_lon.size, least=2)
        self._within("shape_lon", -180 * E7, 180 * E7)
        self._within("shape_lat", -90 * E7, 90 * E7)
        shapes = net.shape_first.size - 1
        self._within("segment_shape", 0, shapes - 1)
        self._all("segment_shape", np.bincount(net.segment_shape, minlength=shapes) > 0)

    def graph(self) -> None:
        net = self.network
        nodes = net.node_ms.size
        self._bounds("segment_nodes_first", nodes, least=1)
        self._within("segment_nodes", 0, nodes - 1)
        self._within("segment_of_node", 0, net.segments - 1)
        segment = np.repeat(np.arange(net.segments), np.diff(net.segment_nodes_first))
        self._all("segment_of_node", net.segment_of_node[net.segment_nodes] == segment)
        own = net.segment_of_node
        for name, of_segment in (
            ("node_ms", net.segment_ms),
            ("node_dm", net.segment_dm),
            ("junction_tail", net.segment_tail),
            ("junction_head", net.segment_head),
        ):
            self._all(name, getattr(net, name) == of_segment[own])
        self._bounds("first_out", net.head.size, least=0)
        self._within("head", 0, nodes - 1)
        tail = np.repeat(np.arange(nodes), np.diff(net.first_out))
        self._all("head", net.junction_tail[net.head] == net.junction_head[tail])
        self._within("weight_ms", 0, _LONGEST_ARC_MS)
        self._all("weight_ms", net.weight_ms >= net.node_ms[tail])
        self._within("rank", 0, nodes - 1)
        self._all("rank", np.bincount(net.rank, minlength=nodes) == 1)

    def _within(self, name: str, low: int, high: int) -> None:
        array = getattr(self.network, name)
        if array.size and (array.min() < low or array.max() > high):
            bad = int(np.flatnonzero((array < low) | (array > high))[0])
            raise self._error(name, f"value {array[bad]} at {bad}; it must be from {low} to {high}")

    def _bounds(self, name: str, total: int, *, least: int) -> None:
        array = getattr(self.network, name)
        count = np.diff(array.astype(np.int64))
        if array[0] != 0 or array[-1] != total or (count.size and count.min() < least):
            raise self._error(name, f"it must rise from 0 to {total} by at least {least} each time")

    def _all(self, name: str, right: npt.NDArray[Any]) -> None:
        if not right.all():
            raise self._error(name, f"entry {int(np.flatnonzero(~right)[0])} contradicts the other arrays")

    def _error(self, name: str, what: str) -> InputError:
        return InputError(
            f"{self.source}: array {name} is wrong: {what}; prepare the network again from OpenStreetMap data"
        )
