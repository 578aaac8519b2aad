"""What drivers and analysts get of a plan: run sheets, GPX and tables; nothing of it is lost or runs wild."""

from __future__ import annotations

import csv
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from helpers import solution
from o2oroute.errors import InputError
from o2oroute.formats.frames import plan_frames
from o2oroute.formats.gpx import plan_gpx, write_gpx
from o2oroute.formats.run_sheets import run_sheet_page, run_sheet_table, write_run_sheets
from o2oroute.model.instance import build_instance
from o2oroute.model.problem import Problem
from o2oroute.plan.schedule import make_plan

PLACES = [(126.95, 37.55), (126.94, 37.56), (126.93, 37.55), (126.96, 37.57)]


@pytest.fixture
def plan():
    problem = Problem(
        date="2026-11-23",
        time_zone="Asia/Seoul",
        depots=[{"id": "hub", "location": PLACES[0]}],
        vehicles=[
            {
                "id": f"van/{i}",
                "start": "hub",
                "end": "hub",
                "capacity": {"kg": 3},
                "shift": ["08:00", "32:00"],
            }
            for i in (1, 2)
        ],
        orders=[
            {
                "id": f"o-{i}",
                "location": place,
                "delivery": {"kg": 2},
                "windows": [["09:00", "10:00"]],
                "properties": {
                    "name": "=1+2",
                    "note": "</td><script>alert(1)</script>\x00 김",
                    "tags": [1, "b"],
                },
            }
            for i, place in enumerate(PLACES[1:])
        ],
    )
    instance = build_instance(problem, straight_line=36)
    return make_plan(instance, solution({"van/1": ["o-0"], "van/2": ["o-1"]}))


class _Cells(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(page)

    def handle_starttag(self, tag, _attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def test_page_has_a_sheet_for_each_driver_and_runs_nothing(plan):
    page = _Cells(run_sheet_page(plan))
    assert page.tags.count("section") == 2
    assert page.tags.count("tr") == 2 * (1 + 3)
    assert "script" not in page.tags
    assert "van/1 2026-11-23" in page.texts
    assert "-2 kg" in page.texts
    assert "09:00-10:00" in page.texts
    assert "</td><script>alert(1)</script>� 김" in page.texts


def test_page_of_an_empty_plan(plan):
    page = run_sheet_page(plan.model_copy(update={"routes": ()}))
    assert "No vehicle is used." in page


def test_table_reads_back(plan, tmp_path):
    (written,) = write_run_sheets(plan, tmp_path / "sheets.csv")
    assert written.read_bytes().startswith(b"\xef\xbb\xbf")
    with written.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["vehicle"], row["number"], row["task"]) for row in rows[:3]] == [
        ("van/1", "", "start"),
        ("van/1", "1", "delivery"),
        ("van/1", "", "end"),
    ]
    assert rows[1]["name"] == "'=1+2"  # a formula for no spreadsheet
    assert rows[1]["goods"] == "-2 kg"
    assert rows[1]["tags"] == "1, b"
    assert (float(rows[1]["lon"]), float(rows[1]["lat"])) == PLACES[1]
    assert rows[1]["start"] == "09:00"


def test_properties_keep_apart_from_columns(plan):
    stop = plan.routes[0].stops[1].model_copy(update={"properties": {"id": "x", "vehicle": "y"}})
    route = plan.routes[0].model_copy(
        update={"stops": (plan.routes[0].stops[0], stop, plan.routes[0].stops[2])}
    )
    row = run_sheet_table(plan.model_copy(update={"routes": (route,)}))[1]
    assert (row["id"], row["properties.id"], row["vehicle"], row["properties.vehicle"]) == (
        "o-0",
        "x",
        "van/1",
        "y",
    )


def test_folder_has_both_of_each_driver(plan, tmp_path):
    written = write_run_sheets(plan, tmp_path / "day")
    assert sorted(path.name for path in written) == [
        *("01-van_1.csv", "01-van_1.html", "02-van_2.csv", "02-van_2.html")
    ]
    assert "van/2" not in written[0].read_text(encoding="utf-8")


def test_another_ending_is_refused(plan, tmp_path):
    with pytest.raises(InputError, match=r"\.html or \.csv"):
        write_run_sheets(plan, tmp_path / "sheets.pdf")


def test_gpx_has_stops_in_their_order_and_the_way(plan, tmp_path):
    way = (PLACES[0], (126.945, 37.555), PLACES[1], PLACES[0])
    routes = (plan.routes[0].model_copy(update={"geometry": way}), plan.routes[1])
    plan = plan.model_copy(update={"routes": routes, "attribution": "© X"})
    write_gpx(plan, tmp_path / "plan.gpx")
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    root = ET.parse(tmp_path / "plan.gpx").getroot()  # noqa: S314 - written above
    assert [child.tag.rpartition("}")[2] for child in root] == ["metadata", "rte", "rte", "trk"]
    points = root.findall("g:rte[1]/g:rtept", space)
    assert [(float(p.attrib["lon"]), float(p.attrib["lat"])) for p in points] == [
        PLACES[0],
        PLACES[1],
        PLACES[0],
    ]
    assert points[1].findtext("g:name", namespaces=space) == "1 =1+2"
    assert points[1].findtext("g:time", namespaces=space) == plan.routes[0].stops[1].arrival
    note = points[1].findtext("g:desc", namespaces=space)
    assert note == "delivery -2 kg; note: </td><script>alert(1)</script>� 김; tags: 1, b"
    # the schema fixes the order inside a point
    assert [child.tag.rpartition("}")[2] for child in points[1]] == ["time", "name", "desc", "type"]
    assert len(root.findall("g:trk/g:trkseg/g:trkpt", space)) == len(way)


def test_gpx_leaves_out_what_has_no_place(plan):
    stop = plan.routes[0].stops[1].model_copy(update={"location": None})
    route = plan.routes[0].model_copy(
        update={"stops": (plan.routes[0].stops[0], stop, plan.routes[0].stops[2])}
    )
    text = plan_gpx(plan.model_copy(update={"routes": (route,)})).decode()
    assert text.count("<rtept") == 2


def test_frames(plan):
    frames = plan_frames(plan)
    stops = frames.stops
    assert len(stops) == 6
    assert stops["load.kg"].tolist() == [2, 0, 0, 2, 0, 0]
    assert stops.start[1].isoformat() == plan.routes[0].stops[1].start
    assert str(stops.start.dtype.tz) == "Asia/Seoul"
    assert frames.routes.vehicle.tolist() == ["van/1", "van/2"]
    assert frames.routes.cost.sum() == pytest.approx(plan.summary.cost)
    assert set(frames.unassigned.id) == {"o-2"}
    assert frames.unassigned.code.notna().all()


def test_frames_of_an_empty_plan_without_a_date(plan):
    frames = plan_frames(plan.model_copy(update={"date": None, "routes": (), "unassigned": ()}))
    assert [len(frame) for frame in frames] == [0, 0, 0]
    assert "vehicle" in frames.stops.columns
