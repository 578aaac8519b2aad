"""The page in a browser without network: no complaint, and everything a dispatcher does with it."""

from __future__ import annotations

import math
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

from o2oroute.plan.plan import Plan
from o2oroute.road.network import RoadNetwork
from o2oroute.viz.route_map import draw_map

SELECTED = "document.querySelector('.route.open .name')?.textContent ?? null"
TO = "\N{EN DASH}"
CARD = "document.getElementById('card').hidden ? null : document.getElementById('card').textContent"


@pytest.fixture(scope="module")
def helsinki() -> RoadNetwork:
    with as_file(files("o2oroute") / "data" / "helsinki_center.osm.pbf") as path:
        return RoadNetwork.from_osm(path)


@pytest.fixture
def page(tab: Any, plan: Plan, helsinki: RoadNetwork, tmp_path: Path) -> Any:
    """The plan in the browser; whatever a test does, the page must not complain or ask the network."""
    tab.open(draw_map(plan, tmp_path / "plan.html", roads=helsinki))
    yield tab
    assert tab.complaints() == []
    assert tab.requests() == []


def colours(page: Any) -> set[str]:
    """Colours on the map."""
    return set(
        page.run(
            """(() => {
              const copy = views.map.canvas.cloneNode().getContext("2d", { willReadFrequently: true });
              copy.drawImage(views.map.canvas, 0, 0);
              const { data } = copy.getImageData(0, 0, copy.canvas.width, copy.canvas.height);
              const seen = new Set(new Uint32Array(data.buffer));
              const hex = (value) => (value & 255).toString(16).padStart(2, "0");
              return [...seen].map((v) => `#${hex(v)}${hex(v >> 8)}${hex(v >> 16)}`);
            })()"""
        )
    )


def test_the_page_shows_the_plan(page: Any, tmp_path: Path) -> None:
    assert page.run("document.getElementById('figures').textContent").startswith("3 of 5orders served")
    assert page.run("document.querySelectorAll('.route').length") == 2
    assert page.run("document.querySelectorAll('.row:not(.axis-row)').length") == 2
    assert page.run("document.querySelectorAll('#unassigned > li').length") == 2
    assert "2 would arrive 12 min too late." in page.run("document.getElementById('unassigned').textContent")
    assert page.run("document.getElementById('attribution').textContent") == "© OpenStreetMap contributors"
    assert colours(page) >= {"#0072b2", "#d55e00", "#c62828", "#dcd9d1"}, "routes, unassigned orders, roads"
    page.screenshot(tmp_path / "plan.png")


def test_positions_of_the_scripts_are_those_of_the_plan(page: Any, plan: Plan) -> None:
    line, origin = page.run("[[...views.plan.routes[0].lines[0]], views.plan.origin]")
    mercator = [math.degrees(math.asinh(math.tan(math.radians(lat)))) for _, lat in plan.routes[0].geometry]
    base = math.degrees(math.asinh(math.tan(math.radians(origin[1] / 1e6))))
    for (lon, _), y, x_drawn, y_drawn in zip(
        plan.routes[0].geometry, mercator, line[0::2], line[1::2], strict=True
    ):
        assert x_drawn == pytest.approx(lon * 1e6 - origin[0], abs=0.51)
        assert y_drawn == pytest.approx((base - y) * 1e6, abs=1.1)


def test_a_route_and_its_stops_are_selected_from_the_list(page: Any) -> None:
    page.run("document.querySelector('.route-head').click()")
    assert page.run(SELECTED) == "van-1"
    assert page.run("document.querySelectorAll('.row.open').length") == 1
    page.run("document.querySelectorAll('.route.open .stop')[1].click()")
    card = page.run(CARD)
    for text in (
        "o-1 · Bakery",
        "van-1 · stop 1 of 1",
        "arrives08:10",
        "waits20 min",
        f"serves08:30{TO}08:35 (5 min)",
    ):
        assert text in card
    assert f"window08:30{TO}09:30" in card
    assert "phone010 000" in card
    assert page.run("document.querySelectorAll('.row.open .window').length") == 1
    assert page.run("document.querySelectorAll('.row rect.focus').length") == 1


def test_keys_step_along_a_route(page: Any) -> None:
    page.run("document.querySelectorAll('.route-head')[1].click()")
    page.run("document.activeElement.blur()")
    for expected in ("start", "stop 1 of 2", "stop 2 of 2", "stop 2 of 2"):
        page.key("ArrowRight")
        assert expected in page.run(CARD)
    page.key("ArrowLeft")
    assert "12345678901234567890" in page.run(CARD), "long ids keep their digits"
    page.key("Escape")
    assert page.run(CARD) is None
    assert page.run(SELECTED) is None


def test_focus_alone_shows_a_stop(page: Any) -> None:
    page.run("document.querySelector('.route-head').click()")
    page.run("document.querySelectorAll('.route.open .stop')[1].focus()")
    assert "o-1 · Bakery" in page.run(CARD)


def place_on_screen(page: Any, thing: str) -> tuple[float, float]:
    """Where the map shows a thing."""
    x, y = page.run(
        "(() => { const box = views.map.canvas.getBoundingClientRect();"
        f" const [x, y] = views.map.toScreen(...views.plan.placeOf({thing}));"
        " return [x + box.left, y + box.top]; })()"
    )
    return x, y


FIRST = "{kind: 'stop', route: 0, stop: 1}"
SECOND = "{kind: 'stop', route: 1, stop: 1}"
LEFT_OUT = "{kind: 'unassigned', index: 0}"


def test_the_mouse_on_a_stop_shows_its_times_and_its_place_in_list_and_timeline(page: Any) -> None:
    page.mouse(*place_on_screen(page, FIRST))
    assert f"serves08:30{TO}08:35" in page.run(CARD)
    assert page.run("document.querySelector('.route.focus .name').textContent") == "van-1"
    assert page.run("document.querySelectorAll('.row.faded').length") == 1
    page.mouse(5, 5)
    assert page.run(CARD) is None
    assert page.run("document.querySelectorAll('.row.faded').length") == 0


def test_a_press_selects_and_another_steps_through_stops_at_one_door(page: Any) -> None:
    page.mouse(*place_on_screen(page, SECOND), press=True)
    first = page.run("views.state.selected.stop")
    assert "2 stops; press again for the next" in page.run(CARD)
    page.mouse(*place_on_screen(page, SECOND), press=True)
    assert {first, page.run("views.state.selected.stop")} == {1, 2}
    assert page.run(SELECTED) == "2"


def test_an_unassigned_order_tells_its_reasons_on_the_map(page: Any) -> None:
    page.mouse(*place_on_screen(page, LEFT_OUT), press=True)
    assert "fits into no route beside the other orders" in page.run(CARD)
    assert "2 would arrive 12 min too late." in page.run(CARD)
    assert page.run("document.querySelector('.unassigned.focus .name').textContent") == "o-4"


def test_the_timeline_leads_to_the_map(page: Any) -> None:
    x, y = page.run(
        "(() => { const box = views.timeline.rows[0].svg.getBoundingClientRect();"
        " return [box.left + views.timeline.x(30700), box.top + 10]; })()"
    )
    page.mouse(x, y, press=True)
    assert "o-1 · Bakery" in page.run(CARD)
    assert page.run("document.querySelector('.stop.focus .name').textContent") == "o-1 · Bakery"


def test_every_row_of_the_timeline_opens(page: Any) -> None:
    page.run("document.getElementById('lanes').click()")
    assert page.run("document.querySelectorAll('.row.open').length") == 2
    assert page.run(
        "[...document.querySelectorAll('.row .lane')].map((t) => t.textContent.split(' ')[0])"
    ) == [
        "1",
        "1",
        "2",
    ]


def test_vehicles_are_switched_off_and_on(page: Any) -> None:
    page.run("document.querySelectorAll('.route > input')[1].click()")
    page.settle()
    assert "#d55e00" not in colours(page)
    assert page.run("document.querySelectorAll('.row[hidden]').length") == 1
    page.run("document.getElementById('all').click()")
    page.settle()
    assert "#d55e00" in colours(page)
    page.run("document.getElementById('all').click()")
    page.settle()
    assert not colours(page) & {"#0072b2", "#d55e00"}


def test_an_order_is_found_by_its_name(page: Any) -> None:
    page.run("document.getElementById('find').value = 'baKERy'")
    page.run("document.getElementById('find').dispatchEvent(new Event('input'))")
    assert page.run("document.querySelectorAll('#found button').length") == 1
    page.run("document.querySelector('#found button').click()")
    assert "o-1 · Bakery" in page.run(CARD)


def test_the_map_moves_and_zooms_and_comes_back(page: Any) -> None:
    before = page.run("[views.map.scale, ...views.map.centre]")
    page.run("document.getElementById('canvas').focus()")
    for key in ("+", "ArrowRight", "ArrowDown"):
        page.key(key)
    after = page.run("[views.map.scale, ...views.map.centre]")
    assert after[0] == pytest.approx(1.5 * before[0])
    assert after[1] > before[1]
    assert after[2] > before[2]
    page.run("document.getElementById('fit').click()")
    assert page.run("[views.map.scale, ...views.map.centre]") == pytest.approx(before)


def test_a_stop_that_breaks_its_window_is_marked(tab: Any, plan: Plan, tmp_path: Path) -> None:
    start, stop, end = plan.routes[0].stops
    late = stop.model_copy(update={"windows_seconds": ((28800, 29880),)})
    routes = (plan.routes[0].model_copy(update={"stops": (start, late, end)}), plan.routes[1])
    tab.open(draw_map(plan.model_copy(update={"routes": routes}), tmp_path / "plan.html"))
    tab.run("document.querySelector('.route-head').click()")
    assert tab.run("[...document.querySelectorAll('.stop .late')].map((e) => e.textContent)") == [
        "12 min too late"
    ]
    assert tab.run("document.querySelectorAll('.row .late-stop').length") == 1
    assert tab.complaints() == []


def test_light_and_dark(tab: Any, plan: Plan, tmp_path: Path) -> None:
    tab.open(draw_map(plan, tmp_path / "plan.html"), prefers_color_scheme="dark")
    assert "#181c23" in colours(tab)
    tab.run("document.getElementById('theme').click()")
    assert "#f4f3ef" in colours(tab)
    tab.screenshot(tmp_path / "plan.png")
    assert tab.complaints() == []


def test_on_a_phone_nothing_is_wider_than_the_screen(tab: Any, plan: Plan, tmp_path: Path) -> None:
    tab.open(draw_map(plan, tmp_path / "plan.html"), width=360, height=740)
    assert tab.run("document.documentElement.scrollWidth") <= 360
    assert tab.run("views.map.width") == 360
    tab.mouse(*place_on_screen(tab, FIRST), press=True)
    left, right = tab.run(
        "(({ left, right }) => [left, right])(document.getElementById('card').getBoundingClientRect())"
    )
    assert left >= 0
    assert right <= 360
    tab.screenshot(tmp_path / "phone.png")
    assert tab.complaints() == []


def test_on_paper_everything_is_open(tab: Any, plan: Plan, tmp_path: Path) -> None:
    tab.open(draw_map(plan, tmp_path / "plan.html"), prefers_color_scheme="dark")
    assert tab.run("document.querySelectorAll('.stops').length") == 0
    assert tab.pdf(tmp_path / "plan.pdf").startswith(b"%PDF")
    assert tab.run("document.querySelectorAll('.stops').length") == 2
    assert tab.run("document.documentElement.dataset.theme") == "dark", "as before once printed"
    assert tab.complaints() == []


def test_a_plan_without_places_shows_timeline_and_lists(
    tab: Any, academic_plan: Plan, tmp_path: Path
) -> None:
    tab.open(draw_map(academic_plan, tmp_path / "plan.html"))
    assert tab.run("getComputedStyle(document.getElementById('map')).display") == "none"
    assert tab.run("document.querySelectorAll('.row:not(.axis-row)').length") == 2
    assert (
        tab.run("document.querySelector('.route-head .facts').textContent")
        == f"1 stop · 28,800{TO}31,500 · 2,400"
    )
    tab.run("document.querySelector('.route-head').click()")
    tab.key("ArrowRight")
    assert tab.complaints() == []


def test_an_empty_plan_opens(tab: Any, plan: Plan, tmp_path: Path) -> None:
    tab.open(draw_map(plan.model_copy(update={"routes": (), "unassigned": ()}), tmp_path / "plan.html"))
    assert tab.complaints() == []


def test_texts_of_the_file_stay_texts(tab: Any, evil_plan: Plan, evil: str, tmp_path: Path) -> None:
    tab.open(draw_map(evil_plan, tmp_path / "plan.html", title=evil))
    tab.run("window.alert = () => console.error('a text of the file was run')")
    tab.run("views.lists.openAll()")
    for step in range(3):
        tab.run(f"views.state.select({{kind: 'stop', route: 0, stop: {step}}})")
    tab.run(f"views.state.select({LEFT_OUT})")
    assert tab.run("document.getElementById('title').textContent") == evil
    assert tab.run("document.querySelector('.route-head .name').textContent") == evil
    assert evil in tab.run(CARD)
    assert tab.run("document.querySelectorAll('img, #lists script, #card script').length") == 0
    assert tab.run("document.scripts.length") == 2
    assert tab.complaints() == []
    assert tab.requests() == []


def test_tiles_are_asked_for_only_if_wanted(tab: Any, plan: Plan, tmp_path: Path) -> None:
    tab.open(draw_map(plan, tmp_path / "plan.html", tiles="https://tile.example.org/{z}/{x}/{y}.png"))
    tab.settle()
    asked = tab.requests()
    assert asked
    assert all(url.startswith("https://tile.example.org/") for url in asked)
    tiles = {tuple(map(int, url.removesuffix(".png").split("/")[3:])) for url in asked}
    (zoom,) = {tile[0] for tile in tiles}
    # where the hub is by the definition of slippy map tiles
    x = (24.944 + 180) / 360 * 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(60.17))) / math.pi) / 2 * 2**zoom
    assert (zoom, int(x), int(y)) in tiles
