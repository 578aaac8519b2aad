"""Which turns are allowed: all but U-turns, save at dead ends, and what barriers and restrictions forbid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import ranges
from o2oroute.road.points import JunctionPoints
from o2oroute.road.restrictions import Bans
from o2oroute.road.segments import Segments

__all__ = ["Turns", "allowed_turns", "strong_components"]

Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Turns:
    """Allowed turns, sorted by the segment that they leave, then by the one that they enter.

    Attributes
    ----------
    tail, head : ndarray of int64, shape (turns,)
        Segments left and entered.
    is_u_turn : ndarray of bool, shape (turns,)
    """

    tail: Int64
    head: Int64
    is_u_turn: Bool


def allowed_turns(segments: Segments, points: JunctionPoints, bans: Bans) -> Turns:
    """Find the allowed turns from each segment onto the next.

    Turning round is allowed at dead ends only: where no other allowed turn is on a way that ever leads back.
    For those on a public road, a road for the last leg leads nowhere.

    Parameters
    ----------
    segments : Segments
    points : JunctionPoints
        For closed barriers.
    bans : Bans
        From turn restrictions.

    Returns
    -------
    Turns
    """
    order = np.argsort(segments.tail, kind="stable")
    junctions = segments.junction_point.size
    out_first = np.concatenate(([0], np.cumsum(np.bincount(segments.tail, minlength=junctions))))
    count = np.diff(out_first)[segments.head]
    tail = np.repeat(np.arange(segments.size), count)
    head = order[ranges(out_first[segments.head], count)]
    is_u_turn = segments.twin[tail] == head
    at = segments.head[tail]

    turn = tail * segments.size + head
    allowed = ~np.isin(turn, bans.forbidden)
    allowed &= ~np.isin(tail, bans.only // segments.size) | np.isin(turn, bans.only)
    allowed &= is_u_turn | ~points.closed[at]

    public = ~segments.restricted
    on = allowed & ~is_u_turn
    publicly = on & ~points.restricted[at] & _leads_back(segments, points, public)[head]
    somehow = on & _leads_back(segments, points, np.ones(segments.size, bool))[head]
    ways_on = np.bincount(tail, weights=np.where(public[tail], publicly, somehow), minlength=segments.size)
    allowed &= ~is_u_turn | (ways_on == 0)[tail]
    return Turns(tail[allowed], head[allowed], is_u_turn[allowed])


def _leads_back(segments: Segments, points: JunctionPoints, usable: Bool) -> Bool:
    """Return whether a way along usable segments leads back to where each segment begins."""
    junctions = segments.junction_point.size
    # a closed junction is one place for each stretch that ends there
    own = junctions + 2 * segments.stretch.astype(np.int64)
    tail = np.where(points.closed[segments.tail], own + segments.reversed, segments.tail)
    head = np.where(points.closed[segments.head], own + 1 - segments.reversed, segments.head)
    places = junctions + 2 * (segments.stretch_first.size - 1)
    component = strong_components(tail[usable], head[usable], places)
    leads: Bool = usable & (component[tail] == component[head])
    return leads


def strong_components(
    tail: npt.NDArray[np.integer], head: npt.NDArray[np.integer], nodes: int
) -> npt.NDArray[np.int32]:
    """Return the strongly connected component of each node of a directed graph."""
    # scipy loads at first use: it takes as long as the whole package
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    graph = csr_array((np.ones(tail.size, np.int8), (tail, head)), shape=(nodes, nodes))
    component: npt.NDArray[np.int32] = connected_components(graph, directed=True, connection="strong")[1]
    return component
