"""Wrong form: the code, the pointer, and words that help."""

from __future__ import annotations

import json

import pytest

from o2oroute.errors import InputError
from o2oroute.model.order import Order
from o2oroute.model.problem import Problem
from o2oroute.model.structure import did_you_mean, json_pointer, show
from o2oroute.model.vehicle import Vehicle

NAN, INF = float("nan"), float("inf")


def deep(levels=5000):
    value = {}
    for _ in range(levels):
        value = {"in": value}
    return value


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"servce": 3}, "UNKNOWN_FIELD", "/orders/0/servce"),
        ({"": 3}, "UNKNOWN_FIELD", "/orders/0/"),
        ({"a/b~c": 3}, "UNKNOWN_FIELD", "/orders/0/a~1b~0c"),
        ({"location": {"indx": 3, "index": 3}}, "UNKNOWN_FIELD", "/orders/0/location/indx"),
        ({"location": {}}, "MISSING_FIELD", "/orders/0/location/index"),
        ({"location": [1]}, "WRONG_TYPE", "/orders/0/location"),
        ({"location": [1, 2, 3]}, "WRONG_TYPE", "/orders/0/location"),
        ({"location": ["1", 2]}, "WRONG_TYPE", "/orders/0/location/0"),
        ({"location": "1,2"}, "WRONG_TYPE", "/orders/0/location"),
        ({"location": None}, "WRONG_TYPE", "/orders/0/location"),
        ({"location": [1, NAN]}, "NOT_FINITE", "/orders/0/location/1"),
        ({"location": {"index": -1}}, "WRONG_VALUE", "/orders/0/location/index"),
        ({"location": {"index": 2**31}}, "WRONG_VALUE", "/orders/0/location/index"),
        ({"id": None}, "WRONG_TYPE", "/orders/0/id"),
        ({"id": True}, "WRONG_TYPE", "/orders/0/id"),
        ({"id": 1.5}, "WRONG_TYPE", "/orders/0/id"),
        ({"id": ""}, "WRONG_VALUE", "/orders/0/id"),
        ({"id": ["a"]}, "WRONG_TYPE", "/orders/0/id"),
        ({"service": -1}, "WRONG_VALUE", "/orders/0/service"),
        ({"service": 1.5}, "WRONG_TYPE", "/orders/0/service"),
        ({"service": "180"}, "WRONG_TYPE", "/orders/0/service"),
        ({"service": True}, "WRONG_TYPE", "/orders/0/service"),
        ({"service": 2**30}, "WRONG_VALUE", "/orders/0/service"),
        ({"service": NAN}, "NOT_FINITE", "/orders/0/service"),
        ({"service": INF}, "NOT_FINITE", "/orders/0/service"),
        ({"delivery": {"kg": -1}}, "WRONG_VALUE", "/orders/0/delivery/kg"),
        ({"delivery": {"kg": INF}}, "NOT_FINITE", "/orders/0/delivery/kg"),
        ({"delivery": {"kg": 1e10}}, "WRONG_VALUE", "/orders/0/delivery/kg"),
        ({"delivery": {"kg": "1"}}, "WRONG_TYPE", "/orders/0/delivery/kg"),
        ({"delivery": {"": 1}}, "WRONG_VALUE", "/orders/0/delivery/"),
        ({"delivery": [1]}, "WRONG_TYPE", "/orders/0/delivery"),
        ({"windows": ["09:00", "10:00"]}, "WRONG_TYPE", "/orders/0/windows/0"),
        ({"windows": [["09:00"]]}, "WRONG_TYPE", "/orders/0/windows/0"),
        ({"windows": [[]]}, "WRONG_TYPE", "/orders/0/windows/0"),
        ({"windows": [["09:00", "10:00", "11:00"]]}, "WRONG_TYPE", "/orders/0/windows/0"),
        ({"windows": [["9:00", "10:00"]]}, "WRONG_TIME", "/orders/0/windows/0/0"),
        ({"windows": [["09:00", None]]}, "WRONG_TIME", "/orders/0/windows/0/1"),
        ({"windows": {"from": "09:00"}}, "WRONG_TYPE", "/orders/0/windows"),
        ({"importance": 0}, "WRONG_VALUE", "/orders/0/importance"),
        ({"prize": -1}, "WRONG_VALUE", "/orders/0/prize"),
        ({"properties": []}, "WRONG_TYPE", "/orders/0/properties"),
        ({"properties": {"a": [1, {"b": NAN}]}}, "NOT_FINITE", "/orders/0/properties/a"),
        ({"properties": {"a": [1, {"b": {3}}]}}, "WRONG_TYPE", "/orders/0/properties/a"),
    ],
    ids=repr,
)
def test_wrong_orders(order_file, found, changes, code, pointer):
    order_file["orders"][0] |= changes
    assert (code, pointer, "file") in found(order_file)


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"profile": ""}, "WRONG_VALUE", "/vehicles/1/profile"),
        ({"profile": 3}, "WRONG_TYPE", "/vehicles/1/profile"),
        ({"start": {"index": "a"}}, "WRONG_TYPE", "/vehicles/1/start/index"),
        ({"start": [1]}, "WRONG_TYPE", "/vehicles/1/start"),
        ({"start": True}, "WRONG_TYPE", "/vehicles/1/start"),
        ({"end": [1, "x"]}, "WRONG_TYPE", "/vehicles/1/end/1"),
        ({"end": ""}, "WRONG_VALUE", "/vehicles/1/end"),
        ({"shift": ["08:00", "48:00"]}, "WRONG_TIME", "/vehicles/1/shift/1"),
        ({"shift": "08:00-17:00"}, "WRONG_TYPE", "/vehicles/1/shift"),
        ({"costs": None}, "WRONG_TYPE", "/vehicles/1/costs"),
        ({"costs": {"per_hr": 1}}, "UNKNOWN_FIELD", "/vehicles/1/costs/per_hr"),
        ({"costs": {"per_km": NAN}}, "NOT_FINITE", "/vehicles/1/costs/per_km"),
        ({"costs": {"fixed": -0.01}}, "WRONG_VALUE", "/vehicles/1/costs/fixed"),
        ({"max_stops": -1}, "WRONG_VALUE", "/vehicles/1/max_stops"),
        ({"max_duty": "8h"}, "WRONG_TYPE", "/vehicles/1/max_duty"),
        ({"max_distance": 1e300}, "WRONG_VALUE", "/vehicles/1/max_distance"),
    ],
    ids=repr,
)
def test_wrong_vehicles(order_file, found, changes, code, pointer):
    order_file["vehicles"][1] |= changes
    assert found(order_file) == [(code, pointer, "file")]


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"schema_version": 2}, "SCHEMA_VERSION", "/schema_version"),
        ({"schema_version": True}, "SCHEMA_VERSION", "/schema_version"),
        ({"schema_version": "1"}, "SCHEMA_VERSION", "/schema_version"),
        ({"date": "23.11.2026"}, "WRONG_VALUE", "/date"),
        ({"date": "20261123"}, "WRONG_VALUE", "/date"),
        ({"date": 20261123}, "WRONG_VALUE", "/date"),
        ({"date": "0001-01-01"}, "WRONG_VALUE", "/date"),
        ({"date": "2026-02-30"}, "WRONG_VALUE", "/date"),
        ({"time_zone": "Asia/Soul"}, "UNKNOWN_TIME_ZONE", "/time_zone"),
        ({"time_zone": "Asia"}, "UNKNOWN_TIME_ZONE", "/time_zone"),
        ({"time_zone": "../../etc/passwd"}, "UNKNOWN_TIME_ZONE", "/time_zone"),
        ({"time_zone": ""}, "UNKNOWN_TIME_ZONE", "/time_zone"),
        ({"time_zone": "\x00"}, "UNKNOWN_TIME_ZONE", "/time_zone"),
        ({"time_zone": 9}, "WRONG_TYPE", "/time_zone"),
        ({"ticks_per_second": 0}, "WRONG_VALUE", "/ticks_per_second"),
        ({"ticks_per_second": 1001}, "WRONG_VALUE", "/ticks_per_second"),
        ({"objective": "fastest"}, "WRONG_VALUE", "/objective"),
        ({"depots": {}}, "WRONG_TYPE", "/depots"),
        ({"orders": "none"}, "WRONG_TYPE", "/orders"),
        ({"orders": None}, "WRONG_TYPE", "/orders"),
        ({"vehicle": []}, "UNKNOWN_FIELD", "/vehicle"),
        ({"properties": 3}, "WRONG_TYPE", "/properties"),
    ],
    ids=repr,
)
def test_wrong_fields_of_the_file(order_file, found, changes, code, pointer):
    assert (code, pointer, "file") in found(order_file | changes)


def test_properties_that_are_too_deep(order_file, found):
    order_file["orders"][0]["properties"] = {"a": deep()}
    assert ("TOO_DEEP", "/orders/0/properties/a", "file") in found(order_file)
    order_file["orders"][0]["properties"]["a"]["in"] = order_file["orders"][0]
    assert ("TOO_DEEP", "/orders/0/properties/a", "file") in found(order_file)


@pytest.mark.parametrize("name", ["vehicles", "orders"])
def test_missing_lists(order_file, found, name):
    del order_file[name]
    assert found(order_file) == [("MISSING_FIELD", f"/{name}", "file")]


@pytest.mark.parametrize("item", [None, 3, "o-1", [], {3: 4}, {"id": 1, None: 2}])
@pytest.mark.parametrize("name", ["depots", "vehicles", "orders"])
def test_items_that_are_no_objects(order_file, found, name, item):
    order_file[name].append(item)
    assert ("WRONG_TYPE", f"/{name}/{len(order_file[name]) - 1}", "file") in found(order_file)


@pytest.mark.parametrize("data", [None, [], "text", 3, {3: 4}])
def test_a_file_that_is_no_object(data):
    with pytest.raises(InputError) as error:
        Problem.from_dict(data)
    assert [(f.code, f.pointer) for f in error.value.findings] == [("WRONG_TYPE", "")]


def test_everything_is_reported_at_once(order_file, found):
    order_file |= {"objective": "fun", "time_zone": "Mars"}
    order_file["depots"].append(3)
    order_file["vehicles"][0] |= {"shift": ["18:00", "17:00"], "start": "hubb"}
    order_file["orders"][0] |= {"service": -1, "widow": []}
    order_file["orders"] += [{"id": 2}, {"id": 3, "location": [37.5, 126.9]}]
    assert {code for code, _, _ in found(order_file)} == {
        "WRONG_VALUE",
        "UNKNOWN_TIME_ZONE",
        "WRONG_TYPE",
        "WINDOW_REVERSED",
        "UNKNOWN_DEPOT",
        "UNKNOWN_FIELD",
        "MISSING_FIELD",
        "DUPLICATE_ID",
        "COORDINATE_SWAPPED",
    }


def test_parts_on_their_own_raise_the_same_findings():
    with pytest.raises(InputError) as error:
        Order(id="o", location=[1, 2], servce=3)
    (finding,) = error.value.findings
    assert (finding.code, finding.pointer) == ("UNKNOWN_FIELD", "/servce")
    assert "Did you mean 'service'?" in str(error.value)
    with pytest.raises(InputError, match="WRONG_TIME /shift/0"):
        Vehicle(id="v", shift=("8", "9"))


def test_findings_carry_the_value(order_file):
    order_file["orders"][0]["service"] = -5
    with pytest.raises(InputError) as error:
        Problem.from_dict(order_file)
    (finding,) = error.value.findings
    assert finding.value == -5
    assert finding.message == "service is -5; it must be at least 0."


def test_huge_values_make_short_messages(order_file):
    order_file["orders"][0] |= {
        "id": ["x" * 10**6] * 100,
        "x" * 10**6: 1,
        "delivery": {"y" * 10**6: -1},
        "service": 10**6000,
    }
    with pytest.raises(InputError) as error:
        Problem.from_dict(order_file)
    assert all(len(finding.message) < 400 for finding in error.value.findings)


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("servce", ["id", "service"], "Did you mean 'service'?"),
        ("Service", ["id", "service"], "Did you mean 'service'?"),
        ("zzz", ["id", "service"], ""),
        ("x", [], ""),
        ("1", [1, 2], "Did you mean 1?"),
    ],
)
def test_did_you_mean(name, known, hint):
    assert did_you_mean(name, known) == hint


def test_json_pointer_escapes():
    assert json_pointer() == ""
    assert json_pointer("a/b", 0, "m~n", "") == "/a~1b/0/m~0n/"


def test_show_is_short_whatever_it_shows():
    values = ["x" * 1000, list(range(1000)), {str(i): i for i in range(1000)}, 10**6000, deep()]
    assert all(len(show(value)) < 200 for value in values)
    assert json.loads(show("a").replace("'", '"')) == "a"
