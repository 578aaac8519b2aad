"""Places that are known by position, and what profiles say of them."""

from __future__ import annotations

import pytest

from o2oroute.errors import InputError
from o2oroute.road.network import RoadNetwork
from o2oroute.road.profile import Profile, load_profile
from o2oroute.road.region import REGIONS, region_of


@pytest.mark.parametrize(
    ("place", "lon", "lat", "code"),
    [
        ("Seoul City Hall", 126.978, 37.566, "KR-11"),
        ("Gangnam", 127.028, 37.498, "KR-11"),
        ("Gimpo airport", 126.80, 37.558, "KR-11"),
        ("Dobong", 127.03, 37.685, "KR-11"),
        ("Gangdong", 127.15, 37.55, "KR-11"),
        ("Incheon", 126.705, 37.456, "KR"),
        ("Seongnam", 127.127, 37.42, "KR"),
        ("Goyang", 126.832, 37.658, "KR"),
        ("Busan", 129.075, 35.18, "KR"),
        ("Jeju", 126.53, 33.5, "KR"),
        ("Baengnyeong", 124.7, 37.95, "KR"),
        ("Gangneung", 128.9, 37.75, "KR"),
        ("Ulleung", 130.9, 37.5, "KR"),
        ("Kaesong", 126.55, 37.97, ""),
        ("Pyongyang", 125.75, 39.02, ""),
        ("Tsushima", 129.33, 34.4, ""),
        ("Fukuoka", 130.4, 33.59, ""),
        ("Helsinki", 24.94, 60.17, ""),
    ],
)
def test_places(place, lon, lat, code):
    (found,) = region_of([lon], [lat])
    assert ("" if found < 0 else REGIONS[found]) == code, place


def test_a_profile_knows_every_place_and_no_other():
    with pytest.raises(InputError, match="allowed is 'KR' or 'KR-11'"):
        load_profile_text(region={"XX": {"motorroad": False}})
    for code in REGIONS:
        assert load_profile_text(region={code: {"motorroad": False}}).within(code).access.motorroad is False


def load_profile_text(**changes):
    from o2oroute.road.profile import _checked

    return _checked("test", {"name": "x", "vehicles": ["motorcar"], "speed": {"residential": 25}, **changes})


def test_the_part_of_a_country_comes_before_the_country():
    profile = load_profile_text(
        region={
            "KR": {"speed": {"residential": 20}, "motorroad": False},
            "KR-11": {"speed": {"residential": 15}, "limit": "cap"},
        }
    )
    tags = {"highway": "residential", "maxspeed": "50"}
    assert profile.judge(tags).forward == 40
    assert profile.within("KR").judge(tags).forward == 40
    assert profile.within("KR").judge({"highway": "residential"}).forward == 20
    assert profile.within("KR-11").judge(tags).forward == 15
    assert profile.within("KR-11").judge({**tags, "motorroad": "yes"}).closed_by == "motorroad"
    assert profile.judge({**tags, "motorroad": "yes"}).closed_by == ""
    assert isinstance(profile.within("KR-11"), Profile)


def test_a_speed_of_a_region_is_for_a_class_of_the_profile():
    with pytest.raises(InputError, match="region KR has a speed for primry"):
        load_profile_text(region={"KR": {"speed": {"primry": 20}}})


def test_motorcycles_keep_off_expressways_in_korea():
    rider = load_profile("motorcycle")
    assert rider.judge({"highway": "motorway"}).forward == 90
    assert rider.within("KR").judge({"highway": "motorway"}).closed_by == "class"
    assert rider.within("KR-11").judge({"highway": "trunk", "motorroad": "yes"}).closed_by == "motorroad"


def test_roads_are_judged_where_they_lie(town):
    path = town("node a 0 0 b 1 0 c 2 0\nway ab\nway bc\nway ca highway=primary")
    abroad = RoadNetwork.from_osm(path)
    path.write_text(path.read_text().replace('lon="10.', 'lon="126.97').replace('lat="45.', 'lat="37.5'))
    seoul = RoadNetwork.from_osm(path)
    residential = seoul.segment_class == seoul.class_names.index("residential")
    for network, kmh in ((abroad, {True: 25, False: 65}), (seoul, {True: 15, False: 22})):
        driven = network.segment_dm * 360 / network.segment_ms
        for kind, expected in kmh.items():
            assert driven[residential == kind] == pytest.approx(expected, rel=0.03)
