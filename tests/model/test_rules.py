"""Each rule on its own: exact code, pointer and level."""

from __future__ import annotations

import pytest

from o2oroute.errors import InputError
from o2oroute.model.problem import Problem
from o2oroute.model.validate import RULES


def file(code, *pointers):
    return [(code, pointer, "file") for pointer in pointers]


def order(code, *pointers):
    return [(code, pointer, "order") for pointer in pointers]


def test_a_right_file_has_no_findings(order_file, found):
    assert found(order_file) == []


def test_every_rule_is_tried_here():
    text = "".join(name for name in globals() if name.startswith("test_"))
    assert [rule.__name__ for rule in RULES.values() if rule.__name__ not in text] == []


def test_no_vehicles(order_file, found):
    order_file["vehicles"] = []
    assert found(order_file) == file("NO_VEHICLES", "/vehicles")


def test_no_orders_is_a_quiet_day(order_file, found):
    order_file["orders"] = []
    assert found(order_file) == []


@pytest.mark.parametrize("name", ["depots", "vehicles", "orders"])
def test_duplicate_ids(order_file, found, name):
    order_file[name] += [dict(order_file[name][0]), dict(order_file[name][0])]
    n = len(order_file[name])
    assert found(order_file) == file("DUPLICATE_ID", f"/{name}/{n - 2}/id", f"/{name}/{n - 1}/id")


def test_duplicate_ids_are_found_in_parts_that_are_wrong(order_file, found):
    order_file["orders"].append({"id": "o-1", "location": "?"})
    assert found(order_file) == [
        ("WRONG_TYPE", "/orders/2/location", "file"),
        ("DUPLICATE_ID", "/orders/2/id", "file"),
    ]


def test_duplicate_ids_text_and_number_differ(order_file, found):
    order_file["orders"].append({"id": "2", "location": [126.95, 37.54]})
    assert found(order_file) == []


@pytest.mark.parametrize("end", ["start", "end"])
@pytest.mark.parametrize("place", ["hubb", 3])
def test_unknown_depots(order_file, found, end, place):
    order_file["vehicles"][1][end] = place
    assert found(order_file) == file("UNKNOWN_DEPOT", f"/vehicles/1/{end}")


def test_unknown_depots_says_what_was_meant(order_file):
    order_file["depots"][0]["id"] = 7
    with pytest.raises(InputError, match="Did you mean 7") as error:
        Problem.from_dict(order_file | {"vehicles": [{"id": 1, "start": "7"}]})
    assert error.value.findings[0].value == "7"


def test_unknown_depots_are_not_those_that_are_only_wrong(order_file, found):
    order_file["depots"][0]["service"] = 3
    assert found(order_file) == file("UNKNOWN_FIELD", "/depots/0/service")


def test_mixed_times(order_file, found):
    order_file["vehicles"][0]["shift"] = [28800, 61200]
    order_file["orders"][0]["windows"][1][0] = "2026-11-23T14:00:00+09:00"
    places = ["/vehicles/0/shift/0", "/vehicles/0/shift/1", "/orders/0/windows/1/0"]
    assert found(order_file) == file("MIXED_TIMES", *places)


def test_missing_date(order_file, found):
    del order_file["date"]
    assert found(order_file) == []
    windows = [["2026-11-23T09:00:00+09:00", "2026-11-23T10:00:00+09:00"]] * 3
    order_file = {"vehicles": [{"id": 1}], "orders": [{"id": 1, "location": [1, 2], "windows": windows}]}
    assert found(order_file) == file("MISSING_DATE", "/date")
    assert found(order_file | {"date": "2026-11-32"}) == file("WRONG_VALUE", "/date")
    assert found(order_file | {"date": "2026-11-23"}) == []


@pytest.mark.parametrize(
    "path", [("depots", 0, "windows", 0), ("vehicles", 0, "shift"), ("orders", 0, "windows", 1)]
)
def test_reversed_windows(order_file, found, path):
    *way, last = path
    part = order_file
    for step in way:
        part = part[step]
    part[last] = ["14:00", "13:59"]
    pointer = "/" + "/".join(map(str, path))
    assert ("WINDOW_REVERSED", pointer, "file") in found(order_file)
    part[last] = ["14:00", "14:00"]
    assert "WINDOW_REVERSED" not in {code for code, _, _ in found(order_file)}


def test_windows_over_midnight(order_file, found):
    order_file["vehicles"][0]["shift"] = ["20:00", "30:00"]
    order_file["depots"][0]["windows"] = []
    order_file["orders"][0]["windows"] = [["23:00", "25:30"]]
    assert found(order_file) == []


@pytest.mark.parametrize("unit", ["parcel", "Parcels", "PARCELS ", "par-cels"])
def test_unit_spelling(order_file, found, unit):
    order_file["vehicles"][1]["capacity"] = {unit: 3}
    assert found(order_file) == file("UNIT_SPELLING", f"/vehicles/1/capacity/{unit}")


def test_unit_spelling_leaves_different_units_alone(order_file, found):
    order_file["vehicles"][1]["capacity"] = {"box_s": 3, "box_m": 4, "m3": 5, "m2": 6, "€": 1, "s": 2}
    assert found(order_file) == []


def test_unknown_units(order_file, found):
    order_file["orders"][0]["delivery"] = {"parcel": 1, "kg": 1, "m3": 0}
    assert found(order_file) == order("UNKNOWN_UNIT", "/orders/0/delivery/parcel")
    assert Problem.from_dict(order_file).findings[0].action == "Did you mean 'parcels'?"


def test_unknown_units_where_nobody_is_limited(order_file, found):
    for vehicle in order_file["vehicles"]:
        del vehicle["capacity"]
    assert found(order_file) == []


def test_loads_too_large(order_file, found):
    order_file["orders"][0]["delivery"] = {"parcels": 120, "kg": 600}
    assert found(order_file) == []
    # the second vehicle has no limit in kg, but takes 30 parcels only
    order_file["orders"][0]["delivery"] = {"parcels": 120, "kg": 600.001}
    assert found(order_file) == order("LOAD_TOO_LARGE", "/orders/0/delivery")
    order_file["orders"][0]["delivery"] = {"parcels": 30, "kg": 1e9}
    assert found(order_file) == []
    order_file["orders"][0]["delivery"] = {"parcels": 120.001}
    assert found(order_file) == order("LOAD_TOO_LARGE", "/orders/0/delivery/parcels")


def test_loads_too_large_counts_thousandths(order_file, found):
    order_file["orders"][0]["delivery"] = {"parcels": 120.0004}
    assert found(order_file) == []


@pytest.mark.parametrize(
    ("windows", "service", "fits"),
    [
        ([["17:00", "18:00"]], 0, True),
        ([["17:00", "18:00"]], 1, False),
        ([["06:00", "07:59"]], 0, False),
        ([["06:00", "08:00"]], 0, True),
        ([["06:00", "07:00"], ["16:00", "16:30"]], 3600, True),
        ([["06:00", "07:00"], ["16:00", "16:30"]], 3601, False),
        ([["00:00", "24:00"]], 9 * 3600, True),
        ([["00:00", "24:00"]], 9 * 3600 + 1, False),
    ],
)
def test_windows_outside_shifts(order_file, found, windows, service, fits):
    del order_file["vehicles"][1]
    order_file["orders"][0] |= {"windows": windows, "service": service}
    assert found(order_file) == ([] if fits else order("WINDOW_OUTSIDE_SHIFTS", "/orders/0/windows"))


def test_windows_outside_shifts_by_service_alone(order_file, found):
    del order_file["vehicles"][1]
    order_file["orders"][1]["service"] = 9 * 3600 + 1
    assert found(order_file) == order("WINDOW_OUTSIDE_SHIFTS", "/orders/1/service")


def test_windows_outside_shifts_of_depots(order_file, found):
    order_file["vehicles"] = [{"id": 1, "start": "hub", "end": "hub"}]
    order_file["orders"][0]["windows"] = [["05:00", "05:59"], ["22:01", "23:00"]]
    assert found(order_file) == order("WINDOW_OUTSIDE_SHIFTS", "/orders/0/windows")
    order_file["vehicles"][0]["end"] = None
    assert found(order_file) == []


@pytest.mark.parametrize("location", [[181, 37.5], [126.9, 90.01], [-500.0, 1e300]])
def test_coordinates_out_of_range(order_file, found, location):
    order_file["orders"][0]["location"] = location
    assert found(order_file) == order("COORDINATE_RANGE", "/orders/0/location")
    order_file["vehicles"][1]["start"] = order_file["depots"][0]["location"] = location
    places = ["/depots/0/location", "/vehicles/1/start"]
    assert found(order_file) == file("COORDINATE_RANGE", *places) + order(
        "COORDINATE_RANGE", "/orders/0/location"
    )


def test_coordinates_swapped(order_file, found):
    order_file["orders"][0]["location"] = [37.56, 126.94]
    assert found(order_file) == order("COORDINATE_SWAPPED", "/orders/0/location")
    order_file["depots"][0]["location"] = [37.55, 126.95]
    assert found(order_file) == file("COORDINATE_SWAPPED", "/depots/0/location") + order(
        "COORDINATE_SWAPPED", "/orders/0/location"
    )


def test_rules_about_the_fleet_wait_until_all_of_it_is_read(order_file, found):
    order_file["orders"][0] |= {"delivery": {"m3": 900, "kg": 1e6}, "windows": [["01:00", "02:00"]]}
    order_file["vehicles"][1]["wheels"] = 3
    assert found(order_file) == file("UNKNOWN_FIELD", "/vehicles/1/wheels")


def test_order_level_findings_name_their_order(order_file):
    order_file["orders"][1]["location"] = [200, 100]
    (finding,) = Problem.from_dict(order_file).findings
    assert (finding.order, finding.value) == (2, [200.0, 100.0])
    with pytest.raises(InputError, match="COORDINATE_RANGE"):
        Problem.from_dict(order_file, strict=True)


RIDE = {
    "id": "ride",
    "pickup": {"location": [126.95, 37.54], "windows": [["09:00", "09:30"]], "service": 60},
    "delivery": {"location": [126.96, 37.55]},
}


def test_a_shipment_is_judged_as_orders_are(order_file, found):
    order_file["shipments"] = [RIDE | {"load": {"parcels": 1}}]
    assert found(order_file) == []
    order_file["shipments"] = [RIDE | {"id": "o-1", "load": {"parcels": 121}}]
    assert found(order_file) == [
        ("DUPLICATE_ID", "/shipments/0/id", "file"),
        ("LOAD_TOO_LARGE", "/shipments/0/load/parcels", "order"),
    ]
    del order_file["vehicles"][1]
    wrong = {"location": [126.96, 237], "windows": [["03:00", "04:00"]]}
    order_file["shipments"] = [RIDE | {"delivery": wrong}]
    assert found(order_file) == [
        ("WINDOW_OUTSIDE_SHIFTS", "/shipments/0/delivery/windows", "order"),
        ("DELIVERY_BEFORE_PICKUP", "/shipments/0/delivery/windows", "order"),
        ("COORDINATE_RANGE", "/shipments/0/delivery/location", "order"),
    ]


def test_mixed_times_of_shipments_and_releases(order_file, found):
    order_file["shipments"] = [RIDE | {"delivery": RIDE["delivery"] | {"windows": [["09:00", 40000]]}}]
    order_file["orders"][1]["release"] = 36000
    assert found(order_file) == file("MIXED_TIMES", "/orders/1/release", "/shipments/0/delivery/windows/0/1")


def test_a_pickup_for_the_depot_is_a_load(order_file, found):
    order_file["orders"][1]["pickup"] = {"parcel": 1}
    assert found(order_file) == order("UNKNOWN_UNIT", "/orders/1/pickup/parcel")
    order_file["orders"][1]["pickup"] = {"parcels": 121}
    assert found(order_file) == order("LOAD_TOO_LARGE", "/orders/1/pickup/parcels")
    # what is brought is off before what is taken comes on
    order_file["orders"][1] |= {"delivery": {"parcels": 120}, "pickup": {"parcels": 120}}
    assert found(order_file) == []


def test_service_by_type_may_fit_where_service_does_not(order_file, found):
    del order_file["vehicles"][1]
    order_file["orders"][0] |= {"windows": [["17:00", "18:00"]], "service": 60}
    assert found(order_file) == order("WINDOW_OUTSIDE_SHIFTS", "/orders/0/windows")
    order_file["orders"][0]["service_by_type"] = {"bike": 0}
    assert found(order_file) == []


@pytest.mark.parametrize(("release", "fits"), [("16:00", True), ("16:01", False)])
def test_releases_too_late(order_file, found, release, fits):
    order_file["orders"][0]["release"] = release
    assert order_file["orders"][0]["windows"][-1][1] == "16:00"
    assert found(order_file) == ([] if fits else order("RELEASE_TOO_LATE", "/orders/0/release"))


def test_releases_too_late_for_every_shift(order_file, found):
    del order_file["vehicles"][1]
    order_file["orders"][1]["release"] = "17:01"
    assert found(order_file) == order("RELEASE_TOO_LATE", "/orders/1/release")


@pytest.mark.parametrize(("last", "fits"), [("09:01", True), ("09:00", False)])
def test_deliveries_before_pickups(order_file, found, last, fits):
    order_file["shipments"] = [RIDE | {"delivery": RIDE["delivery"] | {"windows": [["08:00", last]]}}]
    assert found(order_file) == (
        [] if fits else order("DELIVERY_BEFORE_PICKUP", "/shipments/0/delivery/windows")
    )


@pytest.mark.parametrize("field", ["allowed", "forbidden", "preferred"])
def test_unknown_vehicles(order_file, found, field):
    known = order_file["vehicles"][0]["id"]
    order_file["orders"][0]["vehicles"] = {field: [known, "van-9"]}
    assert found(order_file) == order("UNKNOWN_VEHICLE", f"/orders/0/vehicles/{field}/1")


def test_nobody_allowed(order_file, found):
    one, two = (vehicle["id"] for vehicle in order_file["vehicles"])
    order_file["vehicles"][0]["skills"] = ["lift"]
    order_file["vehicles"][1]["skills"] = ["fridge"]
    order_file["orders"][0]["skills"] = ["lift"]
    assert found(order_file) == []
    order_file["orders"][0]["skills"] = ["lift", "fridge"]
    assert found(order_file) == order("NO_VEHICLE_ALLOWED", "/orders/0/skills")
    order_file["orders"][0] |= {"skills": ["lift"], "vehicles": {"allowed": [two]}}
    assert found(order_file) == order("NO_VEHICLE_ALLOWED", "/orders/0/vehicles")
    order_file["orders"][0] |= {"skills": [], "vehicles": {"forbidden": [one, two]}}
    assert found(order_file) == order("NO_VEHICLE_ALLOWED", "/orders/0/vehicles")
    order_file["orders"][0] |= {"vehicles": {"allowed": []}}
    assert found(order_file) == order("NO_VEHICLE_ALLOWED", "/orders/0/vehicles")


def test_costs_too_large(order_file, found):
    order_file["orders"][0]["prize"] = 1e9
    assert found(order_file) == []
    fine = {"vehicles": [{"id": 1}], "orders": [{"id": 1, "location": [1, 2], "prize": 1e9}]}
    assert found(fine | {"ticks_per_second": 1000}) == file("COST_TOO_LARGE", "/orders/0/prize")


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        (["o-1", 2], None),
        (["o-1", "ride"], None),
        ([{"order": "ride", "task": "pickup"}, "o-1", {"order": "ride", "task": "delivery"}], None),
        (["o-1", "2"], 1),
        ([{"order": "o-1", "task": "delivery"}, 2], 0),
        (["o-1", 2, "o-1"], 2),
        (["ride", {"order": "ride", "task": "delivery"}], 1),
        ([{"order": "ride", "task": "delivery"}, "ride"], 1),
        ([{"start": "van-1"}, "o-1"], None),
        ([{"start": "van-x"}, "o-1"], 0),
        (["o-1", {"start": "van-1"}], 1),
    ],
)
def test_unknown_members(order_file, found, members, wrong):
    order_file["shipments"] = [RIDE]
    order_file["relations"] = [{"type": "in_order", "requests": members}]
    pointers = [] if wrong is None else [f"/relations/0/requests/{wrong}"]
    assert found(order_file) == file("UNKNOWN_MEMBER", *pointers)


def test_trips_without_depot(order_file, found):
    vehicle = order_file["vehicles"][0]
    vehicle["trips"] = {}
    assert found(order_file) == []
    vehicle["start"] = None
    assert found(order_file) == file("NO_RELOAD_DEPOT", "/vehicles/0/trips/depots")
    vehicle["trips"] = {"max": 1}
    assert found(order_file) == []
    vehicle["trips"] = {"depots": [order_file["depots"][0]["id"], "hubb"]}
    assert found(order_file) == file("UNKNOWN_DEPOT", "/vehicles/0/trips/depots/1")


def test_closed_departures(order_file, found):
    order_file["depots"][0] |= {"windows": [["08:00", "12:00"]], "departures": ["08:00", "12:00"]}
    assert found(order_file) == []
    order_file["depots"][0]["departures"].append("12:01")
    assert found(order_file) == file("DEPARTURE_CLOSED", "/depots/0/departures/2")


def test_duplicate_ids_of_breaks(order_file, found):
    lunch = {"id": "lunch", "duration": 1800, "windows": [["12:00", "13:00"]]}
    order_file["vehicles"][0]["breaks"] = [lunch, {"id": "tea", "duration": 600}]
    order_file["vehicles"][1]["breaks"] = [lunch]
    assert found(order_file) == []
    order_file["vehicles"][0]["driving_breaks"] = [{"id": "tea", "after_driving": 16200, "duration": 2700}]
    assert found(order_file) == file("DUPLICATE_ID", "/vehicles/0/driving_breaks/0/id")


def test_reversed_windows_of_breaks_and_preferred_times(order_file, found):
    order_file["vehicles"][0]["breaks"] = [{"id": 1, "duration": 5, "windows": [["12:00", "11:00"]]}]
    order_file["orders"][0]["preferred"] = ["12:00", "11:00"]
    assert found(order_file) == file(
        "WINDOW_REVERSED", "/orders/0/preferred", "/vehicles/0/breaks/0/windows/0"
    )


def test_times_of_breaks_and_waves_are_of_the_kind_of_the_file(order_file, found):
    order_file["vehicles"][0]["breaks"] = [{"id": 1, "duration": 5, "windows": [[39600, 43200]]}]
    order_file["depots"][0]["departures"] = [28800]
    assert found(order_file) == file(
        "MIXED_TIMES",
        "/depots/0/departures/0",
        "/vehicles/0/breaks/0/windows/0/0",
        "/vehicles/0/breaks/0/windows/0/1",
    )
