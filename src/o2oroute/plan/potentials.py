"""The cheapest numbers that keep given distances from each other: convex costs, whole numbers, exact.

Each node has a number. An arc asks that the number at its head is at least so much above the one at its tail;
it is hard, or each unit short of it costs a rate. Besides, each unit of the number of a node costs its slope
(a negative one pays). The sum is to be as small as can be.

Notes
-----
This is the dual of a minimum-cost flow. The flow on an arc is what its demand costs at the margin: none where
there is slack, the whole rate where it is not met, in between where it is met exactly. At a node, slope plus
outflow minus inflow says how the sum changes if its number rises. Where that is negative, the node and all
that must move with it (over arcs that are met exactly and have room for flow) rise together, until an arc
is met exactly. If they meet a node that would rather sink, flow along the way settles the two. Numbers only
move on, each flow settles something for good, and all of it is addition and comparison of whole numbers.

Ahuja, Hochbaum, Orlin: Solving the convex cost integer dual network flow problem, Management Science 49,
2003; the primal-dual method for flows is that of Ford and Fulkerson: Flows in networks, 1962. On a route
without ride times, the nodes that rise together are the blocks of Vidal, Crainic, Gendreau, Prins: Timing
problems and algorithms: Time decisions for sequences of activities, Networks 65, 2015.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Arc", "cheapest_numbers"]


class Arc(NamedTuple):
    """The number at the head is to be at least `weight` above the one at the tail."""

    tail: int
    head: int
    weight: int
    #: What each unit short of it costs; None where it must be kept.
    rate: int | None = None


def cheapest_numbers(arcs: Sequence[Arc], slopes: Sequence[int]) -> list[int] | None:
    """Return the cheapest numbers, of these the smallest; None where hard arcs contradict each other.

    Parameters
    ----------
    arcs : sequence of Arc
        Hard ones must bound each number from below and above, directly or over others, against node 0.
    slopes : sequence of int
        Cost of a unit by node; that of node 0, whose number is 0, does not count.

    Returns
    -------
    list of int or None
        By node. All cheapest sets of numbers have a smallest one: it is smallest at every node.

    Examples
    --------
    A and B between 0 and 9, B at least 4 above A; A costs 3 for each unit below 7, B 1 for each unit.

    >>> within = [Arc(0, 1, 0), Arc(0, 2, 0), Arc(1, 0, -9), Arc(2, 0, -9)]
    >>> cheapest_numbers([*within, Arc(1, 2, 4), Arc(0, 1, 7, rate=3)], [0, 0, 1])
    [0, 5, 9]
    """
    numbers = _smallest([(a.tail, a.head, a.weight) for a in arcs if a.rate is None], len(slopes))
    if numbers is None:
        return None
    flows = _Flows(arcs, slopes, numbers)
    flows.settle()
    smallest = _smallest(flows.demands(), len(slopes))
    assert smallest is not None  # noqa: S101 - the cheapest numbers found are such
    return smallest


def _smallest(demands: Sequence[tuple[int, int, int]], nodes: int) -> list[int] | None:
    """Return the smallest numbers that meet all demands: longest paths from node 0 (Bellman, Ford)."""
    numbers: list[int | None] = [0] + [None] * (nodes - 1)
    for _ in range(nodes + 1):
        changed = False
        for tail, head, weight in demands:
            base = numbers[tail]
            if base is not None:
                old = numbers[head]
                if old is None or base + weight > old:
                    numbers[head] = base + weight
                    changed = True
        if numbers[0] != 0:
            return None
        if not changed:
            return [number for number in numbers if number is not None]
    return None


class _Flows:
    """Numbers, and the flow that shows how far from the cheapest they are."""

    def __init__(self, arcs: Sequence[Arc], slopes: Sequence[int], numbers: list[int]) -> None:
        self.numbers = numbers
        slopes = [-sum(slopes[1:]), *slopes[1:]]  # if all numbers rise together, nothing changes
        most = sum(map(abs, slopes)) + sum(arc.rate or 0 for arc in arcs) + 1
        self.tail = [arc.tail for arc in arcs]
        self.head = [arc.head for arc in arcs]
        self.weight = [arc.weight for arc in arcs]
        #: Most flow; no flow ever comes to that of hard arcs.
        self.room = [most if arc.rate is None else arc.rate for arc in arcs]
        self.flow = [0] * len(arcs)
        #: How the sum changes for each unit that a node rises.
        self.change = slopes
        self.at: list[list[int]] = [[] for _ in slopes]
        for a, arc in enumerate(arcs):
            self.at[arc.tail].append(a)
            self.at[arc.head].append(a)
            if self._slack(a) < 0:
                self._push(a, self.room[a])

    def settle(self) -> None:
        """Move numbers and flow until no node would rather rise."""
        while any(change < 0 for change in self.change):
            reached, meeting = self._reach()
            if meeting is None:
                self._rise(reached)
            else:
                self._send(reached, meeting)

    def demands(self) -> list[tuple[int, int, int]]:
        """Return what all cheapest numbers meet: arcs, and where they cost something also their reverse."""
        found = []
        for a, (tail, head, weight) in enumerate(zip(self.tail, self.head, self.weight, strict=True)):
            if self.flow[a] < self.room[a]:
                found.append((tail, head, weight))
            if self.flow[a] > 0:
                found.append((head, tail, -weight))
        return found

    def _slack(self, a: int) -> int:
        return self.numbers[self.head[a]] - self.numbers[self.tail[a]] - self.weight[a]

    def _push(self, a: int, amount: int) -> None:
        self.flow[a] += amount
        self.change[self.tail[a]] += amount
        self.change[self.head[a]] -= amount

    def _reach(self) -> tuple[dict[int, int], int | None]:
        """Return the nodes that rise together, with the arc each was reached by, and one that would sink."""
        reached = {node: -1 for node, change in enumerate(self.change) if change < 0}
        queue = list(reached)
        for node in queue:
            for a in self.at[node]:
                if self.tail[a] == node:
                    other, free = self.head[a], self.flow[a] < self.room[a]
                else:
                    other, free = self.tail[a], self.flow[a] > 0
                if free and other not in reached and self._slack(a) == 0:
                    reached[other] = a
                    if self.change[other] > 0:
                        return reached, other
                    queue.append(other)
        return reached, None

    def _send(self, reached: dict[int, int], node: int) -> None:
        """Send as much flow as can be along the way to a node that would sink."""
        way = []
        amount = self.change[node]
        while (a := reached[node]) >= 0:
            forward = self.head[a] == node
            amount = min(amount, self.room[a] - self.flow[a] if forward else self.flow[a])
            way.append((a, forward))
            node = self.tail[a] if forward else self.head[a]
        amount = min(amount, -self.change[node])
        for a, forward in way:
            self._push(a, amount if forward else -amount)

    def _rise(self, reached: dict[int, int]) -> None:
        """Let nodes rise together until a demand between them and the others is just met."""
        steps = []
        for node in reached:
            for a in self.at[node]:
                slack = self._slack(a)
                if self.tail[a] == node:
                    if slack > 0 and self.head[a] not in reached:
                        steps.append(slack)
                elif slack < 0 and self.tail[a] not in reached:
                    steps.append(-slack)
        step = min(steps)
        for node in reached:
            self.numbers[node] += step
