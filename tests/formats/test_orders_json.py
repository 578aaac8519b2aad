"""Order files: read, written, described by a schema, and never the end of the program."""

from __future__ import annotations

import copy
import json
import random
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import numpy as np
import pydantic
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2oroute.errors import InputError
from o2oroute.formats.orders_json import json_schema, orders_data, parse_orders, write_problem
from o2oroute.formats.reading import read_problem
from o2oroute.model.legs import Legs
from o2oroute.model.problem import Problem
from o2oroute.model.times import TimeReader

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "reference" / "orders.schema.json"
ISSUE_SAMPLE = {
    "schema_version": 1,
    "date": "2026-11-23",
    "time_zone": "Asia/Seoul",
    "depots": [{"id": "hub", "location": [126.95, 37.55], "windows": [["06:00", "22:00"]]}],
    "vehicles": [
        {
            "id": "van-1",
            "profile": "car",
            "start": "hub",
            "end": "hub",
            "capacity": {"parcels": 120, "kg": 600},
            "shift": ["08:00", "17:00"],
            "costs": {"fixed": 0, "per_hour": 20, "per_km": 0.3},
            "max_distance": 80000,
            "max_duty": 30000,
            "max_stops": 60,
        }
    ],
    "orders": [
        {
            "id": "o-1",
            "location": [126.94, 37.56],
            "delivery": {"parcels": 1, "kg": 2.5},
            "service": 180,
            "windows": [["09:00", "12:00"]],
            "importance": 1,
            "prize": 3.5,
            "properties": {"phone": "..."},
        },
        {"id": 2, "location": {"index": 4}},
    ],
    "objective": "cost",
    "properties": {"name": "Monday"},
}

# --- round trips

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
ids = st.integers() | names
amounts = st.integers(0, 10**6) | st.floats(0, 1e6)
loads = st.dictionaries(st.sampled_from(["kg", "box", "m³"]), amounts)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)
properties = st.dictionaries(names, json_values, max_size=3)
locations = st.tuples(st.floats(120, 130), st.floats(30, 40)).map(list) | st.builds(
    lambda i: {"index": i}, st.integers(0, 99)
)


def part(**fields):
    """Return objects with some of the fields."""
    needed = {name: fields.pop(name) for name in ("id", "location") if name in fields}
    return st.fixed_dictionaries(needed, optional=fields | {"properties": properties})


@st.composite
def order_files(draw):
    zone, date = draw(st.sampled_from(["Asia/Seoul", "Europe/Berlin", "UTC"])), draw(st.dates())
    date = date.replace(year=1980 + date.year % 200, day=min(date.day, 28))
    ticks = draw(st.sampled_from([1, 10]))
    reader = TimeReader(date, ZoneInfo(zone), ticks)
    kind = draw(st.sampled_from(["integer", "clock", "iso"]))
    whole = st.integers(0, 2879).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
    times = {
        "integer": st.integers(-(2**20), 2**20),
        "clock": whole,
        "iso": st.integers(-(2**20), 2**20).map(reader.iso),
    }[kind]
    window = st.lists(times, min_size=2, max_size=2).map(lambda pair: sorted(pair, key=reader.read))
    windows = st.lists(window, max_size=3)
    depots = draw(st.lists(part(id=ids, location=locations, windows=windows), max_size=3, unique_by=identity))
    place = st.none() | locations | st.sampled_from([depot["id"] for depot in depots] or [None])
    vehicle = part(
        id=ids,
        profile=names,
        start=place,
        end=place,
        capacity=loads,
        shift=st.none() | window,
        costs=st.fixed_dictionaries({}, optional=dict.fromkeys(("fixed", "per_hour", "per_km"), amounts)),
        max_distance=st.none() | st.integers(0, 2**30),
        max_duty=st.none() | st.integers(0, 2**29),
        max_stops=st.none() | st.integers(0, 2**20),
    )
    order = part(
        id=ids,
        location=locations | st.tuples(st.floats(-400, 400), st.floats(-400, 400)).map(list),
        delivery=loads,
        service=st.integers(0, 2**29),
        windows=windows,
        importance=st.integers(1, 10**6),
        prize=st.none() | amounts,
    )
    data = {
        "date": date.isoformat(),
        "time_zone": zone,
        "ticks_per_second": ticks,
        "depots": depots,
        "vehicles": draw(st.lists(vehicle, min_size=1, max_size=3, unique_by=identity)),
        "orders": draw(st.lists(order, max_size=5, unique_by=identity)),
        "objective": draw(st.sampled_from(["cost", "fewest_vehicles"])),
        "properties": draw(properties),
    }
    if kind != "iso" and draw(st.booleans()):
        del data["date"]
    return data


def identity(item):
    return (type(item["id"]), item["id"])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(order_files())
def test_what_is_written_is_read_back_equal(data):
    problem = Problem.from_dict(data)
    written = orders_data(problem)
    text = json.dumps(written, allow_nan=False)
    assert parse_orders(text) == problem
    jsonschema.validate(json.loads(text), json_schema())
    # and once more, from what was read back
    assert orders_data(parse_orders(text)) == written


def test_a_file_is_written_and_read(tmp_path):
    problem = read_problem(ISSUE_SAMPLE)
    write_problem(problem, tmp_path / "orders.json")
    assert read_problem(tmp_path / "orders.json") == problem
    assert read_problem(str(tmp_path / "orders.json")) == problem
    written = json.loads((tmp_path / "orders.json").read_text(encoding="utf-8"))
    assert written["orders"][0]["windows"] == [["09:00", "12:00"]]
    assert written == ISSUE_SAMPLE


def test_times_without_a_clock_time_are_written_as_seconds():
    problem = Problem(vehicles=[{"id": 1, "shift": [-60, 60]}], orders=[])
    assert orders_data(problem)["vehicles"] == [{"id": 1, "shift": [-60, 60]}]


def test_own_travel_is_not_lost_silently(tmp_path):
    legs = Legs(np.zeros((1, 1), np.int32), np.zeros((1, 1), np.int32))
    with pytest.raises(InputError, match="travel of its own"):
        write_problem(Problem(vehicles=[{"id": 1}], orders=[]).with_legs({"car": legs}), tmp_path / "a.json")
    assert not (tmp_path / "a.json").exists()


# --- one door


def test_text_dict_and_path_are_the_same(tmp_path):
    text = json.dumps(ISSUE_SAMPLE, indent=1)
    for name, data in {"plain": text.encode(), "bom": b"\xef\xbb\xbf" + text.encode()}.items():
        (tmp_path / name).write_bytes(data)
        assert read_problem(tmp_path / name) == read_problem(text) == read_problem(ISSUE_SAMPLE)


def test_strict_and_order_level():
    data = copy.deepcopy(ISSUE_SAMPLE)
    data["orders"][0]["delivery"]["kg"] = 601
    assert [finding.code for finding in read_problem(data).findings] == ["LOAD_TOO_LARGE"]
    for source in (data, json.dumps(data)):
        with pytest.raises(InputError, match="LOAD_TOO_LARGE /orders/0/delivery/kg"):
            read_problem(source, strict=True)


@pytest.mark.parametrize("source", [None, 3, [1], b"{}"])
def test_what_is_no_source(source):
    with pytest.raises(InputError, match="WRONG_TYPE"):
        read_problem(source)


def test_order_files_have_no_convention():
    for source in (ISSUE_SAMPLE, json.dumps(ISSUE_SAMPLE)):
        with pytest.raises(InputError, match="CONVENTION"):
            read_problem(source, convention="dimacs")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"FILE_UNREADABLE .*orderz\.json cannot be read"):
        read_problem(tmp_path / "orderz.json")


# --- the schema


@pytest.mark.skipif(
    tuple(map(int, pydantic.VERSION.split(".")[:2])) < (2, 14),
    reason="earlier releases of pydantic write the same schema in other words",
)
def test_the_published_schema_is_current():
    published = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert published == json_schema(), "write json_schema() to docs/reference/orders.schema.json"


def test_the_schema_is_one_and_says_what_fields_mean():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for model in (schema, *schema["$defs"].values()):
        for name, field in model.get("properties", {}).items():
            assert field.get("description"), name


def test_the_page_of_the_format_names_every_field():
    page = (SCHEMA_FILE.parent / "orders.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", page, re.MULTILINE))
    schema = json_schema()
    models = {"The file": schema} | {
        f"{name}s": schema["$defs"][name] for name in ("Depot", "Vehicle", "Order")
    }
    for section, model in models.items():
        rows = re.findall(r"^\| (`.+?) \|", sections[section], re.MULTILINE)
        assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(model["properties"]), section
    for cost in schema["$defs"]["Costs"]["properties"]:
        assert f"`{cost}`" in sections["Vehicles"]


def test_the_sample_of_the_page_is_an_order_file():
    page = (SCHEMA_FILE.parent / "orders.md").read_text(encoding="utf-8")
    (sample,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    problem = read_problem(sample, strict=True)
    assert jsonschema.Draft202012Validator(json_schema()).is_valid(json.loads(sample))
    assert problem.orders[0].windows == ((32400, 43200), (50400, 57600))


# --- malformed files


def places(value, path=()):
    """Yield the path of everything inside, but for values of properties, which are free."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(inner, dict | list) and key != "properties":
            yield from places(inner, (*path, key))


def at(data, path):
    for step in path:
        data = data[step]
    return data


def set_to(path, value):
    def change(data):
        at(data, path[:-1])[path[-1]] = value
        return data

    return change


def renamed(path):
    def change(data):
        parent = at(data, path[:-1])
        parent[path[-1] + "x"] = parent.pop(path[-1])
        return data

    return change


def without(path):
    def change(data):
        del at(data, path[:-1])[path[-1]]
        return data

    return change


FREE_NAMES = ("capacity", "delivery", "properties")
LISTS = ("windows", "depots", "vehicles", "orders")
REQUIRED = ("id", "location", "vehicles", "orders", "index")


def wrong_forms():
    """Yield files whose form is wrong at one place: a name, the path, and the change that makes it so."""
    for path in places(ISSUE_SAMPLE):
        yield "true", path, set_to(path, True)
        if path[-1] != "properties":
            yield "object", path, set_to(path, {"no": {"such": "field"}})
        if path[-1] not in LISTS:
            yield "list", path, set_to(path, [])
        if isinstance(path[-1], str) and (len(path) < 2 or path[-2] not in FREE_NAMES):
            yield "renamed", path, renamed(path)
        if path[-1] in REQUIRED:
            yield "missing", path, without(path)


WRONG_FORMS = [
    pytest.param(path, change, id=f"{name} {'.'.join(map(str, path))}")
    for name, path, change in wrong_forms()
]


def test_there_are_plenty_of_wrong_files():
    assert len(WRONG_FORMS) > 150


@pytest.mark.parametrize(("path", "change"), WRONG_FORMS)
def test_wrong_forms_are_findings_at_their_place(path, change):
    data = change(copy.deepcopy(ISSUE_SAMPLE))
    with pytest.raises(InputError) as error:
        parse_orders(json.dumps(data))
    near = "/" + "/".join(map(str, path[:-1]))
    assert any(finding.pointer.startswith(near.rstrip("/")) for finding in error.value.findings)
    for finding in error.value.findings:
        # every pointer leads into the file; only its last step may be missing there
        *steps, _ = finding.pointer.split("/")[1:] or [""]
        found = data
        for step in steps:
            found = found[int(step)] if isinstance(found, list) else found[step]
        assert isinstance(found, dict | list)


def test_the_schema_judges_as_we_do():
    validator = jsonschema.Draft202012Validator(json_schema())
    validator.validate(ISSUE_SAMPLE)
    for _, path, change in wrong_forms():
        assert not validator.is_valid(change(copy.deepcopy(ISSUE_SAMPLE))), path


@pytest.mark.parametrize("seed", range(300))
def test_garbled_text_is_a_problem_or_a_finding(seed):
    text = bytearray(json.dumps(ISSUE_SAMPLE).encode())
    rng = random.Random(seed)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(text))
        match rng.randrange(4):
            case 0:
                del text[place:]
            case 1:
                text[place] = rng.randrange(256)
            case 2:
                text[place:place] = rng.choice(
                    [b"NaN", b"-", b"1e999", b'"', b"{", b"]", b"\\ud800", b"9" * 400]
                )
            case _:
                del text[place : place + rng.randint(1, 40)]
        if not text:
            break
    try:
        problem = parse_orders(bytes(text))
    except InputError as error:
        lines = [str(finding) for finding in error.findings]
        assert lines
        assert all(map(str.isprintable, lines))
    else:
        assert problem.vehicles
