"""What turns cost, by angle, side and what stands there."""

from __future__ import annotations

import math

import numpy as np
import pytest

from o2oroute.road.network import RoadNetwork
from o2oroute.road.profile import load_profile

# Four arms around x, a hundred metres each, and one to the south-east; each arm ends in a dead end.
ARMS = "node x 0 0 n 0 1 e 1.414 0 s 0 -1 w -1.414 0 f 1 -0.707\n"
CROSS = ARMS + "way nx\nway ex\nway sx\nway wx\n"
BIAS = 1.075


def seconds(network: RoadNetwork, turn: str) -> float:
    """Return what a turn costs beyond its segment; ``"nxe"`` comes from n over x to e."""
    ends = network.junction_osm_id[network.segment_tail], network.junction_osm_id[network.segment_head]
    names = [chr(tail) + chr(head) for tail, head in zip(*ends, strict=True)]
    before, behind = names.index(turn[:2]), names.index(turn[1:])
    (arc,) = np.flatnonzero(
        (np.repeat(network.segment_of_node, np.diff(network.first_out)) == before)
        & (network.segment_of_node[network.head] == behind)
    )
    return (network.weight_ms[arc] - network.segment_ms[before]) / 1000


def by_angle(degrees: float, *, bias: float = BIAS) -> float:
    """Return the cost of a turn to the near side (of one to the far side with the inverse bias)."""
    return 7.5 / (1 + math.exp(6.5 * bias - 13 / bias * degrees / 180))


def oncoming(degrees: float) -> float:
    return 2.0 / (1 + math.exp(3.25 - 13 * degrees / 180))


def test_by_angle_and_across_oncoming_traffic(town):
    network = RoadNetwork.from_osm(town(CROSS))
    near, far = by_angle(90), by_angle(90, bias=1 / BIAS) + oncoming(90)
    for turn, expected in (("nxw", near), ("nxe", far), ("wxn", far), ("wxs", near), ("sxe", near)):
        assert seconds(network, turn) == pytest.approx(expected, abs=0.002), turn
    for turn in ("nxs", "exw", "wxe"):
        assert seconds(network, turn) < 0.1
    assert far > near + 2


def test_sharp_turns_cost_more_than_bends(town):
    network = RoadNetwork.from_osm(town(CROSS + "way fx"))
    # from the west, f lies 45 degrees to the right; from the south, 135
    assert seconds(network, "wxf") == pytest.approx(by_angle(45), abs=0.03)
    assert seconds(network, "sxf") == pytest.approx(by_angle(135), abs=0.03)


def test_where_traffic_keeps_to_the_left_the_right_is_the_far_side(town):
    drawn = CROSS.replace("way nx", "way nx driving_side=left").replace("way wx", "way wx driving_side=left")
    network = RoadNetwork.from_osm(town(drawn))
    near, far = by_angle(90), by_angle(90, bias=1 / BIAS) + oncoming(90)
    assert seconds(network, "nxw") == pytest.approx(far, abs=0.002)
    assert seconds(network, "nxe") == pytest.approx(near, abs=0.002)
    assert seconds(network, "wxs") == pytest.approx(far, abs=0.002)
    # who comes by a road without the tag keeps to the right
    assert seconds(network, "sxe") == pytest.approx(near, abs=0.002)


def test_malta_drives_on_the_left(town):
    path = town(CROSS)
    path.write_text(path.read_text().replace('lon="10.', 'lon="14.5').replace('lon="9.99', 'lon="14.499'))
    text = path.read_text().replace('lat="45.', 'lat="35.9').replace('lat="44.99', 'lat="35.899')
    path.write_text(text)
    network = RoadNetwork.from_osm(path)
    assert seconds(network, "nxe") < seconds(network, "nxw")


def test_bends_of_one_road_cost_nothing(town):
    network = RoadNetwork.from_osm(town(ARMS + "way nx\nway xe"))
    assert seconds(network, "nxe") == 0
    # a third road that is not for cars does not count
    assert seconds(RoadNetwork.from_osm(town(ARMS + "way nx\nway xe\nway xs highway=footway")), "nxe") == 0


def test_nothing_comes_toward_a_roundabout(town):
    drawn = ARMS + "way nx\nway xe junction=roundabout\nway ew\nway wx"
    network = RoadNetwork.from_osm(town(drawn))
    assert seconds(network, "nxe") == pytest.approx(by_angle(90, bias=1 / BIAS), abs=0.002)


def test_the_direction_of_a_road_is_seen_some_metres_ahead(town):
    # the first two metres lead to the left, the road itself straight on
    drawn = ARMS + "node k 0.02 0.0001\nway nx\nway xks\nway ex"
    network = RoadNetwork.from_osm(town(drawn))
    assert seconds(network, "nxs") < 1.0


def test_turning_round_at_a_dead_end(town):
    network = RoadNetwork.from_osm(town(CROSS))
    assert seconds(network, "xnx") == pytest.approx(20 + by_angle(180), abs=0.002)


@pytest.mark.parametrize(
    ("tags", "there", "back"),
    [
        ("highway=traffic_signals", 2, 2),
        ("highway=traffic_signals traffic_signals:direction=forward", 2, 0),
        ("highway=traffic_signals traffic_signals:direction=backward", 0, 2),
        ("highway=stop direction=forward", 2, 0),
        ("highway=give_way direction=backward", 0, 1),
        ("barrier=gate", 60, 60),
        ("traffic_calming=bump", 2, 2),
    ],
)
def test_what_stands_on_a_road(town, tags, there, back):
    network = RoadNetwork.from_osm(town(f"node a 0 0 x 1 0 b 2 0\nway axb\ntag x {tags}"))
    assert seconds(network, "axb") == there
    assert seconds(network, "bxa") == back
    # drawn the other way
    network = RoadNetwork.from_osm(town(f"node a 0 0 x 1 0 b 2 0\nway bxa\ntag x {tags}"))
    assert seconds(network, "axb") == back
    assert seconds(network, "bxa") == there


def test_what_costs_nothing_splits_no_road(town, segments):
    network = RoadNetwork.from_osm(town("node a 0 0 x 1 0 b 2 0\nway axb\ntag x highway=crossing"))
    assert segments(network) == ["ab", "ba"]


def test_signals_at_a_junction_hold_up_everybody(town):
    plain = RoadNetwork.from_osm(town(CROSS))
    network = RoadNetwork.from_osm(town(CROSS + "tag x highway=traffic_signals"))
    for turn in ("nxs", "nxe", "wxn"):
        assert seconds(network, turn) == pytest.approx(seconds(plain, turn) + 2, abs=0.002)


def test_a_sign_without_direction_is_for_those_who_come_to_the_junction(town):
    # p lies 10 m before the junction x
    drawn = "node a -2 0 p -0.12 0 x 0 0 b 2 0 c 0 2\nway apx\nway xb\nway xc\ntag p highway=stop"
    network = RoadNetwork.from_osm(town(drawn))
    assert seconds(network, "apx") == 2
    assert seconds(network, "xpa") == 0


def test_a_stop_for_minor_roads(town):
    drawn = ARMS + "way nx\nway sx\nway ex highway=primary\nway wx highway=primary\n"
    plain = RoadNetwork.from_osm(town(drawn))
    network = RoadNetwork.from_osm(town(drawn + "tag x highway=stop stop=minor"))
    assert seconds(network, "exw") == seconds(plain, "exw")
    assert seconds(network, "nxs") == pytest.approx(seconds(plain, "nxs") + 2, abs=0.002)


def test_ferries_take_the_time_they_say(town):
    drawn = "node a 0 0 b 5 0 c 9 0\nway ab\nway bc highway=no route=ferry duration=00:30"
    network = RoadNetwork.from_osm(town(drawn))
    ferry = [network.class_names[kind] for kind in network.segment_class].index("ferry")
    assert network.segment_ms[ferry] == 1_800_000


def test_costs_are_those_of_the_profile(town):
    network = RoadNetwork.from_osm(town(CROSS), profile="foot")
    assert seconds(network, "nxe") == 0
    truck = load_profile("truck").turn
    car = load_profile("car").turn
    assert truck.penalty > car.penalty
    assert seconds(RoadNetwork.from_osm(town(CROSS), profile="truck"), "nxe") > seconds(
        RoadNetwork.from_osm(town(CROSS)), "nxe"
    )
