"""Solomon and Homberger files: what is read, and how wrong files are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.errors import InputError
from o2oroute.formats.academic import Source
from o2oroute.formats.solomon import is_solomon, parse_solomon, read_solomon

SMALL = """\
TINY

VEHICLE
NUMBER     CAPACITY
  2         50

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0        100          0
    1      3         4         10          7         20          9
    2      1.5       1         41.5        0         90          0
"""


def _parse(text, **settings):
    return parse_solomon(Source("tiny.txt", text), **settings)


def test_everything_in_the_file_is_in_the_problem():
    problem = _parse(SMALL)
    assert problem.properties == {"name": "TINY", "format": "solomon", "convention": "dimacs"}
    assert (problem.ticks_per_second, problem.objective, problem.findings) == (10, "cost", ())
    (depot,) = problem.depots
    assert (depot.id, depot.location.index, depot.windows) == ("0", 0, ((0, 1000),))
    assert [vehicle.id for vehicle in problem.vehicles] == ["1", "2"]
    vehicle = problem.vehicles[0]
    assert (vehicle.start, vehicle.end, vehicle.capacity) == ("0", "0", {"load": 50})
    assert vehicle.costs.model_dump(exclude_defaults=True) == {"per_hour": 0, "per_km": 1000}
    first, second = problem.orders
    assert (first.id, first.location.index, first.delivery) == ("1", 1, {"load": 10})
    assert (first.windows, first.service, first.prize) == (((70, 200),), 90, None)
    assert (second.id, second.delivery, second.service) == ("2", {"load": 41.5}, 0)
    legs = problem.legs["car"]
    assert legs.distances.tolist() == [[0, 50, 18], [50, 0, 33], [18, 33, 0]]
    assert legs.per_metre == 10


def test_sintef_counts_vehicles_first_and_finer_ticks():
    problem = _parse(SMALL, convention="sintef")
    assert (problem.objective, problem.ticks_per_second) == ("fewest_vehicles", 1000)
    assert problem.orders[0].windows == ((7000, 20000),)


def test_headings_in_other_case_and_windows_line_ends(tmp_path):
    path = tmp_path / "c101.txt"
    path.write_bytes(SMALL.lower().replace("\n", "\r\n").encode() + b"\r\n\r\n")
    assert read_solomon(path).orders == _parse(SMALL).orders


def test_a_demand_above_the_capacity_sets_the_order_aside():
    text = SMALL.replace("41.5", "51")
    assert [finding.order for finding in _parse(text).findings] == ["2"]
    with pytest.raises(InputError):
        _parse(text, strict=True)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("VEHICLE\n", "\n", "tiny.txt: the heading VEHICLE is missing"),
        ("CUSTOMER", "CLIENTS", "tiny.txt: the heading CUSTOMER is missing"),
        ("  2         50\n", "", "two numbers must follow VEHICLE"),
        ("  2         50", "  2  50  1", "tiny.txt, line 5: two numbers must follow VEHICLE"),
        ("  2         50", "  0  50", "line 5: number of vehicles is 0; it must be at least 1"),
        ("  2         50", "  1e9  50", "line 5: number of vehicles is 1000000000; 100,000 is the largest"),
        ("  2         50", "  2.5  50", "line 5: number of vehicles is 2.5; it must be a whole number"),
        ("  2         50", "  2  -5", "line 5: capacity of the vehicles is -5; it must be at least 0"),
        ("    1      3 ", "    1   x  ", "line 11: x is 'x', which is no number"),
        ("    1      3 ", "    1   nan  ", "line 11: x is 'nan', which is no number"),
        ("    1      3 ", "    1   1_0  ", "line 11: x is '1_0', which is no number"),
        ("    1      3 ", "    1   9e99  ", "line 11: x is 9e99; 1e15 is the largest allowed"),
        ("    1      3 ", "    7   3  ", "line 11: customer 7 stands where 1 is due"),
        ("    1      3 ", "    1 ", "line 11: customer 1 has 6 values; it must have 7"),
        ("         10          7         20", " -1 7 20", "line 11: demand of customer 1 is -1"),
        ("7         20", "20 7", "line 11: the window of customer 1 is 20 to 7; it ends first"),
        ("7         20", "7.11 20", "line 11: start of the window of customer 1 is 7.11, no whole number"),
        (
            "7         20",
            "7 9e8",
            "line 11: end of the window of customer 1 is 9e8; convention 'dimacs' carries",
        ),
        ("        100          0", " 100 3", "line 10: the depot .* service time 3"),
        ("    0      0         0          0", "    0  0  0  5", "line 10: the depot .* has demand 5"),
        ("1.5       1", "1e12 1", "tiny.txt: coordinates span 1e.12; convention 'dimacs' carries"),
    ],
)
def test_wrong_files_are_refused_with_the_line(old, new, message):
    assert old in SMALL
    with pytest.raises(InputError, match=message) as caught:
        _parse(SMALL.replace(old, new, 1))
    (finding,) = caught.value.findings
    assert finding.code == "ACADEMIC_FILE"
    assert finding.action


def test_a_file_of_headings_has_no_customers():
    with pytest.raises(InputError, match="no customers follow"):
        _parse(SMALL[: SMALL.index("    1      3")])


@pytest.mark.parametrize("path", ["nowhere/c101.txt", "nul\0.txt", "."])
def test_a_file_that_cannot_be_read_is_an_input_error(path):
    with pytest.raises(InputError, match=r"cannot be read|is no name of a file"):
        read_solomon(path)


def test_only_such_files_look_like_it():
    assert is_solomon(SMALL)
    assert not is_solomon('{"vehicles": [], "orders": []}')
    assert not is_solomon("NAME : x\nVEHICLES : 3\n")


@given(cut=st.integers(0, len(SMALL)), junk=st.text(max_size=20), skip=st.integers(0, 40))
def test_garbled_files_are_refused_or_read_but_nothing_else(cut, junk, skip):
    try:
        _parse(SMALL[:cut] + junk + SMALL[cut + skip :])
    except InputError as error:
        assert str(error)  # noqa: PT017 - that it is this kind and no other is the test


@given(text=st.text(alphabet=st.sampled_from("VEHICLECUSTOMER\n 0123456789.-e:"), max_size=300))
def test_any_text_is_refused_or_read(text):
    try:
        _parse("VEHICLE\n1 1\nCUSTOMER\n" + text)
    except InputError as error:
        assert str(error)  # noqa: PT017


def test_every_stored_solomon_file_is_read(shared):
    files = sorted((shared / "instances" / "solomon").glob("*.txt"))
    assert len(files) == 37
    for file in files:
        problem = read_solomon(file)
        assert problem.properties["name"].upper() == file.stem
        assert [order.id for order in problem.orders] == [str(number) for number in range(1, 101)]
        assert len(problem.vehicles) == 25
        assert not problem.findings
