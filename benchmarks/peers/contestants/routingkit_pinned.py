"""Contestant: RoutingKit's customizable contraction hierarchy, through its Python bindings.

Needs ``routingkit-cch``. It has no roads of its own: it gets the routing graph of o2oroute and, instead of
coordinates, the node nearest to each point, so that snapping is not counted. One pinned set of targets and
one call a source, whose answers are Python lists.
"""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
from common import Answer, Job, Question, Stopwatch, run
from routingkit_cch import CCH, CCHMetric, CCHOneToMany, compute_order_inertial


def prepare(job: Job) -> tuple[str, dict[str, float], Answer]:
    with np.load(job.graph) as graph:
        nodes = graph["first_out"].size - 1
        tail = np.repeat(np.arange(nodes), np.diff(graph["first_out"])).tolist()
        head, weight, near = (graph[name].tolist() for name in ("head", "weight_ms", "point_node"))
        lat, lon = graph["lat"].tolist(), graph["lon"].tolist()
    watch = Stopwatch()
    order = compute_order_inertial(nodes, tail, head, lat, lon)
    watch.lap("order")
    hierarchy = CCH(order, tail, head, False)
    watch.lap("contract")
    metric = CCHMetric(hierarchy, weight)
    watch.lap("customize")

    def answer(asked: Question) -> None:
        points = near[: len(asked.points)]
        with asked.timed():
            targets = CCHOneToMany(metric, points)
            for source in points:
                targets.distances_from(source)

    return f"RoutingKit (routingkit-cch {version('routingkit-cch')})", watch.laps, answer


run(prepare)
