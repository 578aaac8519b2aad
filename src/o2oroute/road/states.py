"""The nodes of the routing graph: one for each segment, and more where what came before matters.

Two things make a segment several nodes:

- *Restrictions over ways.* Who enters a via way from the first member may not leave it for the last. Each
  beginning of a forbidden sequence is a state of its own, as in the automaton of Aho and Corasick: a turn
  leads to the state of the longest beginning that the segments driven so far end with.
- *Access.* Roads for residents, customers or deliveries, and what lies behind them, are for the first and the
  last leg. Such a segment is two nodes: one on the way out to the public roads, one on the way in from them.
  No turn leads from "in" to "out" or back to the public roads, so nobody drives through.

Sources: Aho, Corasick, Efficient string matching (CACM 1975); Villeneuve, Desaulniers, The shortest path
problem with forbidden paths (EJOR 2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute.road.turns import Turns, strong_components

__all__ = ["States", "core_and_fringe", "states_of"]

Bool = npt.NDArray[np.bool_]
Int64 = npt.NDArray[np.int64]

#: A strongly connected component of the public roads is part of the core if it has so many nodes, or this
#: share of the largest.
_CORE_NODES: Final = 1000
_CORE_SHARE: Final = 0.05


@dataclass(frozen=True, eq=False)
class States:
    """Nodes and arcs of the routing graph.

    Attributes
    ----------
    segment : ndarray of int64, shape (nodes,)
        Ascending: the nodes of a segment follow one another.
    tail, head : ndarray of int64, shape (arcs,)
        Nodes; sorted by tail, then by head.
    turn : ndarray of int64, shape (arcs,)
        The turn that each arc is.
    """

    segment: Int64
    tail: Int64
    head: Int64
    turn: Int64


def states_of(segments: int, turns: Turns, sequences: Sequence[tuple[int, ...]]) -> States:
    """Return the graph in which no path drives a forbidden sequence of segments.

    Parameters
    ----------
    segments : int
        Number of segments.
    turns : Turns
    sequences : sequence of tuple of int
        Segments that may not follow one another; three or more each.
    """
    beginnings = sorted({sequence[:size] for sequence in sequences for size in range(2, len(sequence))})
    node = {beginning: segments + number for number, beginning in enumerate(beginnings)}
    head = turns.head.copy()
    for beginning, state in node.items():
        if len(beginning) == 2:
            head[_turns_between(turns, *beginning)] = state
    banned = set(sequences)
    extra = [
        (state, _longest(node, (*beginning, follower)), turn)
        for beginning, state in node.items()
        for turn, follower in _turns_from(turns, beginning[-1])
        if not any((*beginning, follower)[start:] in banned for start in range(len(beginning) - 1))
    ]
    more_tails, more_heads, more_turns = np.array(extra, np.int64).reshape(-1, 3).T
    return _sorted(
        segment=np.concatenate(
            (np.arange(segments), np.array([beginning[-1] for beginning in beginnings], np.int64))
        ),
        tail=np.concatenate((turns.tail, more_tails)),
        head=np.concatenate((head, more_heads)),
        turn=np.concatenate((np.arange(head.size), more_turns)),
    )


def _turns_from(turns: Turns, tail: int) -> list[tuple[int, int]]:
    """Return the turns from a segment, each with the segment that it enters."""
    low, high = np.searchsorted(turns.tail, tail), np.searchsorted(turns.tail, tail, side="right")
    return list(enumerate(turns.head[low:high].tolist(), start=int(low)))


def _turns_between(turns: Turns, tail: int, head: int) -> list[int]:
    return [turn for turn, entered in _turns_from(turns, tail) if entered == head]


def _longest(node: dict[tuple[int, ...], int], driven: tuple[int, ...]) -> int:
    """Return the state of the longest beginning that the driven segments end with; else the plain node."""
    endings = (driven[start:] for start in range(len(driven) - 1))
    return next((node[ending] for ending in endings if ending in node), driven[-1])


def core_and_fringe(
    states: States, *, restricted_segment: Bool, restricted_turn: Bool
) -> tuple[States, Bool, int]:
    """Keep what can be reached and left again, and let nobody drive through roads with restricted access.

    The core is every large strongly connected component of the public roads. The fringe is what has a way in
    from it and a way out to it, over restricted roads and gates if need be.

    Parameters
    ----------
    states : States
    restricted_segment : ndarray of bool, shape (segments,)
    restricted_turn : ndarray of bool, shape (turns,)

    Returns
    -------
    states : States
        The nodes that are left; those of the fringe are "in" and "out" nodes.
    in_core : ndarray of bool, shape (nodes,)
    components : int
        Connected parts of the core.
    """
    segment, tail, head = states.segment, states.tail, states.head
    nodes, segments = segment.size, restricted_segment.size
    public = ~restricted_segment[segment]
    freely = ~restricted_turn[states.turn] & public[tail] & public[head]
    core, components = _core(tail[freely], head[freely], nodes)

    # a node of the core's segments that is not in the core itself is a trap
    has_core = np.zeros(segments, bool)
    has_core[segment[core]] = True
    fringe = ~has_core[segment]
    within = fringe[tail] & fringe[head]
    entered = _reached(head[core[tail] & fringe[head]], tail[within], head[within], nodes)
    left = _reached(tail[fringe[tail] & core[head]], head[within], tail[within], nodes)
    both = np.zeros((2, segments), bool)
    both[0, segment[entered]] = both[1, segment[left]] = True
    useful = (both[0] & both[1])[segment]
    entered, left = entered & useful, left & useful

    # old numbers of the nodes that stay: those of the core, then "in", then "out"
    kept = [np.flatnonzero(mark) for mark in (core, entered, left)]
    begin = np.cumsum([0, *(nodes.size for nodes in kept)])
    number = np.full((3, nodes), -1)
    for kind, (old, first) in enumerate(zip(kept, begin[:-1], strict=True)):
        number[kind, old] = np.arange(first, first + old.size)
    arcs: list[tuple[Int64, Int64, Int64]] = []
    for kind_of_tail, kind_of_head, allowed in (
        (_CORE, _CORE, freely),
        (_CORE, _IN, True),
        (_IN, _IN, True),
        (_OUT, _OUT, True),
        (_OUT, _CORE, True),
    ):
        stays = (number[kind_of_tail, tail] >= 0) & (number[kind_of_head, head] >= 0) & allowed
        arcs.append(
            (number[kind_of_tail, tail[stays]], number[kind_of_head, head[stays]], states.turn[stays])
        )
    new_tail, new_head, turn = (np.concatenate(parts) for parts in zip(*arcs, strict=True))
    new_segment = segment[np.concatenate(kept)]
    result = _sorted(segment=new_segment, tail=new_tail, head=new_head, turn=turn)
    return result, has_core[result.segment], components


_CORE, _IN, _OUT = range(3)


def _core(tail: Int64, head: Int64, nodes: int) -> tuple[Bool, int]:
    """Return which nodes are in the core, and how many components it has."""
    component = strong_components(tail, head, nodes)
    size = np.bincount(component)
    # a single node that does not lead back to itself is no way to anywhere
    inside = component[tail] == component[head]
    size[np.bincount(component[tail[inside]], minlength=size.size) == 0] = 0
    large = (size > 0) & ((size >= _CORE_NODES) | (size >= _CORE_SHARE * size.max()))
    return large[component], int(np.count_nonzero(large))


def _reached(start: Int64, tail: Int64, head: Int64, nodes: int) -> Bool:
    """Return which nodes can be reached from some of them."""
    # scipy loads at first use: it takes as long as the whole package
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    first = np.unique(start)
    tail = np.concatenate((tail, np.full(first.size, nodes)))
    head = np.concatenate((head, first))
    graph = csr_array((np.ones(tail.size, np.int8), (tail, head)), shape=(nodes + 1, nodes + 1))
    reached = np.zeros(nodes + 1, bool)
    reached[breadth_first_order(graph, nodes, return_predecessors=False)] = True
    return reached[:nodes]


def _sorted(*, segment: Int64, tail: Int64, head: Int64, turn: Int64) -> States:
    """Return nodes numbered by segment, and arcs in order."""
    order = np.argsort(segment, kind="stable")
    number = np.empty(order.size, np.int64)
    number[order] = np.arange(order.size)
    tail, head = number[tail], number[head]
    arc = np.lexsort((head, tail))
    return States(segment[order], tail[arc], head[arc], turn[arc])
