"""What profiles make of the tags of ways: access, direction, size and speed."""

from __future__ import annotations

import pytest

from o2oroute.road.profile import load_profile


def judged(profile, text):
    tags = dict(word.replace("%20", " ").split("=", maxsplit=1) for word in text.split())
    return load_profile(profile).judge({"highway": "residential", **tags})


def state(profile, text):
    """Return one letter for each direction: open, restricted, closed."""
    judgement = judged(profile, text)
    directions = (
        (judgement.forward, judgement.forward_restricted),
        (judgement.backward, judgement.backward_restricted),
    )
    return "".join("c" if not speed else "r" if restricted else "o" for speed, restricted in directions)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("access=yes", "oo"),
        ("access=permissive", "oo"),
        ("access=designated", "oo"),
        ("access=no", "cc"),
        ("access=agricultural", "cc"),
        ("access=forestry", "cc"),
        ("access=emergency", "cc"),
        ("access=private", "rr"),
        ("access=destination", "rr"),
        ("access=delivery", "rr"),
        ("access=customers", "rr"),
        ("access=permit", "rr"),
        ("access=agricultural;forestry", "cc"),
        ("access=agricultural;destination", "rr"),
        ("access=no;yes", "oo"),
        ("access=Private", "rr"),
        ("access=no motor_vehicle=yes", "oo"),
        ("access=yes motor_vehicle=no", "cc"),
        ("motor_vehicle=no motorcar=destination", "rr"),
        ("vehicle=private motor_vehicle=yes", "oo"),
        ("hgv=no", "oo"),
        ("bicycle=no", "oo"),
        ("motor_vehicle:forward=no", "co"),
        ("motor_vehicle:backward=private", "or"),
        ("motor_vehicle=no motor_vehicle:forward=yes", "oc"),
        ("access=no motorcar:backward=yes", "co"),
        ("hov=designated", "rr"),
        ("hov=designated access=no", "cc"),
    ],
)
def test_access_by_the_hierarchy(text, expected):
    assert state("car", text) == expected


@pytest.mark.parametrize(
    ("profile", "text", "expected"),
    [
        ("truck", "hgv=no", "cc"),
        ("truck", "hgv=destination motor_vehicle=yes", "rr"),
        ("truck", "motorcar=no", "oo"),
        ("van", "goods=no", "cc"),
        ("van", "motorcar=no goods=yes", "oo"),
        ("van", "hgv=no", "oo"),
        ("motorcycle", "motorcycle=no motor_vehicle=yes", "cc"),
        ("motorcycle", "motorcar=no", "oo"),
        ("scooter", "moped=no", "cc"),
        ("scooter", "highway=motorway", "cc"),
        ("bicycle", "vehicle=no bicycle=yes", "oo"),
        ("bicycle", "motor_vehicle=no", "oo"),
        ("bicycle", "bicycle=use_sidepath", "cc"),
        ("bicycle", "highway=footway", "cc"),
        ("bicycle", "highway=footway bicycle=yes", "oo"),
        ("bicycle", "highway=footway bicycle=no", "cc"),
        ("bicycle", "highway=trunk bicycle=designated", "oo"),
        ("cargo_bike", "cargo_bike=no bicycle=yes", "cc"),
        ("foot", "access=no foot=yes", "oo"),
        ("foot", "vehicle=no", "oo"),
        ("foot", "highway=motorway", "cc"),
        ("foot", "oneway=yes", "oo"),
        ("foot", "oneway:foot=yes", "oc"),
        ("foot", "junction=roundabout", "oo"),
        ("car", "highway=track", "cc"),
        ("car", "highway=track motor_vehicle=yes", "oo"),
        ("car", "highway=track motor_vehicle=destination", "rr"),
        ("car", "highway=track motor_vehicle=agricultural", "cc"),
        ("car", "highway=track access=yes", "oo"),
        ("truck", "highway=track access=permissive", "oo"),
        ("car", "highway=track access=yes motor_vehicle=no", "cc"),
        ("car", "highway=track access=yes motor_vehicle=agricultural", "cc"),
        ("car", "highway=track access=private", "cc"),
        ("car", "highway=track access=unknown", "cc"),
        ("car", "highway=pedestrian access=yes", "cc"),
        ("car", "highway=pedestrian motorcar=delivery", "rr"),
        ("car", "highway=track motor_vehicle:forward=yes motor_vehicle=no", "oc"),
    ],
)
def test_each_profile_minds_its_own_tags(profile, text, expected):
    assert state(profile, text) == expected


@pytest.mark.parametrize(
    ("profile", "text", "expected"),
    [
        ("car", "oneway=yes", "oc"),
        ("car", "oneway=-1", "co"),
        ("car", "oneway=alternating", "oo"),
        ("car", "oneway=reversible", "cc"),
        ("car", "oneway=yes oneway:motor_vehicle=no", "oo"),
        ("car", "oneway:motorcar=-1", "co"),
        ("car", "oneway=yes oneway:bicycle=no", "oc"),
        ("car", "highway=motorway_link", "oc"),
        ("car", "highway=motorway_link oneway=no", "oo"),
        ("car", "highway=trunk_link", "oo"),
        ("car", "junction=circular", "oc"),
        ("car", "oneway=yes cycleway=opposite", "oc"),
        ("bicycle", "oneway=yes", "oc"),
        ("bicycle", "oneway=yes oneway:bicycle=no", "oo"),
        ("bicycle", "oneway=no oneway:bicycle=yes", "oc"),
        ("bicycle", "oneway=yes cycleway=opposite", "oo"),
        ("bicycle", "oneway=yes cycleway:left=opposite_lane", "oo"),
        ("bicycle", "oneway=yes cycleway:left=lane cycleway:left:oneway=-1", "oo"),
        ("bicycle", "oneway=yes cycleway=lane", "oc"),
        ("bicycle", "junction=roundabout", "oc"),
        ("cargo_bike", "oneway=yes oneway:bicycle=no", "oo"),
    ],
)
def test_directions(profile, text, expected):
    assert state(profile, text) == expected


@pytest.mark.parametrize(
    ("profile", "text", "reason"),
    [
        ("car", "area=yes", "area"),
        ("car", "construction=primary", "construction"),
        ("car", "construction=minor", ""),
        ("car", "construction=no", ""),
        ("car", "highway=motorway_link proposed=motorway_link", ""),
        ("car", "highway=proposed proposed=primary", "class"),
        ("car", "highway=construction construction=primary", "class"),
        ("car", "impassable=yes", "construction"),
        ("car", "impassable=no", ""),
        ("car", "status=impassable", "construction"),
        ("car", "status=whatever", ""),
        ("car", "highway=construction", "class"),
        ("car", "highway=service service=emergency_access", "service"),
        ("car", "highway=service service=parking_aisle", ""),
        ("car", "smoothness=impassable", "surface"),
        ("car", "motorroad=yes", ""),
        ("bicycle", "motorroad=yes", "motorroad"),
        ("scooter", "highway=primary motorroad=yes", "motorroad"),
        ("car", "maxheight=1.9", "height"),
        ("car", "maxheight=2.1", ""),
        ("car", "maxheight=default", ""),
        ("car", "maxheight:physical=1.8", "height"),
        ("car", "maxwidth=1.8", "width"),
        ("car", "maxweight=3.5", ""),
        ("truck", "maxweight=3.5", "weight"),
        ("truck", "maxweight=7500%20kg", "weight"),
        ("truck", "maxweight=16", ""),
        ("truck", "maxweight=3.5 maxweight:hgv=16", ""),
        ("truck", "maxweightrating=7.5", "weight"),
        ("truck", "maxaxleload=6", "axle_load"),
        ("truck", "maxlength=9", "length"),
        ("truck", "maxheight=12'6\"", ""),
        ("truck", "maxheight=11'10\"", "height"),
        ("bicycle", "maxheight=1", ""),
    ],
)
def test_what_closes_both_directions(profile, text, reason):
    judgement = judged(profile, text)
    assert judgement.closed_by == reason
    assert bool(judgement.forward or judgement.backward) == (reason == "")


@pytest.mark.parametrize(
    ("profile", "text", "forward", "backward"),
    [
        ("car", "maxspeed=50", 40, 40),
        ("car", "maxspeed=30%20mph", 30 * 1.609344 * 0.8, 30 * 1.609344 * 0.8),
        ("car", "source:maxspeed=DE:urban", 40, 40),
        ("car", "source:maxspeed=sign", 25, 25),
        ("car", "maxspeed:type=FR:rural", 64, 64),
        ("car", "zone:maxspeed=DE:30", 24, 24),
        ("car", "maxspeed=signals source:maxspeed=DE:urban", 40, 40),
        ("car", "maxspeed=50 maxspeed:advisory=30", 24, 24),
        ("car", "maxspeed=100 maxspeed:motorcar=50", 40, 40),
        ("car", "maxspeed=100 maxspeed:hgv=50", 80, 80),
        ("car", "maxspeed:forward=50", 40, 25),
        ("car", "maxspeed=100 maxspeed:backward=50", 80, 40),
        ("car", "maxspeed=walk", 7 * 0.8, 7 * 0.8),
        ("truck", "maxspeed=100 maxspeed:hgv=50", 40, 40),
        ("truck", "maxspeed=130", 80, 80),
        ("truck", "maxspeed=50 maxspeed:hgv:forward=30", 24, 40),
        ("scooter", "maxspeed=80", 45, 45),
        ("bicycle", "maxspeed=100", 16, 16),
        ("bicycle", "maxspeed=10", 10, 10),
        ("bicycle", "maxspeed=walk", 7, 7),
        ("foot", "maxspeed=50", 5, 5),
        ("car", "surface=asphalt maxspeed=100", 80, 80),
        ("car", "surface=cobblestone maxspeed=100", 30, 30),
        ("car", "tracktype=grade5", 20, 20),
        ("car", "smoothness=horrible", 10, 10),
        ("car", "surface=gravel smoothness=very_bad", 20, 20),
        ("bicycle", "surface=sand", 4, 4),
        ("bicycle", "bicycle=dismount", 4, 4),
        ("car", "motorcar=dismount", 0, 0),
        ("car", "highway=living_street", 10, 10),
        ("car", "highway=service service=driveway", 15, 15),
        ("foot", "highway=steps", 2, 2),
    ],
)
def test_speeds(profile, text, forward, backward):
    judgement = judged(profile, text)
    assert judgement.forward == pytest.approx(forward)
    assert judgement.backward == pytest.approx(backward)


def test_ferries_take_their_time():
    ferry = load_profile("car").judge({"route": "ferry", "duration": "00:20"})
    assert (ferry.forward, ferry.seconds) == (5.0, 1200.0)
    assert load_profile("car").judge({"route": "ferry"}).seconds == 0.0
    assert load_profile("car").judge({"route": "ferry", "motor_vehicle": "no"}).closed_by == "access"
    assert load_profile("car").judge({"route": "bus"}).closed_by == "class"
    # a road that is also the route of a ferry is a road
    car = load_profile("car")
    assert car.classes[car.judge({"highway": "primary", "route": "ferry"}).road_class] == "primary"


@pytest.mark.parametrize(
    ("profile", "text", "closed_by", "restricted", "forward", "backward"),
    [
        ("car", "barrier=bollard", "bollard", False, 0, 0),
        ("car", "barrier=bollard bollard=rising", "", False, 0, 0),
        ("car", "barrier=bollard motor_vehicle=yes", "", False, 0, 0),
        ("car", "barrier=gate", "", False, 60, 60),
        ("car", "barrier=gate access=yes", "", False, 0, 0),
        ("car", "barrier=gate access=no", "access", False, 0, 0),
        ("car", "barrier=gate access=private", "", True, 0, 0),
        ("car", "barrier=gate access=no motorcar=yes", "", False, 0, 0),
        ("car", "barrier=gate locked=yes", "gate", False, 0, 0),
        ("car", "barrier=lift_gate", "", False, 60, 60),
        ("car", "barrier=toll_booth", "", False, 0, 0),
        ("car", "barrier=cycle_barrier", "cycle_barrier", False, 0, 0),
        ("car", "barrier=kerb", "kerb", False, 0, 0),
        ("car", "barrier=kerb kerb=lowered", "", False, 0, 0),
        ("car", "barrier=kerb highway=crossing", "", False, 0, 0),
        ("car", "barrier=fence sensory=audible", "", False, 0, 0),
        ("car", "barrier=height_restrictor maxheight=1.9", "size", False, 0, 0),
        ("car", "barrier=height_restrictor maxheight=2.3", "", False, 0, 0),
        ("car", "barrier=gate maxwidth=1.5", "size", False, 0, 0),
        ("car", "barrier=something_new", "something_new", False, 0, 0),
        ("bicycle", "barrier=bollard", "", False, 0, 0),
        ("bicycle", "barrier=cycle_barrier", "", False, 4, 4),
        ("cargo_bike", "barrier=cycle_barrier", "cycle_barrier", False, 0, 0),
        ("foot", "barrier=stile", "", False, 8, 8),
        ("car", "highway=traffic_signals", "", False, 2, 2),
        ("car", "highway=traffic_signals traffic_signals:direction=forward", "", False, 2, 0),
        ("car", "highway=traffic_signals direction=backward", "", False, 0, 2),
        ("car", "highway=traffic_signals direction=both", "", False, 2, 2),
        ("car", "highway=stop direction=forward", "", False, 2, 0),
        ("car", "highway=give_way direction=backward", "", False, 0, 1),
        ("car", "highway=crossing", "", False, 0, 0),
        ("foot", "highway=crossing", "", False, 2, 2),
        ("car", "traffic_calming=hump", "", False, 2, 2),
        ("car", "traffic_calming=yes", "", False, 0, 0),
        ("truck", "traffic_calming=hump", "", False, 4, 4),
        ("car", "railway=level_crossing", "", False, 0, 0),
        ("car", "railway=level_crossing barrier=lift_gate", "", False, 60, 60),
        ("car", "highway=bus_stop", "", False, 0, 0),
        ("car", "access=no", "access", False, 0, 0),
    ],
)
def test_nodes(profile, text, closed_by, restricted, forward, backward):
    tags = dict(word.split("=", maxsplit=1) for word in text.split())
    judgement = load_profile(profile).judge_node(tags)
    assert judgement[:4] == (closed_by, restricted, forward, backward)


def test_level_crossings_cost_what_the_profile_says():
    car = load_profile("car")
    slow = car.model_copy(update={"delay": car.delay.model_copy(update={"level_crossing": 30.0})})
    assert slow.judge_node({"railway": "level_crossing"})[:4] == ("", False, 30, 30)
    assert slow.judge_node({"railway": "rail"})[:4] == ("", False, 0, 0)


def test_signs_that_do_not_say_for_whom():
    judge = load_profile("car").judge_node
    assert judge({"highway": "stop"}).undirected
    assert not judge({"highway": "stop", "direction": "forward"}).undirected
    assert not judge({"highway": "stop", "stop": "all", "direction": "both"}).undirected
    assert judge({"highway": "stop", "stop": "minor"}).minor
    assert not judge({"highway": "traffic_signals"}).undirected
    assert not load_profile("foot").judge_node({"highway": "stop"}).undirected
