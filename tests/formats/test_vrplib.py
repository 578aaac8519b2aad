"""VRPLIB files in their dialects: what is read, and how wrong files are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.errors import InputError
from o2oroute.formats.academic import Source
from o2oroute.formats.keyword_file import is_keyword_file
from o2oroute.formats.reading import read_problem
from o2oroute.formats.vrplib import parse_vrplib
from o2oroute.formats.vrplib_solution import read_routes
from o2oroute.model.duty import Trips
from o2oroute.model.solution import ReloadVisit, Visit

CVRP = """\
NAME : \ttiny-n4\t
COMMENT : "by nobody: at no time"
COMMENT : again
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 3 4
4 -3 -4
3 1 1
DEMAND_SECTION
1 0
2 6
3 7
4 3
DEPOT_SECTION
 1
 -1
EOF
what follows does not count
"""

RICH = """\
NAME: rich
TYPE: MDVRPTW
EDGE_WEIGHT_TYPE: EUC_2D
DIMENSION: 4
VEHICLES: 3
VEHICLES_MAX_DURATION: 440
VEHICLES_MAX_DISTANCE: 300
NODE_COORD_SECTION
1 0 0
2 10 0
3 3 4
4 10 5
DEMAND_SECTION
1 0
2 0
3 5
4 6
SERVICE_TIME_SECTION
1 0
2 0
3 2
4 3
TIME_WINDOW_SECTION
1 0 1000
2 10 900
3 50 60
4 70 80
PRIZE_SECTION
1 0
2 0
3 12
4 0
CAPACITY_SECTION
1 10
2 20
3 20
VEHICLES_FIXED_COST_SECTION
1 100
2 200
3 200
VEHICLES_UNIT_DISTANCE_COST_SECTION
1 90
2 110
3 110
VEHICLES_DEPOT_SECTION
1 1
2 2
3 2
DEPOT_SECTION
1
2
EOF
"""

TRIPS = """\
NAME: trips
TYPE: MTVRPTWR
EDGE_WEIGHT_TYPE: EUC_2D
DIMENSION: 4
VEHICLES: 2
CAPACITY: 6
VEHICLES_MAX_RELOADS: 3
NODE_COORD_SECTION
1 0 0
2 10 0
3 3 4
4 10 5
DEMAND_SECTION
1 0
2 0
3 5
4 6
RELEASE_TIME_SECTION
1 0
2 0
3 7
4 0
VEHICLES_DEPOT_SECTION
1 1
2 1
VEHICLES_RELOAD_DEPOT_SECTION
1
2 1 2
DEPOT_SECTION
1
2
EOF
"""

EXPLICIT = """\
TYPE : VRPTW
DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
VEHICLES : 2
CAPACITY : 10
SERVICE_TIME : 7
EDGE_WEIGHT_SECTION
0 1 2
3 0 4
5 6 0
DEMAND_SECTION
1 0
2 1
3 1
"""


def _parse(text, **settings):
    return parse_vrplib(Source("tiny.vrp", text), **settings)


def test_a_plain_file():
    problem = _parse(CVRP)
    assert problem.properties == {"name": "tiny-n4", "format": "vrplib", "convention": "euc2d"}
    assert problem.ticks_per_second == 1
    assert problem.depots[0].model_dump(exclude={"properties"}) == {
        "id": "0",
        "location": {"index": 0},
        "approach": "any",
        "windows": (),
        "departures": (),
        "loading": 0,
    }
    assert [order.id for order in problem.orders] == ["1", "2", "3"]
    assert [order.delivery["load"] for order in problem.orders] == [6, 7, 3]
    assert [order.location.index for order in problem.orders] == [1, 2, 3]
    assert problem.legs["car"].distances.tolist() == [
        [0, 5, 1, 5],
        [5, 0, 4, 10],
        [1, 4, 0, 6],
        [5, 10, 6, 0],
    ]
    assert {vehicle.capacity["load"] for vehicle in problem.vehicles} == {10}


def test_depots_fleet_windows_and_prizes():
    problem = _parse(RICH, convention="x1000")
    assert [depot.id for depot in problem.depots] == ["0", "1"]
    assert problem.depots[1].windows == ((10_000, 900_000),)
    assert [vehicle.start for vehicle in problem.vehicles] == ["0", "1", "1"]
    assert [vehicle.end for vehicle in problem.vehicles] == ["0", "1", "1"]
    assert [vehicle.capacity["load"] for vehicle in problem.vehicles] == [10, 20, 20]
    assert [vehicle.costs.fixed for vehicle in problem.vehicles] == [100, 200, 200]
    assert [vehicle.costs.per_km for vehicle in problem.vehicles] == [90_000, 110_000, 110_000]
    assert {vehicle.max_duty for vehicle in problem.vehicles} == {440_000}
    assert {vehicle.max_distance for vehicle in problem.vehicles} == {300}
    assert [order.id for order in problem.orders] == ["2", "3"]
    assert [order.prize for order in problem.orders] == [12, None]
    assert [order.service for order in problem.orders] == [2000, 3000]
    assert problem.orders[0].windows == ((50_000, 60_000),)


def test_published_units_of_prizes_and_vehicle_costs():
    text = RICH.replace("110", "95")
    tenfold, exact = _parse(text, convention="x10"), _parse(text, convention="exact")
    assert (tenfold.orders[0].prize, exact.orders[0].prize) == (120, 12)
    assert (tenfold.vehicles[0].costs.fixed, exact.vehicles[0].costs.fixed) == (1000, 1)
    assert (tenfold.vehicles[0].costs.per_km, exact.vehicles[0].costs.per_km) == (900_000, 900)


def test_trips_and_releases():
    problem = _parse(TRIPS, convention="x10")
    assert [vehicle.trips for vehicle in problem.vehicles] == [None, Trips(depots=("0", "1"), max=4)]
    assert [order.release for order in problem.orders] == [70, None]


def test_a_header_holds_for_all_vehicles_and_clients():
    problem = _parse(EXPLICIT + "VEHICLES_FIXED_COST : 3\nDISTANCE : 99\n")
    assert [vehicle.costs.fixed for vehicle in problem.vehicles] == [3, 3]
    assert [vehicle.max_duty for vehicle in problem.vehicles] == [99, 99]
    assert [order.service for order in problem.orders] == [7, 7]


def test_a_matrix_is_travel_time_and_cost():
    problem = _parse(EXPLICIT)
    legs = problem.legs["car"]
    assert problem.properties["convention"] == "explicit"
    assert legs.durations.tolist() == legs.distances.tolist() == [[0, 1, 2], [3, 0, 4], [5, 6, 0]]


@pytest.mark.parametrize(
    ("form", "numbers"),
    [
        ("LOWER_ROW", "1\n2 3"),
        ("LOWER_DIAG_ROW", "0\n1 0\n2 3 0"),
        ("UPPER_ROW", "1 2\n3"),
        ("UPPER_DIAG_ROW", "0 1 2\n0 3\n0"),
        ("FULL_MATRIX", "0 1 2 1 0 3 2 3 0"),  # rows of the file need not be rows of the matrix
    ],
)
def test_triangles_are_mirrored(form, numbers):
    text = EXPLICIT.replace("FULL_MATRIX", form).replace("0 1 2\n3 0 4\n5 6 0", numbers)
    assert _parse(text).legs["car"].durations.tolist() == [[0, 1, 2], [1, 0, 3], [2, 3, 0]]


@pytest.mark.parametrize(
    ("text", "vehicles"),
    [
        (CVRP, 3),  # 2 * 16 / 10 is above the three clients
        (CVRP.replace("CAPACITY : 10", "CAPACITY : 20"), 2),
        (CVRP.replace("CAPACITY : 10", "CAPACITY : 99"), 1),
        (CVRP.replace("CAPACITY : 10", "CAPACITY : 99\nDISTANCE : 40"), 3),
        (CVRP.replace("CAPACITY : 10", "CAPACITY : 0"), 3),
        (CVRP.replace("CAPACITY : 10\n", ""), 3),
        (EXPLICIT.replace("VEHICLES : 2\n", ""), 2),  # of a matrix the triangle inequality is not known
    ],
)
def test_without_a_number_of_vehicles_there_are_enough(text, vehicles):
    assert len(_parse(text).vehicles) == vehicles


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (CVRP, "DIMENSION : 4\n", "", "tiny.vrp: DIMENSION is missing"),
        (CVRP, "DIMENSION : 4", "DIMENSION : four", "line 5: DIMENSION is 'four', which is no number"),
        (CVRP, "DIMENSION : 4", "DIMENSION : 4 5", "line 5: DIMENSION has 2 values"),
        (CVRP, "DIMENSION : 4", "DIMENSION : 1", "line 5: DIMENSION is 1; it must be at least 2"),
        (
            CVRP,
            "DIMENSION : 4",
            "DIMENSION : 999999999",
            "line 8: .* has 4 of 999999999 nodes; .* missing is 5",
        ),
        (CVRP, "DIMENSION : 4", "DIMENSION : 4\nDIMENSION : 4", "line 6: DIMENSION comes twice"),
        (CVRP, "CVRP", "PDPTW", "line 4: TYPE is PDPTW.*Allowed are .*CVRP"),
        (CVRP, "EUC_2D", "CEIL_2D", "line 6: EDGE_WEIGHT_TYPE is CEIL_2D.*Allowed are EUC_2D"),
        (CVRP, "EDGE_WEIGHT_TYPE : EUC_2D\n", "", "EDGE_WEIGHT_TYPE is missing"),
        (CVRP, "4 -3 -4", "4 -3", "line 11: a row of NODE_COORD_SECTION has 2 values; it must have 3"),
        (CVRP, "4 -3 -4", "2 -3 -4", "line 11: node 2 of NODE_COORD_SECTION comes twice"),
        (CVRP, "4 -3 -4", "5 -3 -4", "line 11: node 5 of NODE_COORD_SECTION is above"),
        (CVRP, "4 -3 -4", "4 -3 inf", "line 11: y is 'inf', which is no number"),
        (CVRP, "4 3\n", "", "line 13: DEMAND_SECTION has 3 of 4 nodes; the first missing is 4"),
        (CVRP, "DEMAND_SECTION", "DEMANDS_SECTION", "line 13: DEMANDS_SECTION says something"),
        (CVRP, "DEMAND_SECTION\n1 0\n2 6\n3 7\n4 3\n", "", "DEMAND_SECTION is missing"),
        (CVRP, "1 0\n2 6", "1 1\n2 6", "line 14: depot 1 has 1 in DEMAND_SECTION.*must be 0"),
        (CVRP, " 1\n -1", " 9\n -1", "line 19: depot 9 is above DIMENSION, 4"),
        (CVRP, " 1\n -1", " 1\n 1", "line 20: depot 1 comes twice"),
        (CVRP, " 1\n -1", " -1", "line 18: 0 of 4 nodes are depots"),
        (CVRP, " 1\n -1", " 1\n 2\n 3\n 4", "line 18: 4 of 4 nodes are depots"),
        (CVRP, " 1\n -1", " 1\n 2", "there are 2 depots, but no VEHICLES_DEPOT_SECTION|depot 2 has 6"),
        (CVRP, " 1\n -1", " 1 2", "line 19: a row of DEPOT_SECTION has 2 values"),
        (CVRP, "NAME", "hello\nNAME", "line 1: 'hello' belongs to no section"),
        (CVRP, "EOF", "DEMAND_SECTION\nEOF", "line 21: DEMAND_SECTION comes twice"),
        (CVRP, "CAPACITY : 10", "BACKHAULS : 2", "line 7: BACKHAULS says something"),
        (RICH, "VEHICLES: 3", "VEHICLES: 0", "line 5: VEHICLES is 0; it must be at least 1"),
        (RICH, "VEHICLES: 3\n", "", "CAPACITY_SECTION stands without VEHICLES"),
        (RICH, "VEHICLES: 3", "VEHICLES: 4", "CAPACITY_SECTION has 3 of 4 vehicles; the first missing is 4"),
        (RICH, "VEHICLES: 3", "VEHICLES: 3\nCAPACITY: 4", "CAPACITY_SECTION stands beside CAPACITY"),
        (RICH, "VEHICLES: 3", "VEHICLES: 3\nDISTANCE: 4", "DISTANCE stands beside VEHICLES_MAX_DURATION"),
        (RICH, "VEHICLES: 3", "VEHICLES: 3\nSERVICE_TIME: 4", "_SECTION stands beside SERVICE_TIME"),
        (RICH, "3 2\nDEPOT", "3 4\nDEPOT", "4 is no depot.*Name a node of DEPOT_SECTION"),
        (RICH, "1 1\n2 2\n3 2\nDEPOT", "DEPOT", "VEHICLES_DEPOT_SECTION has 0 of 3 vehicles"),
        (RICH, "3 50 60", "3 60 50", "the window of node 3 is 60 to 50; it ends first"),
        (RICH, "PRIZE_SECTION", "MUTUALLY_EXCLUSIVE_GROUP_SECTION", "GROUP_SECTION says something that"),
        (TRIPS, "2 1 2\n", "2 1 4\n", "line 28: 4 is no depot.*Name a node of DEPOT_SECTION"),
        (TRIPS, "2 1 2\n", "1 1 2\n", "line 28: vehicle 1 of VEHICLES_RELOAD_DEPOT_SECTION comes twice"),
        (TRIPS, "2 1 2\n", "3 1 2\n", "line 28: there is no vehicle 3.*Vehicles are 1 to 2"),
        (TRIPS, "2 0\n3 7", "2 4\n3 7", "depot 2 has 4 in RELEASE_TIME_SECTION.*must be 0"),
        (TRIPS, "3 7\n", "3 -7\n", "release time is -7; it must be at least 0"),
        (RICH, "3 5\n4 6", "3 5e9\n4 6", "tiny.vrp: of order 2, load is 5000000000.* at most"),
        (RICH, "1 90\n", "1 90000\n", "of vehicle 1, per_km is 90000000.* at most"),
        (EXPLICIT, "FULL_MATRIX", "FUNCTION", "line 4: EDGE_WEIGHT_FORMAT is FUNCTION"),
        (EXPLICIT, "3 0 4", "3 4", "line 8: EDGE_WEIGHT_SECTION has 8 numbers; FULL_MATRIX of 3 nodes has 9"),
        (EXPLICIT, "3 0 4", "3 0.5 4", "line 10: '0.5' is no edge weight"),
        (EXPLICIT, "3 0 4", "3 -1 4", "line 10: '-1' is no edge weight"),
        (EXPLICIT, "3 0 4", "3 2147483648 4", "line 10: '2147483648' is no edge weight"),
        (EXPLICIT, "DIMENSION : 3", "DIMENSION : 999999999", "has 9 numbers; FULL_MATRIX of 999999999 nodes"),
        (EXPLICIT, "EDGE_WEIGHT_SECTION\n0 1 2\n3 0 4\n5 6 0\n", "", "EDGE_WEIGHT_SECTION has 0 numbers"),
        (EXPLICIT, "EXPLICIT", "EUC_2D", "NODE_COORD_SECTION is missing"),
    ],
)
def test_wrong_files_are_refused_with_the_line(text, old, new, message):
    assert old in text
    with pytest.raises(InputError, match=message) as caught:
        _parse(text.replace(old, new, 1))
    (finding,) = caught.value.findings
    assert finding.code == "ACADEMIC_FILE"
    assert finding.action


def test_a_convention_must_fit_the_file():
    with pytest.raises(InputError, match=r"line 3: the file carries its matrix, .* 'dimacs'"):
        _parse(EXPLICIT, convention="dimacs")
    with pytest.raises(InputError, match="'explicit' is for files that carry their matrix"):
        _parse(CVRP, convention="explicit")
    with pytest.raises(InputError, match="no convention 'euclid'"):
        _parse(CVRP, convention="euclid")


def test_several_depots_need_to_know_their_vehicles():
    text = RICH.replace("VEHICLES_DEPOT_SECTION\n1 1\n2 2\n3 2\n", "")
    with pytest.raises(InputError, match="there are 2 depots, but no VEHICLES_DEPOT_SECTION"):
        _parse(text)


def test_only_such_files_look_like_it():
    assert is_keyword_file(CVRP)
    assert is_keyword_file(RICH)
    assert not is_keyword_file('{"vehicles": [], "orders": []}')


@pytest.mark.parametrize("text", [CVRP, RICH, TRIPS, EXPLICIT])
@given(data=st.data())
def test_garbled_files_are_refused_or_read_but_nothing_else(text, data):
    cut = data.draw(st.integers(0, len(text)))
    skip = data.draw(st.integers(0, 40))
    junk = data.draw(
        st.one_of(st.text(max_size=20), st.sampled_from(["-1", "1e9", "_SECTION", "\n", " : ", "0"]))
    )
    try:
        _parse(text[:cut] + junk + text[cut + skip :])
    except InputError as error:
        assert str(error)  # noqa: PT017 - that it is this kind and no other is the test


def _routes(tmp_path, text, problem=None):
    path = tmp_path / "tiny.sol"
    path.write_text(text, encoding="utf-8")
    return read_routes(path, problem or _parse(CVRP))


def test_routes_of_a_solution_file(tmp_path):
    solution = _routes(tmp_path, "Route #1: 3 1\nRoute #2:\nRoute #3: 2\nCost 27.5\nTime 3 seconds\n")
    assert {vehicle: [visit.order for visit in visits] for vehicle, visits in solution.routes.items()} == {
        "1": ["3", "1"],
        "2": [],
        "3": ["2"],
    }
    assert solution.statistics == {"stated_cost": 27.5}


def test_client_numbers_are_those_of_the_instance(tmp_path):
    solution = _routes(tmp_path, "Route #3: 2 3", _parse(RICH))
    assert [visit.order for visit in solution.routes["3"]] == ["2", "3"]


def test_a_depot_on_a_route_is_where_the_vehicle_loads_again(tmp_path):
    solution = _routes(tmp_path, "Route #2: 2 1 3 0", _parse(TRIPS))
    second, third = Visit("2"), Visit("3")
    assert solution.routes["2"] == (second, ReloadVisit("1"), third, ReloadVisit("0"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no route"),
        ("Cost 3", "there is no route"),
        ("hello\nRoute #1: 1", "line 1: 'hello' is no route"),
        ("Route #1: 1\nRoute #1: 2", "line 2: route 1 comes twice"),
        ("Route #4: 1", "line 1: route 4 is beyond the 3 vehicles"),
        ("Route #1: 1 0 2", "line 1: the instance has no client '0'"),
        ("Route #1: 1 4", "line 1: the instance has no client '4'.*Clients are 1 to 3"),
        ("Route #1: 1\nCost much", "line 2: cost is 'much', which is no number"),
    ],
)
def test_wrong_solution_files_are_refused_with_the_line(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        _routes(tmp_path, text)


@pytest.mark.parametrize(
    ("collection", "name"),
    [("mdvrp_cordeau", "p01.txt")],
)
def test_formats_that_are_not_known_are_said_to_be_so(academic_file, collection, name):
    with pytest.raises(InputError, match=r"starts with .* it is of no known format.*Solomon") as caught:
        read_problem(academic_file(collection, name))
    assert [finding.code for finding in caught.value.findings] == ["UNKNOWN_FORMAT"]


def test_an_order_file_takes_no_convention():
    with pytest.raises(InputError, match="order files have none"):
        read_problem({"vehicles": [{"id": 1}], "orders": []}, convention="dimacs")
