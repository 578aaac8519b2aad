"""Roads of a named place, with the answers of the services made here."""

from __future__ import annotations

import json
import socket
import sys
import time
from pathlib import Path
from typing import Any

import osmnx
import pytest
import requests

from o2oroute.errors import InputError
from o2oroute.osm.place import cache_folder, download_place
from o2oroute.road.network import RoadNetwork

SQUARE = [[9.99, 44.99], [10.01, 44.99], [10.01, 45.01], [9.99, 45.01], [9.99, 44.99]]
PLACE = [
    {
        "place_id": 1,
        "osm_type": "relation",
        "osm_id": 1,
        "lat": "45.0",
        "lon": "10.0",
        "class": "boundary",
        "type": "administrative",
        "place_rank": 12,
        "importance": 0.5,
        "addresstype": "suburb",
        "name": "Testgu",
        "display_name": "Testgu, Teststadt",
        "boundingbox": ["44.99", "45.01", "9.99", "10.01"],
        "geojson": {"type": "Polygon", "coordinates": [SQUARE]},
    }
]


def _way(number: int, nodes: list[int], **tags: str) -> dict[str, Any]:
    return {"type": "way", "id": number, "nodes": nodes, "tags": {"highway": "residential", **tags}}


ROADS = {
    "elements": [
        *({"type": "node", "id": 97 + i, "lat": 45 + (i % 2) / 1000, "lon": 10 + i / 1000} for i in range(6)),
        _way(1, [97, 98, 99], name="Kurve", maxspeed="30", **{"maxspeed:backward": "20"}),
        _way(2, [99, 100], oneway="yes"),
        _way(3, [97, 100], oneway="-1"),
        _way(4, [100, 101]),
        _way(5, [99, 102]),
    ]
}


class Answer:
    """What ``requests`` would return."""

    def __init__(self, url: str, content: Any) -> None:
        self.url, self.ok, self.status_code, self.reason = url, True, 200, "OK"
        self.text = content if isinstance(content, str) else json.dumps(content)
        self.content = self.text.encode()

    def json(self) -> Any:
        return json.loads(self.text)


class Services:
    """Answers requests from here and remembers them; nothing leaves the machine."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.queries: list[str] = []
        self.places = PLACE
        self.roads: dict[str, Any] = ROADS

    def get(self, url: str, **_: Any) -> Answer:
        self.addresses.append(url)
        if "nominatim" in url:
            return Answer(url, self.places)
        return Answer(url, "Rate limit: 0\n" + "6 slots available now.\n" * 3)

    def post(self, url: str, *, data: dict[str, str], **_: Any) -> Answer:
        self.addresses.append(url)
        self.queries.append(data["data"])
        return Answer(url, self.roads)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Services:
    services = Services()
    monkeypatch.setattr(requests, "get", services.get)
    monkeypatch.setattr(requests, "post", services.post)
    monkeypatch.setattr(socket, "gethostbyname", lambda _: "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", socket.getaddrinfo)  # OSMnx replaces it; this puts it back
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return services


def test_a_place_becomes_a_network(services, tmp_path):
    network = RoadNetwork.from_place("Testgu, Teststadt", cache=tmp_path)
    ends = {
        chr(network.junction_osm_id[tail]) + chr(network.junction_osm_id[head]): segment
        for segment, (tail, head) in enumerate(zip(network.segment_tail, network.segment_head, strict=True))
    }
    assert set(ends) == {"ac", "ca", "cd", "da", "de", "ed", "cf", "fc"}
    assert network.segment_way[ends["ac"]] == 1
    assert network.names[network.segment_name[ends["ac"]]] == "Kurve"
    assert network.segment_ms[ends["ac"]] * 30 == pytest.approx(network.segment_ms[ends["ca"]] * 20, rel=1e-3)
    assert network.meta["source"] == "Testgu, Teststadt"
    assert network.meta["attribution"] == "© OpenStreetMap contributors"


def test_only_roads_of_the_profile_are_asked_for(services, tmp_path):
    download_place("Testgu", ways={"highway": ["residential", "primary"]}, keys=["oneway"], cache=tmp_path)
    (query,) = services.queries
    assert '["highway"~"^(primary|residential)$"]' in query


def test_the_second_time_nothing_is_asked(services, tmp_path):
    first = RoadNetwork.from_place("Testgu", cache=tmp_path / "kept")
    asked = len(services.addresses)
    assert asked
    second = RoadNetwork.from_place("Testgu", cache=tmp_path / "kept")
    assert len(services.addresses) == asked
    assert second.segment_ms.tolist() == first.segment_ms.tolist()
    assert list((tmp_path / "kept").iterdir())


def test_osmnx_settings_are_left_as_they_were(services, tmp_path):
    before = {name: value for name, value in vars(osmnx.settings).items() if not name.startswith("_")}
    RoadNetwork.from_place("Testgu", cache=tmp_path)
    assert {name: value for name, value in vars(osmnx.settings).items() if not name.startswith("_")} == before


def test_a_place_that_is_not_found(services, tmp_path):
    services.places = []
    with pytest.raises(InputError, match="roads of 'Nowhere' could not be downloaded"):
        RoadNetwork.from_place("Nowhere", cache=tmp_path)


def test_a_place_without_roads(services, tmp_path):
    services.roads = {"elements": []}
    with pytest.raises(InputError, match="roads of 'Testgu' could not be downloaded"):
        RoadNetwork.from_place("Testgu", cache=tmp_path)


def test_no_connection(services, tmp_path, monkeypatch):
    def fail(*_: Any, **__: Any) -> None:
        raise requests.exceptions.ConnectionError("no route")

    monkeypatch.setattr(requests, "get", fail)
    with pytest.raises(InputError, match=r"no route.*network connection"):
        RoadNetwork.from_place("Testgu", cache=tmp_path)


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, ".cache/o2oroute"),
        ("linux", {"XDG_CACHE_HOME": "/elsewhere"}, "/elsewhere/o2oroute"),
        ("darwin", {}, "Library/Caches/o2oroute"),
        ("win32", {}, "AppData/Local/o2oroute"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/o2oroute"),
    ],
)
def test_where_downloads_are_kept(monkeypatch, platform, variables, expected):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder() == Path.home() / expected
