"""The page as text: whole, safe, small, and asking the network for nothing."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from o2oroute.errors import InputError
from o2oroute.plan.plan import Plan, Stop
from o2oroute.road.network import RoadNetwork
from o2oroute.viz.route_map import draw_map, map_html


def payload(page: str) -> dict[str, Any]:
    found = re.findall(r'<script type="application/json" id="plan">(.*?)</script>', page, flags=re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


def test_draws_a_file_and_returns_its_path(plan: Plan, tmp_path: Path) -> None:
    path = draw_map(plan, tmp_path / "plan.html", title="Monday wave")
    assert path == tmp_path / "plan.html"
    assert path.read_text(encoding="utf-8") == map_html(plan, title="Monday wave")


def test_a_folder_that_is_not_there_is_named(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        draw_map(plan, tmp_path / "nowhere" / "plan.html")


def test_all_routes_stops_and_reasons_are_in_the_page(plan: Plan, decode: Callable[[str], list[int]]) -> None:
    data = payload(map_html(plan))
    assert [route["vehicle"] for route in data["routes"]] == ["van-1", "2"]
    assert [stop["id"] for route in data["routes"] for stop in route["stops"]] == [
        stop.id if isinstance(stop.id, str) else "12345678901234567890"
        for r in plan.routes
        for stop in r.stops
    ]
    first = data["routes"][0]["stops"][1]
    assert (first["arrival"], first["start"], first["departure"]) == (29400, 30600, 30900)
    assert first["windows"] == [[30600, 34200]]
    assert first["properties"] == {"name": "Bakery", "phone": "010 000"}
    assert data["unassigned"][0]["reasons"] == ["2 would arrive 12 min too late."]
    assert data["unassigned"][1]["place"] is None, "lat 124.94 is nowhere on the map"
    assert data["attribution"] == "© OpenStreetMap contributors"
    steps = np.array(decode(data["routes"][0]["line"]["points"])).reshape(-1, 2)
    way = (np.cumsum(steps, axis=0) + data["origin"]) / 1e6
    assert np.abs(way - np.array(plan.routes[0].geometry)).max() <= 0.5e-6 + 1e-12
    assert data["routes"][1]["line"] is None


def test_a_plan_without_places_has_no_map(academic_plan: Plan) -> None:
    data = payload(map_html(academic_plan))
    assert data["box"] is None
    assert data["clock"] is None
    assert all(stop["place"] is None for route in data["routes"] for stop in route["stops"])


def test_an_empty_plan_is_a_page_too(plan: Plan) -> None:
    data = payload(map_html(plan.model_copy(update={"routes": (), "unassigned": ()})))
    assert data["box"] is None
    assert data["routes"] == []


def test_the_clock_follows_the_times_of_the_plan(plan: Plan) -> None:
    assert payload(map_html(plan))["clock"] == []
    # Europe/Helsinki goes back an hour at 04:00 on 25 October 2026: 5 hours after midnight it is 04:00
    times = (("2026-10-25T02:00:00+03:00", 7200), ("2026-10-25T04:00:00+02:00", 18000))
    start, end = (
        Stop(
            kind=kind,
            arrival=iso,
            arrival_seconds=seconds,
            start_seconds=seconds,
            departure_seconds=seconds,
            location=(24.9, 60.1),
        )
        for kind, (iso, seconds) in zip(("start", "end"), times, strict=True)
    )
    route = plan.routes[0].model_copy(update={"stops": (start, end)})
    changed = plan.model_copy(update={"date": dt.date(2026, 10, 25), "routes": (route,)})
    assert payload(map_html(changed))["clock"] == [[18000, -3600]]


# ---- texts from files


def test_no_text_of_a_file_becomes_markup(evil_plan: Plan, evil: str, plan: Plan) -> None:
    page = map_html(evil_plan, title=evil)
    for tag in ("<script", "</script", "<!--", "<img"):
        assert page.count(tag) == map_html(plan).count(tag), tag
    assert "\u2028" not in page.partition("<body>")[2]
    data = payload(page)
    assert data["title"] == data["attribution"] == data["routes"][0]["vehicle"] == evil
    assert data["routes"][0]["stops"][1]["properties"] == {evil: evil}
    assert f"<title>{html.escape(evil)}</title>" in page


def test_half_a_surrogate_pair_does_not_stop_the_page(plan: Plan, tmp_path: Path) -> None:
    route = plan.routes[0].model_copy(update={"properties": {"note": "\ud83d"}})
    page = draw_map(plan.model_copy(update={"routes": (route,)}), tmp_path / "plan.html").read_text("utf-8")
    assert payload(page)["routes"][0]["properties"]["note"] == "\ud83d"


# ---- nothing from elsewhere


def test_the_page_names_no_address(plan: Plan) -> None:
    addresses = set(re.findall(r"https?://[^\s\"'`)]*", map_html(plan)))
    assert addresses == {"http://www.w3.org/2000/svg"}, "a name of SVG, not an address that is asked"


def test_the_policy_lets_only_the_own_script_and_style_in(plan: Plan) -> None:
    page = map_html(plan)
    policy = html.unescape(re.findall(r'Content-Security-Policy" content="(.*?)"', page)[0])
    style = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)[0]
    script = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)[0]
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style)]
    assert policy == (
        "default-src 'none'; img-src 'none'; "
        f"script-src 'sha256-{digests[0]}'; style-src 'sha256-{digests[1]}'"
    )


def test_tiles_are_allowed_from_their_own_host_only(plan: Plan) -> None:
    page = map_html(plan, tiles="https://tile.example.org:8080/{z}/{x}/{y}.png")
    assert "img-src https://tile.example.org:8080;" in page
    assert payload(page)["tiles"] == "https://tile.example.org:8080/{z}/{x}/{y}.png"
    assert payload(page)["attribution"] == "© OpenStreetMap contributors · tiles: tile.example.org"


@pytest.mark.parametrize(
    "tiles",
    [
        "",
        "osm",
        "https://tile.example.org/{z}/{x}.png",
        "https://{s}.tile.example.org/{z}/{x}/{y}.png",
        "https://tile.example.org/{z}/{x}/{y}{r}.png",
        "javascript://tile.example.org/{z}/{x}/{y}",
        "https://tile.example.org; script-src */{z}/{x}/{y}.png",
        "/{z}/{x}/{y}.png",
        7,
    ],
)
def test_an_address_that_is_none_of_tiles_is_refused(plan: Plan, tiles: Any) -> None:
    with pytest.raises(InputError, match=r"tiles is .*\{z\}, \{x\} and \{y\}"):
        map_html(plan, tiles=tiles)


# ---- size


@pytest.fixture(scope="module")
def milan(shared: Path) -> RoadNetwork:
    return RoadNetwork.from_osm(shared / "osm" / "milan.osm.pbf")


def city_plan(network: RoadNetwork, plan: Plan, orders: int, vehicles: int) -> Plan:
    """A plan with orders all over the city, along real ways; its times are of no account."""
    rng = np.random.default_rng(1)
    junctions = rng.choice(network.junction_lon.size, (vehicles, orders // vehicles))
    routes = []
    for vehicle, chosen in enumerate(junctions):
        places = np.stack((network.junction_lon[chosen], network.junction_lat[chosen]), axis=1) / 1e7
        times = range(28800, 28800 + 600 * len(places), 600)
        stop = plan.routes[0].stops[1]
        stops = [
            stop.model_copy(
                update={"id": f"order-{vehicle}-{t}", "location": tuple(place), "arrival_seconds": t}
            )
            for t, place in zip(times, places.tolist(), strict=True)
        ]
        way = tuple(map(tuple, network.route(places).geometry.tolist()))
        routes.append(
            plan.routes[0].model_copy(update={"vehicle": vehicle, "stops": tuple(stops), "geometry": way})
        )
    return plan.model_copy(update={"routes": tuple(routes)})


def test_a_page_of_500_orders_in_a_large_city_stays_small(milan: RoadNetwork, plan: Plan) -> None:
    page = map_html(city_plan(milan, plan, 500, 40), roads=milan)
    assert len(page.encode()) < 5_000_000
    assert payload(page)["all_roads"]


def test_of_several_networks_the_largest_is_drawn(milan: RoadNetwork, plan: Plan) -> None:
    city = city_plan(milan, plan, 4, 2)
    assert map_html(city, roads={"car": milan}) == map_html(city, roads=milan)
    assert map_html(city, roads={}) == map_html(city)
