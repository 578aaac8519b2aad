"""Contestant: o2oroute, from coordinates to the finished matrix, snapping included."""

from __future__ import annotations

import ctypes
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
from common import Answer, Job, Question, Stopwatch, run

from o2oroute._core import Graph, Metric
from o2oroute.matrix.growing import GrowingMatrix
from o2oroute.matrix.hierarchy import metric_of
from o2oroute.road.network import RoadNetwork


def prepare(job: Job) -> tuple[str, dict[str, float], Answer]:
    watch = Stopwatch()
    network = RoadNetwork.from_osm(job.extract, profile="car")
    watch.lap("read, build, order")
    metric_of(network)
    watch.lap("contract, customize")
    network.snap(job.points[:1])
    watch.lap("snap index")
    kinds = {"matrix": matrix, "recustomize": recustomize, "add a point": add_a_point, "memory": memory}
    return f"o2oroute {version('o2oroute')}", watch.laps, lambda asked: kinds[asked.kind](network, asked)


def matrix(network: RoadNetwork, asked: Question) -> None:
    with asked.timed():
        found = network.matrix(asked.points, distances=asked.distances, threads=asked.threads)
    asked.done(found.durations, found.distances)


def recustomize(network: RoadNetwork, asked: Question) -> None:
    """Give each segment another speed, and customize anew."""
    hierarchy = metric_of(network).hierarchy
    factor = np.random.default_rng(1).uniform(1.0, 2.0, network.node_ms.size)
    tail = np.repeat(np.arange(network.node_ms.size), np.diff(network.first_out))
    with asked.timed():
        node_ms = (network.node_ms * factor).astype(np.int32)
        weight_ms = network.weight_ms + (node_ms - network.node_ms)[tail]
        Metric(hierarchy, Graph(network.first_out, network.head, weight_ms, node_ms, network.node_dm))


def add_a_point(network: RoadNetwork, asked: Question) -> None:
    """Compute the row and the column of one point more."""
    growing = GrowingMatrix(network, asked.points[:-2])
    growing.add(asked.points[-2:-1])  # so that there is room for more, and nothing has to be copied
    with asked.timed():
        growing.add(asked.points[-1:])


def memory(network: RoadNetwork, asked: Question) -> None:
    """Compute a matrix, and tell how far the memory in use rose above its bytes meanwhile."""
    before = restart_peak()
    with asked.timed():
        found = network.matrix(asked.points, distances=asked.distances, threads=asked.threads)
    output = found.durations.nbytes + (0 if found.distances is None else found.distances.nbytes)
    asked.answer["peak over output"] = status_bytes("VmHWM") - before - output


def restart_peak() -> int:
    """Give back the memory of earlier answers and forget the peak; return the bytes in use."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
    if Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5")
    return status_bytes("VmRSS")


def status_bytes(name: str) -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    (line,) = [line for line in status.read_text().splitlines() if line.startswith(name)]
    return 1024 * int(line.split()[1])


run(prepare)
