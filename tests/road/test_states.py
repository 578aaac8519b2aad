"""Roads for the first and the last leg, and restrictions over ways: what paths the graph has."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.road.check import check_network
from o2oroute.road.network import RoadNetwork
from o2oroute.road.states import states_of
from o2oroute.road.turns import Turns

# A ring a-b-c-d; roads over x are a short cut from b to d.
#
#   a --- b
#   |   / |
#   |  x  |
#   | /   |
#   d --- c
RING = "node a 0 9 b 9 9 c 9 0 d 0 0 x 4 5 y 5 6\nway ab\nway bc\nway cd\nway da\n"

# a street of many ways, beside which what lies behind a gate is small
_LETTERS = [chr(0x4E00 + place) for place in range(30)]
STREET = "node " + " ".join(f"{letter} {-place} 20" for place, letter in enumerate(_LETTERS)) + "\n"
STREET += "".join(f"way {one}{two}\n" for one, two in pairwise(["a", *_LETTERS]))


@pytest.mark.parametrize(
    "access",
    ["access=private", "access=destination", "motor_vehicle=customers", "vehicle=delivery", "hov=designated"],
)
def test_nobody_drives_through_a_restricted_road(town, drive, access):
    public = RoadNetwork.from_osm(town(RING + "way bx\nway xd"))
    assert drive(public, "ab", "da") == "abxda"
    network = RoadNetwork.from_osm(town(RING + f"way bx {access}\nway xd {access}"))
    check_network(network, source="town")
    assert drive(network, "ab", "da") == "abcda"


def test_restricted_roads_are_entered_to_stop_there_and_left_again(town, drive):
    network = RoadNetwork.from_osm(town(RING + "way bx access=private\nway xd access=private"))
    assert drive(network, "ab", "bx") == "abx"
    assert drive(network, "ab", "xd") == "abxd"
    assert drive(network, "xd", "da") == "xda"
    assert drive(network, "bx", "da") == "bxda"
    # from one restricted road to the next without leaving them
    assert drive(network, "bx", "xd") == "bxd"
    assert network.meta["counts"]["segments_in_fringe"] == 4
    assert "  4 used for the first and the last leg only" in network.meta["report"]


def test_from_one_restricted_road_to_another_over_public_ones(town, drive):
    network = RoadNetwork.from_osm(town(RING + "way bx access=private\nway dy access=private"))
    assert drive(network, "xb", "dy") in ("xbcdy", "xbady")
    assert drive(network, "yd", "bx") in ("ydcbx", "ydabx")


def test_public_roads_behind_restricted_ones_are_reached(town, drive):
    drawn = RING + STREET + "node p 20 9 q 30 9\nway bp access=private\nway pq"
    network = RoadNetwork.from_osm(town(drawn))
    assert drive(network, "ab", "pq") == "abpq"
    assert drive(network, "qp", "bc") == "qpbc"


def test_a_private_gate_is_passed_on_the_last_leg_only(town, drive):
    drawn = RING + "way bx\nway xd\ntag x barrier=gate access=private"
    network = RoadNetwork.from_osm(town(drawn))
    assert drive(network, "ab", "da") == "abcda"
    assert drive(network, "ab", "bx") == "abx"
    behind = RoadNetwork.from_osm(town(RING + STREET + "way bx\nway xy\ntag x barrier=gate access=private"))
    assert drive(behind, "ab", "xy") == "abxy"
    assert drive(behind, "yx", "bc") == "yxbc"


def test_barriers_close_and_open(town, drive):
    closed = RoadNetwork.from_osm(town(RING + "way bxd\ntag x barrier=bollard"))
    assert drive(closed, "ab", "da") == "abcda"
    # both sides of the bollard are still there, and dead ends
    assert drive(closed, "ab", "bx") == "abx"
    assert drive(closed, "bx", "xb") == "bxb"
    assert closed.meta["counts"]["barriers_closed"] == {"bollard": 1}
    opened = RoadNetwork.from_osm(town(RING + "way bxd\ntag x barrier=bollard motor_vehicle=yes"))
    assert drive(opened, "ab", "da") == "abda"
    assert opened.meta["counts"]["barriers_closed"] == {}


def test_a_barrier_at_a_junction_closes_the_junction(town, drive):
    network = RoadNetwork.from_osm(town(RING + "way bx\nway xd\nway xy\ntag x barrier=bollard"))
    assert drive(network, "ab", "da") == "abcda"
    assert drive(network, "bx", "xd") != "bxd"


def test_a_one_way_street_into_a_barrier_leads_nowhere(town, segments):
    network = RoadNetwork.from_osm(town(RING + "way bxd oneway=yes\ntag x barrier=bollard"))
    assert "bx" not in segments(network)


def test_where_a_public_road_ends_at_a_private_one_is_a_dead_end(town, drive):
    network = RoadNetwork.from_osm(town(RING + "way bx\nway xd access=private"))
    assert drive(network, "bx", "xb") == "bxb"


# --- restrictions over ways ---

# a dual carriageway: w -> p -> q -> e above, e' <- s <- r <- w' below, with a link between p and s
LINK = """
node w 0 1 p 10 1 e 20 1 f 20 0 s 10 0 v 0 0 n 10 9 m 10 -9
way wp oneway=yes
way pe oneway=yes
way fs oneway=yes
way sv oneway=yes
way ps
way vw
way ef
way np
way sm
way nw
way mv
"""


def test_a_turn_round_over_a_link_is_forbidden_and_nothing_else(town, drive):
    free = RoadNetwork.from_osm(town(LINK))
    assert drive(free, "wp", "sv") == "wpsv"
    network = RoadNetwork.from_osm(town(LINK + "turn wp ps sv restriction=no_u_turn"))
    check_network(network, source="town")
    assert network.meta["counts"]["restrictions_by_outcome"] == {"applied": 1}
    assert not drive(network, "wp", "sv").startswith("wpsv")
    # from the same carriageway on, and from elsewhere round
    assert drive(network, "wp", "sm") == "wpsm"
    assert drive(network, "np", "sv") == "npsv"
    assert drive(network, "fs", "pe") == "fspe"
    # who starts on the link may leave it either way
    assert drive(network, "ps", "sv") == "psv"


def test_only_over_a_way_binds_those_who_come_by_the_first(town, drive):
    network = RoadNetwork.from_osm(town(LINK + "turn wp ps sm restriction=only_straight_on"))
    assert drive(network, "wp", "sm") == "wpsm"
    assert not drive(network, "wp", "sv").startswith("wpsv")
    assert drive(network, "np", "sv") == "npsv"


def test_via_may_be_several_ways(town, drive):
    drawn = LINK.replace("way ps\n", "node l 10 0.5\nway pl\nway ls\n")
    free = RoadNetwork.from_osm(town(drawn))
    assert drive(free, "wp", "sv") == "wplsv"
    for order in ("pl+ls", "ls+pl"):
        network = RoadNetwork.from_osm(town(drawn + f"turn wp {order} sv restriction=no_u_turn"))
        assert not drive(network, "wp", "sv").startswith("wplsv")
        assert drive(network, "wp", "sm") == "wplsm"


def test_a_via_way_that_a_side_road_meets(town, drive):
    drawn = LINK.replace("way ps\n", "node l 10 0.5 k 15 0.5\nway pls\nway lk\n")
    network = RoadNetwork.from_osm(town(drawn + "turn wp pls sv restriction=no_u_turn"))
    assert not drive(network, "wp", "sv").startswith("wplsv")
    assert drive(network, "wp", "lk") == "wplk"
    assert drive(network, "kl", "sv") == "klsv"


def test_restrictions_that_share_their_ways(town, drive):
    turns = "turn wp ps sv restriction=no_u_turn\nturn np ps sm restriction=no_straight_on\n"
    network = RoadNetwork.from_osm(town(LINK + turns))
    assert not drive(network, "wp", "sv").startswith("wpsv")
    assert not drive(network, "np", "sm").startswith("npsm")
    assert drive(network, "wp", "sm") == "wpsm"
    assert drive(network, "np", "sv") == "npsv"


def test_over_ways_that_do_not_meet_is_without_effect(town):
    network = RoadNetwork.from_osm(town(LINK + "turn nw ps sv restriction=no_u_turn"))
    assert network.meta["counts"]["restrictions_by_outcome"] == {"without effect": 1}
    assert network.meta["restrictions_left_out"] == {"without effect": [13]}


def _walks(arcs, first, steps):
    """Return every walk of some steps from a node."""
    walks = [(first,)]
    for _ in range(steps):
        walks = [(*walk, head) for walk in walks for head in arcs.get(walk[-1], ())]
    return walks


@given(st.data())
def test_the_graph_has_all_walks_but_those_with_a_forbidden_sequence(data):
    size = data.draw(st.integers(2, 5))
    pairs = data.draw(st.sets(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), min_size=1))
    plain = nx.DiGraph(sorted(pairs))
    sequences = data.draw(
        st.sets(st.lists(st.integers(0, size - 1), min_size=3, max_size=4).map(tuple), max_size=4)
    )
    sequences = [walk for walk in sequences if all(pair in pairs for pair in pairwise(walk))]
    tail, head = np.array(sorted(pairs)).T
    states = states_of(size, Turns(tail, head, np.zeros(tail.size, bool)), sequences)
    assert (tail[states.turn] == states.segment[states.tail]).all()
    assert (head[states.turn] == states.segment[states.head]).all()
    arcs = {}
    for before, behind in zip(states.tail.tolist(), states.head.tolist(), strict=True):
        arcs.setdefault(before, []).append(behind)
    neighbours = {node: list(plain.successors(node)) for node in plain}
    plain_node = np.flatnonzero(np.diff(states.segment, prepend=-1) > 0)
    for first in range(size):
        driven = [
            tuple(states.segment[list(walk)].tolist()) for walk in _walks(arcs, int(plain_node[first]), 4)
        ]
        wanted = [
            walk
            for walk in _walks(neighbours, first, 4)
            if not any(
                walk[i : i + len(sequence)] == sequence for sequence in sequences for i in range(len(walk))
            )
        ]
        assert sorted(driven) == sorted(wanted)
