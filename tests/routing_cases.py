"""Random routing graphs for the tests of the kernels, and a plain search over them."""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from o2oroute._core import INF, Graph, Seeds

UNREACHED = (INF, INF)


class Case(NamedTuple):
    """A routing graph and points on it, as plain Python numbers."""

    node_ms: list[int]
    node_dm: list[int]
    #: (tail, head, cost of the turn in ms)
    turns: list[tuple[int, int, int]]
    #: of each point: (node, ms, dm) from the start of the node's segment
    points: list[list[tuple[int, int, int]]]


@st.composite
def cases(draw):
    """Small numbers make ties and zero weights, few arcs unreachable parts; loops and parallels come up."""
    nodes = draw(st.integers(1, 9))
    some_node = st.integers(0, nodes - 1)
    most = draw(st.sampled_from([0, 3, 2**20]))
    numbers = st.lists(st.integers(0, most), min_size=nodes, max_size=nodes)
    node_ms, node_dm = draw(numbers), draw(numbers)
    turns = draw(st.lists(st.tuples(some_node, some_node, st.integers(0, min(most, 3))), max_size=30))
    seeds = st.tuples(some_node, st.floats(0, 1), st.floats(0, 1)).map(
        lambda seed: (seed[0], int(seed[1] * node_ms[seed[0]]), int(seed[2] * node_dm[seed[0]]))
    )
    points = draw(st.lists(st.lists(seeds, max_size=3), min_size=1, max_size=5))
    return Case(node_ms, node_dm, sorted(turns), points)


def int32(values):
    return np.array(values, dtype=np.int32)


def compiled(case):
    tails = [tail for tail, _, _ in case.turns]
    first_out = int32(np.searchsorted(tails, range(len(case.node_ms) + 1)))
    head = int32([head for _, head, _ in case.turns])
    weight_ms = int32([case.node_ms[tail] + turn for tail, _, turn in case.turns])
    graph = Graph(first_out, head, weight_ms, int32(case.node_ms), int32(case.node_dm))
    flat = [seed for point in case.points for seed in point]
    first = int32(np.cumsum([0] + [len(point) for point in case.points]))
    return graph, Seeds(graph, first, *(int32([seed[i] for seed in flat]) for i in range(3)))


def plain_row(case, source):
    """Return the (ms, dm) of the best way from one point to all, by a search on tuples."""
    heap = []
    for u, o_ms, o_dm in case.points[source]:
        for tail, head, turn in case.turns:
            if tail == u:
                heapq.heappush(heap, (case.node_ms[u] + turn - o_ms, case.node_dm[u] - o_dm, head))
    label = {}
    while heap:
        ms, dm, node = heapq.heappop(heap)
        if node in label:
            continue
        label[node] = (ms, dm)
        for tail, head, turn in case.turns:
            if tail == node:
                heapq.heappush(heap, (ms + case.node_ms[node] + turn, dm + case.node_dm[node], head))
    row = []
    for target in case.points:
        ways = [
            (p_ms - o_ms, p_dm - o_dm)
            for u, o_ms, o_dm in case.points[source]
            for v, p_ms, p_dm in target
            if u == v and p_ms >= o_ms and p_dm >= o_dm
        ]
        ways += [(label[v][0] + p_ms, label[v][1] + p_dm) for v, p_ms, p_dm in target if v in label]
        row.append(min(ways, default=UNREACHED))
    return row
