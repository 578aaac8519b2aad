"""How fast a vehicle is compared with its profile."""

from __future__ import annotations

import pytest

from helpers import line, starts, tiny, visits

SERVED_BY = {"combined", "insertion", "ortools", "search"}


@pytest.mark.parametrize(("factor", "moments"), [(0.5, [0, 202, 404]), (2.0, [0, 51, 102])])
def test_it_divides_travel_times(solved, factor, moments):
    # half a second is rounded up, at each leg
    plan = solved(tiny(line(0, 101), orders=[{}], vehicles=[{"speed_factor": factor}]))
    assert starts(plan) == moments
    assert plan.summary.distance == 202


def test_the_faster_vehicle_is_in_time(solved):
    vehicles = [{"speed_factor": 0.9, "shift": (0, 900)}, {"speed_factor": 1.1, "shift": (0, 900)}]
    plan = solved(tiny(line(0, 110), orders=[{"windows": [(0, 100)]}], vehicles=vehicles))
    assert visits(plan) == {"v1": ["a"]}
