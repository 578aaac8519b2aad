"""The problem: one way to make it, from files or in Python; immutable, and replaced as a whole."""

from __future__ import annotations

import copy
import datetime as dt
import pickle

import numpy as np
import pytest

from o2oroute.errors import InputError
from o2oroute.model.legs import Legs
from o2oroute.model.order import Order
from o2oroute.model.part import MatrixIndex
from o2oroute.model.problem import Problem
from o2oroute.model.vehicle import Costs, Depot, Vehicle

SPRING = {"date": "2026-03-29", "time_zone": "Europe/Berlin"}


def square(n):
    return Legs(np.zeros((n, n), np.int32), np.zeros((n, n), np.int32))


def test_every_field_of_the_file(order_file):
    problem = Problem.from_dict(order_file)
    assert problem.date == dt.date(2026, 11, 23)
    assert problem.depots == (
        Depot(id="hub", location=(126.95, 37.55), windows=[(21600, 79200)], properties={"dock": 2}),
    )
    assert problem.vehicles[0].costs == Costs(fixed=0, per_hour=20, per_km=0.3)
    assert problem.vehicles[0].shift == (28800, 61200)
    assert problem.vehicles[1].start == (126.96, 37.56)
    assert problem.orders[0].windows == ((32400, 43200), (50400, 57600))
    assert problem.orders[0].properties == {"phone": "..."}
    assert [order.task for order in problem.orders] == ["delivery", "service"]
    assert problem.reader.iso(problem.vehicles[0].shift[0]) == "2026-11-23T08:00:00+09:00"


def test_parts_and_dicts_make_the_same_problem(order_file):
    order_file["date"] = dt.date(2026, 11, 23)
    parts = {"depots": Depot, "vehicles": Vehicle, "orders": Order}
    made = {name: [kind(**item) for item in order_file[name]] for name, kind in parts.items()}
    assert Problem(**order_file | made) == Problem.from_dict(order_file)


def test_clock_times_of_parts_are_read_on_the_date_of_the_problem():
    vehicle = Vehicle(id=1, shift=("08:00", "17:00"))
    order = Order(id=1, location=(13.4, 52.5), windows=[("09:00", "10:00")])
    assert vehicle.shift == (8 * 3600, 17 * 3600)
    problem = Problem(vehicles=[vehicle], orders=[order], **SPRING)
    assert problem.vehicles[0].shift == (7 * 3600, 16 * 3600)
    assert problem.orders[0].windows == ((8 * 3600, 9 * 3600),)
    tenths = Problem(vehicles=[vehicle], orders=[], ticks_per_second=10)
    assert tenths.vehicles[0].shift == (8 * 36000, 17 * 36000)


def test_clock_times_of_parts_may_stand_beside_those_of_dicts(order_file):
    order_file["orders"].append(Order(id="o-3", location=(126.9, 37.5), windows=[("09:00", "10:00")]))
    assert Problem.from_dict(order_file).orders[2].windows == ((32400, 36000),)


def test_numbers_of_tables_and_arrays():
    order = Order(
        id=np.int64(7),
        location=np.array([1.5, 2.5]),
        delivery={"kg": np.float32(2.5)},
        service=np.float64(180.0),
        windows=[(np.int64(5), 6.0)],
        importance=np.int32(3),
    )
    plain = Order(
        id=7, location=(1.5, 2.5), delivery={"kg": 2.5}, service=180, windows=[(5, 6)], importance=3
    )
    assert order == plain
    assert {type(value) for value in (order.id, order.service, order.windows[0][0], order.importance)} == {
        int
    }


def test_places_are_depots_coordinates_or_rows_of_a_matrix():
    vehicle = Vehicle(id=1, start=MatrixIndex(index=3), end={"index": 4})
    assert (vehicle.start, vehicle.end) == (MatrixIndex(index=3), MatrixIndex(index=4))
    assert Vehicle(id=1, start=5, end=(1, 2)).end == (1.0, 2.0)


def test_immutable(order_file):
    problem = Problem.from_dict(order_file)
    for thing in (problem, problem.orders[0], problem.vehicles[0].costs):
        with pytest.raises(ValueError, match="frozen"):
            setattr(thing, next(iter(type(thing).model_fields)), 3)


def test_the_file_is_left_as_it_was(order_file):
    before = copy.deepcopy(order_file)
    Problem.from_dict(order_file)
    assert order_file == before


def test_replace_validates_the_whole(order_file):
    problem = Problem.from_dict(order_file)
    twice = [*problem.orders, Order(id="o-1", location=(126.9, 37.5))]
    with pytest.raises(InputError, match="DUPLICATE_ID /orders/2/id"):
        problem.replace(orders=twice)
    with pytest.raises(InputError, match="UNKNOWN_FIELD /order"):
        problem.replace(order=[])
    heavy = problem.replace(
        orders=[*problem.orders, {"id": 9, "location": [126.9, 37.5], "delivery": {"parcels": 999}}]
    )
    assert [finding.code for finding in heavy.findings] == ["LOAD_TOO_LARGE"]
    assert heavy.replace(orders=problem.orders) == problem
    assert heavy.orders[0] is problem.orders[0]


def test_replace_keeps_times_in_ticks_from_midnight(order_file):
    problem = Problem(vehicles=[{"id": 1, "shift": ["08:00", "17:00"]}], orders=[], **SPRING)
    assert problem.replace(time_zone="UTC").vehicles[0].shift == problem.vehicles[0].shift


def test_findings_are_kept_or_raised(order_file):
    order_file["orders"][0]["delivery"] = {"kg": 5000}
    order_file["orders"][0]["location"] = [37.5, 126.9]
    order_file["vehicles"].pop()
    codes = ["LOAD_TOO_LARGE", "COORDINATE_SWAPPED"]
    assert [finding.code for finding in Problem.from_dict(order_file).findings] == codes
    with pytest.raises(InputError) as error:
        Problem.from_dict(order_file, strict=True)
    assert [finding.code for finding in error.value.findings] == codes


def test_legs_come_along():
    problem = Problem(vehicles=[{"id": 1}], orders=[{"id": 1, "location": {"index": 1}}])
    assert problem.legs == {}
    legs = square(2)
    own = problem.with_legs({"car": legs})
    assert own.legs["car"] is legs
    assert problem.legs == {}
    assert own.replace(objective="fewest_vehicles").legs["car"] is legs
    with pytest.raises(TypeError):
        own.legs["car"] = legs


def test_legs_are_in_ticks():
    own = Problem(vehicles=[{"id": 1}], orders=[]).with_legs({"car": square(1)})
    with pytest.raises(InputError, match="ticks_per_second"):
        own.replace(ticks_per_second=10)


def test_copies_and_pickles(order_file):
    problem = Problem.from_dict(order_file)
    assert copy.deepcopy(problem) == problem
    own = problem.with_legs({"car": square(2)})
    twin = pickle.loads(pickle.dumps(own))  # noqa: S301 - our own
    assert (twin.orders, twin.legs["car"].size) == (own.orders, 2)


def test_utc_needs_no_time_zone_data(monkeypatch):
    def no_data(name):
        raise KeyError(name)

    monkeypatch.setattr("o2oroute.model.draft.ZoneInfo", no_data)
    problem = Problem(vehicles=[{"id": 1, "shift": ["08:00", "09:00"]}], orders=[], date="2026-11-23")
    assert problem.reader.iso(0) == "2026-11-23T00:00:00+00:00"


def test_the_reader_of_one_problem_does_not_reach_the_next(order_file):
    order_file["ticks_per_second"] = 10
    with pytest.raises(InputError):
        Problem.from_dict(order_file | {"objective": "fun"})
    assert Vehicle(id=1, shift=("00:01", "00:02")).shift == (60, 120)
