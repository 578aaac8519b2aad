"""The arrays of an instance, and where their travel comes from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.errors import InputError
from o2oroute.matrix.travel_matrix import TravelMatrix
from o2oroute.model.instance import ANY_TIME, NO_POINT, UNLIMITED, build_instance, merge_windows
from o2oroute.model.legs import Legs
from o2oroute.model.problem import Problem
from o2oroute.road.network import RoadNetwork
from o2oroute.units import INF, cost_units

# 0.001 degrees to a unit, around 10 E 45 N: two streets that do not meet, a one-way street into a dead end
MAP = """
node a 0 0 b 1 0 c 2 0 d 2 1 e 0 9 f 1 9 g 2 9
way abc
way cd oneway=yes
way efg
"""


def at(x, y):
    return [10 + x / 1000, 45 + y / 1000]


def problem_of(orders, vehicles=None, **fields):
    vehicles = vehicles or [{"id": "v", "start": at(0, 0), "end": at(0, 0)}]
    return Problem(
        vehicles=vehicles,
        orders=[{"id": i, "location": location} for i, location in enumerate(orders)],
        **fields,
    )


def rows(*places):
    return [{"index": place} for place in places]


def found(findings):
    return [(finding.code, finding.pointer, finding.level, finding.order) for finding in findings]


def refused(problem, **travel):
    with pytest.raises(InputError) as error:
        build_instance(problem, **travel)
    return found(error.value.findings)


SQUARE = TravelMatrix(
    [[9, 1, 2], [3, 9, 4], [5, 6, 9]],
    [[9, 10, 20], [30, 9, 40], [50, 60, 9]],
    points=[(1, 2), (3, 4), (5, 6)],
)


class TestArrays:
    problem = Problem(
        ticks_per_second=10,
        depots=[
            {"id": "d", "location": {"index": 0}, "windows": [[600, 700], [0, 100]]},
            {"id": 1, "location": {"index": 2}},
        ],
        vehicles=[
            {
                "id": "x",
                "start": "d",
                "end": 1,
                "capacity": {"kg": 1.0005},
                "shift": [5, 900],
                "costs": {"fixed": 2.5, "per_hour": 36, "per_km": 0.5},
                "max_distance": 1000,
                "max_duty": 800,
                "max_stops": 3,
            },
            {"id": "y", "start": {"index": 1}, "profile": "bike", "capacity": {"box": 50}},
        ],
        orders=[
            {
                "id": "a",
                "location": {"index": 1},
                "delivery": {"kg": 1, "box": 2},
                "service": 30,
                "importance": 4,
            },
            {"id": "b", "location": {"index": 2}, "windows": [[50, 60], [0, 20], [21, 30]], "prize": 0.5},
        ],
    )
    instance = build_instance(problem, matrix={"car": SQUARE, "bike": SQUARE})

    def test_points(self):
        assert self.instance.start_point.tolist() == [0, 1]
        assert self.instance.end_point.tolist() == [2, NO_POINT]
        assert self.instance.task_point.tolist() == [1, 2]
        assert self.instance.point_location.tolist() == [[1, 2], [3, 4], [5, 6]]

    def test_legs_are_ticks_and_metres_and_nothing_on_the_diagonal(self):
        assert self.instance.legs["car"].durations.tolist() == [[0, 10, 20], [30, 0, 40], [50, 60, 0]]
        assert self.instance.legs["car"].distances.tolist() == [[0, 10, 20], [30, 0, 40], [50, 60, 0]]
        assert self.instance.vehicle_legs(1) is self.instance.legs["bike"]

    def test_numbers(self):
        assert self.instance.request_index == {"a": 0, "b": 1}
        assert self.instance.vehicle_index == {"x": 0, "y": 1}
        assert self.instance.profiles == (("bike", 1.0), ("car", 1.0))
        assert self.instance.vehicle_profile.tolist() == [1, 0]

    def test_loads_in_thousandths(self):
        assert self.instance.units == ("box", "kg")
        assert self.instance.task_delivery.tolist() == [[2000, 1000], [0, 0]]
        assert self.instance.capacity.tolist() == [[UNLIMITED, 1000], [50000, UNLIMITED]]

    def test_orders(self):
        assert self.instance.task_service[0].tolist() == [30, 0]
        assert self.instance.request_importance.tolist() == [4, 1]
        assert self.instance.request_prize.tolist() == [-1, cost_units(10) // 2]

    def test_windows(self):
        assert self.instance.window_first.tolist() == [0, 1, 3]
        assert self.instance.window_open.tolist() == [ANY_TIME[0], 0, 50]
        assert self.instance.window_close.tolist() == [ANY_TIME[1], 30, 60]
        assert [array.tolist() for array in self.instance.start_windows] == [
            [0, 2, 3],
            [0, 600, ANY_TIME[0]],
            [100, 700, ANY_TIME[1]],
        ]
        assert self.instance.end_windows.first.tolist() == [0, 1, 2]

    def test_limits(self):
        assert self.instance.shift_open.tolist() == [5, ANY_TIME[0]]
        assert self.instance.shift_close.tolist() == [900, ANY_TIME[1]]
        assert self.instance.max_duty.tolist() == [800, UNLIMITED]
        assert self.instance.max_length.tolist() == [1000, UNLIMITED]
        assert self.instance.max_stops.tolist() == [3, UNLIMITED]

    def test_rates_add_up_without_rounding(self):
        rates = self.instance.rates
        one = cost_units(10)
        assert rates.fixed.tolist() == [5 * one // 2, 0]
        assert (rates.per_tick * 3600 * 10).tolist() == [36 * one, 20 * one]
        assert (rates.per_length * 1000).tolist() == [one // 2, 3 * one // 10]

    def test_arrays_are_read_only(self):
        instance = self.instance
        for array in (
            instance.task_point,
            instance.task_delivery,
            instance.window_open,
            instance.rates.fixed,
            instance.legs["car"].durations,
            instance.point_location,
        ):
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0


def test_no_orders_and_no_places():
    problem = Problem(vehicles=[{"id": 1}], orders=[])
    instance = build_instance(problem, straight_line=30)
    assert instance.legs["car"].size == 0
    assert instance.task_delivery.shape == (0, 0)
    assert instance.window_first.tolist() == [0]


@given(
    st.lists(
        st.tuples(st.integers(-30, 30), st.integers(0, 9)).map(lambda t: (t[0], t[0] + t[1])), max_size=8
    )
)
def test_merged_windows_hold_the_same_ticks(windows):
    merged = merge_windows(windows)
    ticks = {tick for first, last in windows for tick in range(first, last + 1)}
    if windows:
        assert {tick for first, last in merged for tick in range(first, last + 1)} == ticks
    assert all(last + 1 < following for (_, last), (following, _) in pairwise(merged))


def test_lengths_in_parts_of_a_metre():
    legs = Legs(np.ones((2, 2), np.int32), np.ones((2, 2), np.int32), per_metre=10)
    vehicle = {"id": 1, "costs": {"per_km": 1000}, "max_distance": 7}
    problem = problem_of(rows(0, 1), [vehicle], ticks_per_second=10).with_legs({"car": legs})
    instance = build_instance(problem)
    assert instance.rates.per_length.tolist() == [cost_units(10) // 10]
    assert instance.max_length.tolist() == [70]


def test_lengths_that_make_costs_inexact_are_refused():
    legs = Legs(np.ones((1, 1), np.int32), np.ones((1, 1), np.int32), per_metre=7)
    instance = build_instance(problem_of(rows(0), [{"id": 1}]).with_legs({"car": legs}))
    with pytest.raises(InputError, match="whole number of cost units"):
        _ = instance.rates


class TestSources:
    def test_none(self):
        with pytest.raises(InputError, match=r"--roads .* --matrix") as error:
            build_instance(problem_of([at(0, 0)]))
        assert found(error.value.findings) == [("NO_TRAVEL", "", "file", None)]

    def test_straight_lines_only_alone(self):
        with pytest.raises(InputError, match="one source"):
            build_instance(problem_of(rows(0)), matrix=SQUARE, straight_line=30)

    def test_straight_lines(self):
        vehicles = [{"id": 1, "start": at(0, 0)}, {"id": 2, "profile": "bike"}]
        instance = build_instance(problem_of([at(0, 1), at(0, 0)], vehicles), straight_line=36)
        assert instance.legs["car"] is instance.legs["bike"]
        assert instance.legs["car"].distances.tolist() == [[0, 111], [111, 0]]
        assert instance.task_point.tolist() == [1, 0]

    def test_own_legs(self):
        legs = Legs(np.arange(9, dtype=np.int32).reshape(3, 3), np.zeros((3, 3), np.int32), per_metre=10)
        problem = problem_of(rows(2, 5), [{"id": 1, "start": {"index": 0}}]).with_legs({"car": legs})
        instance = build_instance(problem)
        assert instance.legs["car"].durations.tolist() == [[0, 2], [6, 8]]
        assert instance.legs["car"].per_metre == 10
        assert found(instance.findings) == [("MATRIX_INDEX", "/orders/1/location", "order", 1)]

    def test_own_legs_have_no_coordinates(self):
        problem = problem_of([at(0, 0)], [{"id": 1}]).with_legs({"car": Legs.from_matrix(SQUARE, 1)})
        assert found(build_instance(problem).findings) == [
            ("NOT_IN_MATRIX", "/orders/0/location", "order", 0)
        ]

    @pytest.mark.parametrize(
        "travel", [{"roads": "city.o2r"}, {"matrix": [[0, 1], [1, 0]]}, {"matrix": {"car": None}}], ids=repr
    )
    def test_what_is_no_source(self, travel):
        with pytest.raises(InputError, match=r"it must be a (RoadNetwork|TravelMatrix)"):
            build_instance(problem_of([at(0, 0)]), **travel)

    def test_profiles(self):
        vehicles = [{"id": 1}, {"id": 2, "profile": "bike"}, {"id": 3, "profile": "foot"}]
        problem = problem_of(rows(1), vehicles)
        wrong = [("UNKNOWN_PROFILE", f"/vehicles/{i}/profile", "file", None) for i in range(3)]
        assert refused(problem, matrix=SQUARE) == wrong
        assert refused(problem, matrix={"car": SQUARE, "foot": SQUARE}) == wrong[1:2]
        problem = problem_of(rows(1), vehicles[1:2])
        assert build_instance(problem, matrix=SQUARE).legs["bike"].size == 1

    def test_one_network_is_for_its_own_profile(self, town):
        network = RoadNetwork.from_osm(town(MAP))
        problem = problem_of([at(1, 0)], [{"id": 1, "profile": "bike"}])
        assert refused(problem, roads=network) == [("UNKNOWN_PROFILE", "/vehicles/0/profile", "file", None)]
        assert build_instance(problem, roads={"bike": network}).legs["bike"].size == 1


class TestMatrix:
    def test_by_index_and_by_coordinates(self):
        problem = problem_of([[5, 6], {"index": 1}, [3.00000001, 4]], [{"id": 1, "start": {"index": 0}}])
        instance = build_instance(problem, matrix=SQUARE)
        assert instance.task_point.tolist() == [1, 2, 3]
        assert instance.legs["car"].durations.tolist() == [
            [0, 2, 1, 1],
            [5, 0, 6, 6],
            [3, 4, 0, 9],
            [3, 4, 9, 0],
        ]
        assert instance.point_location.tolist() == [[1, 2], [5, 6], [3, 4], [3, 4]]

    def test_without_points(self):
        matrix = TravelMatrix([[0, 1], [1, 0]])
        instance = build_instance(problem_of([*rows(0, 2), [5, 6]], [{"id": 1}]), matrix=matrix)
        assert np.isnan(instance.point_location).all()
        assert instance.task_point.tolist() == [0, NO_POINT, NO_POINT]
        assert instance.legs["car"].distances.tolist() == [[0]]
        assert found(instance.findings) == [
            ("MATRIX_INDEX", "/orders/1/location", "order", 1),
            ("NOT_IN_MATRIX", "/orders/2/location", "order", 2),
        ]

    def test_places_of_vehicles_are_file_level(self):
        problem = Problem(
            depots=[{"id": "d", "location": {"index": 3}}, {"id": "unused", "location": {"index": 99}}],
            vehicles=[{"id": 1, "start": "d", "end": "d"}, {"id": 2, "start": "d", "end": [7, 7]}],
            orders=[{"id": 1, "location": {"index": 4}}],
        )
        assert refused(problem, matrix=SQUARE) == [
            ("MATRIX_INDEX", "/depots/0/location", "file", None),
            ("NOT_IN_MATRIX", "/vehicles/1/end", "file", None),
            ("MATRIX_INDEX", "/orders/0/location", "order", 1),
        ]

    @pytest.mark.parametrize(
        "matrix",
        [
            TravelMatrix([[0, 1]]),
            TravelMatrix([[0, 1], [1, 0]], points=[(1, 2), (3, 4)], targets=[(1, 2), (5, 6)]),
        ],
    )
    def test_it_must_be_square(self, matrix):
        assert refused(problem_of(rows(0)), matrix=matrix)[0][:2] == ("MATRIX_SHAPE", "/durations")

    def test_limits_and_rates_of_length_need_distances(self):
        vehicles = [
            {"id": 1, "max_distance": 5},
            {"id": 2, "costs": {"per_km": 0.1}},
            {"id": 3, "costs": {"per_km": 0}},
        ]
        matrix = TravelMatrix([[0, 1], [1, 0]])
        assert refused(problem_of(rows(0), vehicles), matrix=matrix) == [
            ("NO_DISTANCES", "/vehicles/0/max_distance", "file", None),
            ("NO_DISTANCES", "/vehicles/1/costs/per_km", "file", None),
        ]

    def test_unreachable(self):
        inf = float("inf")
        # 0 -> 1 -> 2 -> 0, and 3 that can be left only, 4 that can be reached only
        matrix = TravelMatrix(
            [
                [0, 1, inf, inf, 1],
                [inf, 0, 1, inf, inf],
                [1, inf, 0, inf, inf],
                [1, inf, inf, 0, inf],
                [inf, inf, inf, inf, 0],
            ],
        )
        problem = problem_of(rows(1, 2, 3, 4), [{"id": 1, "start": {"index": 0}, "end": {"index": 0}}])
        instance = build_instance(problem, matrix=matrix)
        assert instance.task_point.tolist() == [1, 2, NO_POINT, NO_POINT]
        assert found(instance.findings) == [
            ("UNREACHABLE", "/orders/2/location", "order", 2),
            ("UNREACHABLE", "/orders/3/location", "order", 3),
        ]
        assert "no way to the location" in instance.findings[0].message
        assert "no way from the location" in instance.findings[1].message
        open_end = problem.replace(vehicles=[{"id": 1, "start": {"index": 0}}])
        assert build_instance(open_end, matrix=matrix).task_point.tolist() == [1, 2, NO_POINT, 4]
        one_way = problem.replace(vehicles=[{"id": 1, "start": {"index": 0}, "end": {"index": 3}}])
        assert ("UNREACHABLE", "/vehicles/0/end", "file", None) in refused(one_way, matrix=matrix)
        assert instance.legs["car"].durations[0, 2] == INF

    def test_no_single_vehicle_both_ways(self):
        inf = float("inf")
        matrix = TravelMatrix([[0, 1, inf], [inf, 0, 1], [inf, inf, 0]])
        vehicles = [{"id": 1, "start": {"index": 0}, "end": {"index": 0}}, {"id": 2, "start": {"index": 2}}]
        vehicles += [{"id": 3, "start": {"index": 2}, "end": {"index": 2}}]
        instance = build_instance(problem_of(rows(1), vehicles), matrix=matrix)
        assert "No single vehicle" in instance.findings[0].message


class TestRoads:
    @pytest.fixture
    def network(self, town):
        return RoadNetwork.from_osm(town(MAP))

    def test_identical_places_share_a_point(self, network):
        instance = build_instance(problem_of([at(1, 0), at(0, 0), at(1, 0)]), roads=network)
        assert instance.task_point.tolist() == [1, 0, 1]
        assert instance.findings == ()

    def test_legs_are_those_of_the_matrix(self, network):
        points = [at(0, 0), at(1, 0), at(0.5, 0.2)]
        instance = build_instance(problem_of(points[1:], ticks_per_second=10), roads=network)
        legs = Legs.from_matrix(network.matrix(points), 10)
        assert np.array_equal(instance.legs["car"].durations, legs.durations)
        assert np.array_equal(instance.legs["car"].distances, legs.distances)
        assert instance.point_location.tolist() == points

    def test_order_level(self, network):
        lon, lat = at(1, 0)
        places = [at(1, 0), at(1, 30), [lat, lon], {"index": 3}, at(1, 9)]
        instance = build_instance(problem_of(places), roads=network)
        assert found(instance.findings) == [
            ("COORDINATE_SWAPPED", "/orders/2/location", "order", 2),
            ("TOO_FAR_FROM_ROAD", "/orders/1/location", "order", 1),
            ("MATRIX_INDEX", "/orders/3/location", "order", 3),
            ("UNREACHABLE", "/orders/4/location", "order", 4),
        ]
        assert "2,334 m" in instance.findings[1].message
        assert instance.task_point.tolist() == [1, NO_POINT, NO_POINT, NO_POINT, NO_POINT]

    def test_swapped_is_seen_by_the_roads_where_all_are(self, network):
        (lon, lat), vehicles = at(1, 0), [{"id": 1}]
        instance = build_instance(problem_of([[lat, lon]] * 2, vehicles), roads=network)
        assert [finding.code for finding in instance.findings] == ["COORDINATE_SWAPPED"] * 2

    def test_limit(self, network):
        problem = problem_of([at(1, 30)])
        assert build_instance(problem, roads=network, limit=3000).findings[0].code == "UNREACHABLE"

    def test_file_level(self, network):
        vehicles = [{"id": 1, "start": at(30, 0)}, {"id": 2, "start": at(0, 0), "end": at(0, 9)}]
        problem = problem_of([at(1, 30)], vehicles)
        assert refused(problem, roads=network) == [
            ("TOO_FAR_FROM_ROAD", "/vehicles/0/start", "file", None),
            ("TOO_FAR_FROM_ROAD", "/orders/0/location", "order", 0),
        ]
        problem = problem_of([at(1, 0)], vehicles[1:])
        assert refused(problem, roads=network) == [
            ("UNREACHABLE", "/vehicles/0/end", "file", None),
            ("UNREACHABLE", "/orders/0/location", "order", 0),
        ]

    def test_a_place_may_be_far_for_one_profile(self, network, town):
        other = RoadNetwork.from_osm(town(MAP.replace("way efg", "")))
        vehicles = [{"id": 1, "start": at(0, 0)}, {"id": 2, "profile": "bike", "start": at(0, 9)}]
        roads = {"car": other, "bike": network}
        problem = problem_of([at(1, 9), at(1, 0)], vehicles)
        instance = build_instance(problem, roads=roads, limit=500)
        assert instance.findings == ()
        assert instance.legs["car"].durations[0].tolist()[1] == INF

    def test_progress_runs_once_over_all_profiles(self, network):
        vehicles = [{"id": 1}, {"id": 2, "profile": "bike"}]
        told = []
        build_instance(
            problem_of([at(0, 0), at(1, 0)], vehicles),
            roads={"car": network, "bike": network},
            progress=lambda done, total: told.append((done, total)),
        )
        assert told == sorted(told)
        assert told[-1] == (4, 4)

    def test_a_matrix_goes_before_roads(self, network):
        problem = problem_of([[5, 6]], [{"id": 1, "start": [1, 2]}])
        assert build_instance(problem, roads=network, matrix=SQUARE).legs["car"].durations[0, 1] == 2


def test_orders_set_aside_take_no_point():
    problem = problem_of([at(0, 1), [500, 1]])
    instance = build_instance(problem, straight_line=30)
    assert instance.task_point.tolist() == [1, NO_POINT]
    assert instance.findings == problem.findings
