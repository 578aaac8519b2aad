"""U-turns and turn restrictions."""

from __future__ import annotations

import pytest

from o2oroute.road.network import RoadNetwork

# Four arms around x; each arm ends in a dead end, so every segment stays connected.
#
#       n
#       |
#   w - x - e
#       |
#       s
ARMS = "node x 0 0 n 0 1 e 1 0 s 0 -1 w -1 0\n"
CROSS = ARMS + "way nx\nway ex\nway sx\nway wx\n"
DEAD_ENDS = {"xnx", "xex", "xsx", "xwx"}
ALL = {f"{a}x{b}" for a in "nesw" for b in "nesw" if a != b} | DEAD_ENDS


def built(town, turns, *lines: str, base: str = CROSS) -> tuple[set[str], dict[str, int]]:
    network = RoadNetwork.from_osm(town(base + "\n".join(lines)))
    return turns(network), network.meta["counts"]["restrictions_by_outcome"]


def test_all_turns_but_u_turns_are_allowed(town, turns):
    assert built(town, turns)[0] == ALL


@pytest.mark.parametrize(
    "value",
    [
        "no_left_turn",
        "no_right_turn",
        "no_straight_on",
        "no_u_turn",
        "no_entry",
        "no_exit",
        "no_something_new",
    ],
)
def test_no_forbids_one_turn(town, turns, value):
    allowed, outcome = built(town, turns, f"turn nx x ex restriction={value}")
    assert allowed == ALL - {"nxe"}
    assert outcome == {"applied": 1}


@pytest.mark.parametrize("value", ["only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn"])
def test_only_forbids_all_other_turns_of_that_road(town, turns, value):
    allowed, outcome = built(town, turns, f"turn nx x ex restriction={value}")
    assert allowed == ALL - {"nxs", "nxw"}
    assert outcome == {"applied": 1}


def test_two_only_restrictions_allow_both(town, turns):
    allowed, _ = built(
        town, turns, "turn nx x ex restriction=only_left_turn", "turn nx x sx restriction=only_straight_on"
    )
    assert allowed == ALL - {"nxw"}


def test_no_and_only_of_one_road_add_up(town, turns):
    allowed, _ = built(
        town, turns, "turn nx x ex restriction=no_left_turn", "turn wx x ex restriction=only_straight_on"
    )
    assert allowed == ALL - {"nxe", "wxn", "wxs"}


def test_no_entry_has_several_ways_before(town, turns):
    allowed, outcome = built(town, turns, "turn nx+sx x ex restriction=no_entry")
    assert allowed == ALL - {"nxe", "sxe"}
    assert outcome == {"applied": 1}


def test_no_exit_has_several_ways_behind(town, turns):
    assert built(town, turns, "turn nx x ex+sx restriction=no_exit")[0] == ALL - {"nxe", "nxs"}


def test_several_values_all_apply(town, turns):
    assert built(town, turns, "turn nx x ex restriction=no_left_turn;no_u_turn")[0] == ALL - {"nxe"}


@pytest.mark.parametrize(
    ("tags", "outcome"),
    [
        ("restriction=no_left_turn except=motorcar", {"other vehicles": 1}),
        ("restriction=no_left_turn except=bus;motor_vehicle", {"other vehicles": 1}),
        ("restriction=no_left_turn except=psv", {"applied": 1}),
        ("restriction:motorcar=no_left_turn", {"applied": 1}),
        ("restriction:hgv=no_left_turn", {"other vehicles": 1}),
        ("restriction:conditional=no_left_turn@(Mo-Fr)", {"conditional": 1}),
        ("restriction=no_left_turn@(Mo-Fr)", {"not understood": 1}),
        ("restriction=give_way", {"not understood": 1}),
        ("note=nothing", {"other vehicles": 1}),
    ],
)
def test_restrictions_apply_to_their_vehicles_and_hours(town, turns, tags, outcome):
    allowed, found = built(town, turns, f"turn nx x ex {tags}")
    assert allowed == (ALL - {"nxe"} if "applied" in outcome else ALL)
    assert found == outcome


def test_the_most_specific_restriction_counts(town, turns):
    tags = "restriction=no_left_turn restriction:motorcar=only_left_turn"
    assert built(town, turns, f"turn nx x ex {tags}")[0] == ALL - {"nxs", "nxw"}


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("turn nx n ex restriction=no_left_turn", {"without effect": 1}),
        ("turn nx ? ex restriction=no_left_turn", {"without effect": 1}),
        ("turn nx n ex restriction=only_left_turn", {"without effect": 1}),
        ("turn nx wx ex restriction=no_left_turn", {"without effect": 1}),
    ],
)
def test_what_cannot_be_applied_forbids_nothing_and_is_counted(town, turns, line, outcome):
    assert built(town, turns, line) == (ALL, outcome)


def test_a_restriction_without_its_members_is_counted(town, turns):
    path = town(CROSS + "turn nx x ex restriction=no_left_turn")
    path.write_text(path.read_text().replace('role="from"', 'role="form"'))
    network = RoadNetwork.from_osm(path)
    assert turns(network) == ALL
    assert network.meta["counts"]["restrictions_by_outcome"] == {"incomplete": 1}


def test_only_towards_a_road_that_is_closed_forbids_nothing(town, turns):
    base = ARMS + "way nx\nway ex access=no\nway sx\nway wx\n"
    allowed, outcome = built(town, turns, "turn nx x ex restriction=only_left_turn", base=base)
    assert allowed == {turn for turn in ALL if "e" not in turn}
    assert outcome == {"without effect": 1}


def test_a_one_way_street_needs_no_restriction(town, turns):
    base = ARMS + "way nx\nway xe oneway=yes\nway es\nway sx\nway wx\n"
    _, outcome = built(town, turns, "turn nx x es restriction=no_left_turn", base=base)
    assert outcome == {"without effect": 1}


def test_a_way_that_runs_through_the_junction_is_both_before_and_behind(town, turns):
    base = ARMS + "way nxs\nway ex\nway wx\n"
    assert built(town, turns, "turn nxs x ex restriction=no_left_turn", base=base)[0] == ALL - {"nxe", "sxe"}
    assert built(town, turns, "turn ex x nxs restriction=only_right_turn", base=base)[0] == ALL - {"exw"}


def test_no_u_turn_on_one_way_leaves_straight_on_alone(town, turns):
    base = ARMS + "way nxs\nway ex\nway wx\n"
    assert built(town, turns, "turn nxs x nxs restriction=no_u_turn", base=base)[0] == ALL


def test_no_u_turn_between_the_two_sides_of_a_road(town, turns):
    # two one-way carriageways that meet at x and y
    base = (
        "node x 0 0 y 0 1 z 0 2 a 1 0 b 1 1\nway ax oneway=yes\nway yb oneway=yes\nway xy\nway ba\nway yz\n"
    )
    free, _ = built(town, turns, base=base)
    held, _ = built(town, turns, "turn xy y yb restriction=no_u_turn", base=base)
    assert {"xyb", "xyz", "zyb"} <= free
    assert held == free - {"xyb"}


def test_where_restrictions_leave_no_other_turn_is_a_dead_end(town, turns):
    lines = [f"turn nx x {way} restriction=no_entry" for way in ("ex", "sx", "wx")]
    assert built(town, turns, *lines)[0] == (ALL - {"nxe", "nxs", "nxw"}) | {"nxn"}


def test_no_u_turn_at_a_dead_end_makes_a_trap_that_is_left_out(town, turns, segments):
    network = RoadNetwork.from_osm(town(CROSS + "turn ex e ex restriction=no_u_turn"))
    assert turns(network) == {turn for turn in ALL if "e" not in turn}
    assert "xe" not in segments(network)


def test_a_junction_whose_other_way_out_leads_nowhere_is_a_dead_end(town, turns):
    allowed, _ = built(town, turns, "node z 2 0\nway ez oneway=yes")
    assert allowed == ALL


def test_a_junction_with_a_way_round_is_no_dead_end(town, turns):
    allowed, _ = built(town, turns, "way es")
    assert allowed == (ALL - {"xex", "xsx"}) | {"xes", "sex", "xse", "esx"}
