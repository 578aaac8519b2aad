"""Contestant: scipy's Dijkstra, on the routing graph of o2oroute and the node nearest to each point."""

from __future__ import annotations

import numpy as np
import scipy
from common import Answer, Job, Question, Stopwatch, run
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

#: Sources in one call; a call returns the labels of all nodes.
AT_ONCE = 100


def prepare(job: Job) -> tuple[str, dict[str, float], Answer]:
    watch = Stopwatch()
    with np.load(job.graph) as parts:
        nodes = parts["first_out"].size - 1
        near = parts["point_node"]
        graph = csr_array(
            (parts["weight_ms"] / 1000, parts["head"], parts["first_out"]), shape=(nodes, nodes)
        )
    watch.lap("graph")

    def answer(asked: Question) -> None:
        points = near[: len(asked.points)]
        with asked.timed():
            for begin in range(0, points.size, AT_ONCE):
                dijkstra(graph, indices=points[begin : begin + AT_ONCE])[:, points]

    return f"scipy {scipy.__version__} (dijkstra)", watch.laps, answer


run(prepare)
