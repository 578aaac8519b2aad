"""Profiles: the one in the package, a user's own, and wrong ones."""

from __future__ import annotations

import os
from importlib.resources import files

import pytest

from o2oroute.errors import InputError
from o2oroute.road.network import RoadNetwork
from o2oroute.road.profile import Profile, load_profile, profile_names

CAR = load_profile("car")


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ("highway=motorway", 90, 0),
        ("highway=motorway oneway=no", 90, 90),
        ("highway=trunk", 85, 85),
        ("highway=residential", 25, 25),
        ("highway=living_street", 10, 10),
        ("highway=service", 15, 15),
        ("highway=service service=alley", 15, 15),
        ("highway=service service=bus", 15, 15),
        ("highway=residential service=alley", 25, 25),
        ("highway=residential maxspeed=50", 40, 40),
        ("highway=residential maxspeed=30_mph", 30 * 1.609344 * 0.8, 30 * 1.609344 * 0.8),
        ("highway=motorway maxspeed=none", 112, 0),
        ("highway=motorway maxspeed=DE:motorway", 112, 0),
        ("highway=primary maxspeed=FR:rural", 64, 64),
        ("highway=primary maxspeed=signals", 65, 65),
        ("highway=primary maxspeed=1", 1, 1),
        ("highway=primary maxspeed=100 maxspeed:forward=50", 40, 80),
        ("highway=primary maxspeed:backward=50", 65, 40),
        ("highway=primary maxspeed=100 maxspeed:forward=signals", 80, 80),
        ("highway=primary oneway=-1", 0, 65),
        ("highway=track", 0, 0),
        ("", 0, 0),
    ],
)
def test_speeds_of_the_car(tags, forward, backward):
    pairs = (word.split("=") for word in tags.split())
    judgement = CAR.judge({key: value.replace("_mph", " mph") for key, value in pairs})
    assert judgement.forward == pytest.approx(forward)
    assert judgement.backward == pytest.approx(backward)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"highway": "footway"}, "class"),
        ({"highway": "service", "area": "yes"}, "area"),
        ({"highway": "service", "access": "private"}, ""),
        ({"highway": "service", "access": "no"}, "access"),
        ({"highway": "service", "access": "no", "motorcar": "yes"}, ""),
        ({"highway": "service", "vehicle": "no", "access": "yes"}, "access"),
        ({"highway": "service", "access": "delivery"}, ""),
        ({"highway": "service", "service": "emergency_access"}, "service"),
        ({"highway": "primary", "oneway": "reversible"}, "reversible"),
    ],
)
def test_why_a_road_is_closed(tags, reason):
    judgement = CAR.judge(tags)
    assert judgement.closed_by == reason
    assert bool(judgement.forward or judgement.backward) == (reason == "")


def test_all_that_is_judged_is_read():
    class Seen(dict):
        def __init__(self, content):
            super().__init__(content)
            self.keys_seen = set()

        def get(self, key, default=None):
            self.keys_seen.add(key)
            return super().get(key, default)

        def __contains__(self, key):
            self.keys_seen.add(key)
            return super().__contains__(key)

    for name in profile_names():
        profile = load_profile(name)
        seen, seen_at_nodes = set(), set()
        for highway in profile.classes:
            tags = Seen({"highway": highway})
            profile.judge(tags)
            seen |= tags.keys_seen
        for kind in ("gate", "bollard", ""):
            tags = Seen({"barrier": kind, "highway": "traffic_signals"} if kind else {})
            profile.judge_node(tags)
            seen_at_nodes |= tags.keys_seen
        assert seen <= set(profile.keys)
        assert seen_at_nodes <= set(profile.node_keys)
        if name == "car":
            assert seen == {key for key in profile.keys if not key.endswith(":conditional")}
            assert {key.removesuffix(":conditional") for key in profile.keys} == seen


def test_classes_are_numbered_in_the_order_of_the_file():
    assert CAR.classes[CAR.judge({"highway": "tertiary"}).road_class] == "tertiary"


def test_profiles_of_the_package_load_and_are_named_after_their_file():
    assert "car" in profile_names()
    for name in profile_names():
        assert load_profile(name).name == name


def test_a_copied_profile_is_the_same_and_a_changed_one_is_not(town, tmp_path):
    text = (files("o2oroute.road") / "profiles" / "car.toml").read_text(encoding="utf-8")
    copy = tmp_path / "copy.toml"
    copy.write_text(text, encoding="utf-8")
    assert load_profile(copy) == CAR
    slow = tmp_path / "slow.toml"
    slow.write_text(
        text.replace('name = "car"', 'name = "slow"').replace("residential = 25", "residential = 5"),
        encoding="utf-8",
    )
    path = town("node a 0 0 b 1 0\nway ab")
    network = RoadNetwork.from_osm(path, profile=slow)
    assert network.profile == "slow"
    assert network.segment_ms == pytest.approx(RoadNetwork.from_osm(path).segment_ms * 5.0, rel=1e-4)
    assert load_profile(CAR) is CAR


def test_a_profile_needs_few_words(town, tmp_path):
    path = tmp_path / "walk.toml"
    path.write_text('name = "walk"\nvehicles = ["foot"]\n[speed]\nfootway = 4.5\n')
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 0\nway ab highway=footway\nway ab"), profile=path)
    assert network.class_names == ("footway",)
    assert network.segments == 2


def test_restrictions_and_directions_follow_the_vehicles_of_the_profile(town, tmp_path, segments):
    path = tmp_path / "bike.toml"
    path.write_text('name = "bike"\nvehicles = ["bicycle", "vehicle"]\n[speed]\nresidential = 15\n')
    drawn = town("node a 0 0 b 1 0 c 1 1\nway bc\nway ca\nway ab oneway=yes oneway:bicycle=no")
    assert "ba" in segments(RoadNetwork.from_osm(drawn, profile=path))
    assert "ba" not in segments(RoadNetwork.from_osm(drawn))


def test_an_unknown_profile_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match=r"profile 'cart' is not known; use one of bicycle, car, "):
        load_profile("cart")


def test_a_profile_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        load_profile(tmp_path / "none.toml")


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe", b"{}"])
def test_a_profile_file_that_is_no_toml(tmp_path, content):
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"broken\.toml is no TOML file"):
        load_profile(path)


GOOD = {"name": "car", "vehicles": ["motorcar"], "speed": {"residential": 25}}


def _toml(content: dict) -> str:
    def value(thing):
        if isinstance(thing, dict):
            return "{" + ", ".join(f'"{key}" = {value(inner)}' for key, inner in thing.items()) + "}"
        if isinstance(thing, list):
            return "[" + ", ".join(map(value, thing)) + "]"
        return (
            str(thing).lower()
            if isinstance(thing, bool)
            else f'"{thing}"'
            if isinstance(thing, str)
            else str(thing)
        )

    return "\n".join(f"{key} = {value(thing)}" for key, thing in content.items())


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"speeed": {}}, ["/speeed"]),
        ({"name": ""}, ["/name"]),
        ({"vehicles": []}, ["/vehicles"]),
        ({"vehicles": [""]}, ["/vehicles"]),
        ({"vehicles": ["bicycle", "bicycle"]}, ["/vehicles"]),
        ({"speed": {}}, ["/speed"]),
        ({"speed": {"residential": 0}}, ["/speed/residential"]),
        ({"speed": {"residential": "fast", "primary": -1}}, ["/speed/residential", "/speed/primary"]),
        ({"speed": {"residential": float("nan")}}, ["/speed/residential"]),
        ({"speed": {f"class{i}": 5 for i in range(256)}}, ["/speed"]),
        ({"limit": {"factor": 0}}, ["/limit/factor"]),
        ({"limit": {"none": float("inf")}, "turn": {"u_turn": -1}}, ["/limit/none", "/turn/u_turn"]),
        ({"service_speed": {"alley": -5}}, ["/service_speed/alley"]),
        ({"access": {"closed": "no"}}, ["/access/closed"]),
    ],
)
def test_a_wrong_profile_gets_findings_for_all_that_is_wrong(tmp_path, change, pointers):
    path = tmp_path / "wrong.toml"
    path.write_text(_toml({**GOOD, **change}))
    with pytest.raises(InputError) as refused:
        load_profile(path)
    assert [finding.pointer for finding in refused.value.findings] == pointers
    assert all(
        finding.level == "file" and "wrong.toml" in finding.message for finding in refused.value.findings
    )


def test_missing_parts_are_found(tmp_path):
    path = tmp_path / "empty.toml"
    path.touch()
    with pytest.raises(InputError) as refused:
        load_profile(path)
    assert {finding.pointer for finding in refused.value.findings} == {"/name", "/vehicles", "/speed"}


def test_a_path_may_be_text(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(_toml(GOOD))
    assert load_profile(os.fspath(path)) == Profile.model_validate(GOOD)
