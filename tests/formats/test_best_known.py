"""Stored best known routes give exactly their stated cost, and keep the rules, in problems as they are read.

A sample of each set; ``benchmarks/quality/best_known.py`` does the same for all of them, with the clock.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from o2oroute.formats.solomon import read_solomon
from o2oroute.formats.vrplib import read_vrplib
from o2oroute.formats.vrplib_solution import read_routes
from o2oroute.units import cost_units, fixed_cost, rate_per_metre


def _length_and_feasibility(problem, vehicle, visits):
    """Length of a route in the legs' units; asserts that it keeps all rules if it starts late."""
    orders = {order.id: order for order in problem.orders}
    depots = {depot.id: depot for depot in problem.depots}
    legs = problem.legs[vehicle.profile]
    path = [depots[vehicle.start], *(orders[visit.order] for visit in visits), depots[vehicle.end]]
    latest = path[-1].windows[0][1] if path[-1].windows else 2**29
    for stop, following in zip(path[-2::-1], path[:0:-1], strict=True):
        latest -= int(legs.durations[stop.location.index, following.location.index])
        latest -= getattr(stop, "service", 0)
        if stop.windows:
            assert latest >= stop.windows[0][0], f"{stop.id} is too late"
            latest = min(latest, stop.windows[0][1])
    time = latest
    for stop, following in pairwise(path):
        time += getattr(stop, "service", 0)
        time += int(legs.durations[stop.location.index, following.location.index])
        if following.windows:
            time = max(time, following.windows[0][0])
            assert time <= following.windows[0][1]
    assert vehicle.max_duty is None or time - latest <= vehicle.max_duty
    load = sum(order.delivery["load"] for order in path[1:-1])
    assert load <= vehicle.capacity["load"]
    points = [stop.location.index for stop in path]
    return int(legs.distances[points[:-1], points[1:]].sum(dtype="int64"))


def _cost(problem, solution):
    """Cost in published units, as an exact fraction."""
    vehicles = {vehicle.id: vehicle for vehicle in problem.vehicles}
    ticks = problem.ticks_per_second
    unserved = {order.id: order for order in problem.orders}
    total = 0
    for number, visits in solution.routes.items():
        if not visits:
            continue
        vehicle = vehicles[number]
        length = _length_and_feasibility(problem, vehicle, visits)
        rate = Fraction(rate_per_metre(vehicle.costs.per_km, ticks), problem.legs[vehicle.profile].per_metre)
        assert rate.denominator == 1
        total += fixed_cost(vehicle.costs.fixed, ticks) + rate.numerator * length
        for visit in visits:
            del unserved[visit.order]  # a KeyError if it is served twice
    total += sum(fixed_cost(order.prize, ticks) for order in unserved.values())  # TypeError if mandatory
    return Fraction(total, cost_units(ticks))


HOMBERGER = ["C1_10_1", "C2_10_10", "R1_10_2", "R2_10_9", "RC1_10_5", "RC2_10_9"]


@pytest.mark.parametrize("name", HOMBERGER)
def test_homberger(academic_file, best_known, name):
    problem = read_solomon(academic_file("homberger_1000", f"{name}.txt"), convention="dimacs")
    solution = read_routes(academic_file("homberger_1000", f"{name}.sol"), problem)
    assert _cost(problem, solution) == Fraction(str(best_known("homberger_1000", name)))


@pytest.mark.parametrize(
    ("collection", "name", "convention"),
    [
        ("cvrp_x", "X-n101-k25", None),
        ("cvrp_x", "X-n1001-k43", None),
        ("cvrp_xxl_belgium", "Leuven1", None),
        ("ortec_asymmetric", "ORTEC-VRPTW-ASYM-05362619-d1-n212-k20", None),
        ("ortec_asymmetric", "ORTEC-VRPTW-ASYM-f2c6b1ef-d1-n370-k19", None),
        ("pcvrptw_1000", "C1_10_1", "x10"),
        ("pcvrptw_1000", "RC2_10_9", "x10"),
        ("mdvrptw", "PR12A", "x1000"),
        ("mdvrptw", "PR24B", "x1000"),
    ],
)
def test_vrplib(academic_file, best_known, collection, name, convention):
    suffix = "txt" if collection == "ortec_asymmetric" else "vrp"
    problem = read_vrplib(academic_file(collection, f"{name}.{suffix}"), convention=convention)
    solution = read_routes(academic_file(collection, f"{name}.sol"), problem)
    assert _cost(problem, solution) == Fraction(str(best_known(collection, name)))


@pytest.mark.parametrize("name", ["X1001-FSMF", "X101-FSMFD", "X106-FSMD"])
def test_mixed_fleets_in_double_precision(academic_file, best_known, name):
    problem = read_vrplib(academic_file("hfvrp_x", f"{name}.vrp"), convention="exact")
    solution = read_routes(academic_file("hfvrp_x", f"{name}.sol"), problem)
    # the file states two decimals, and each of some 100 to 1,000 legs errs by 0.000005 times its unit cost
    assert abs(_cost(problem, solution) - Fraction(str(best_known("hfvrp_x", name)))) < Fraction("0.0051")


@pytest.mark.parametrize("name", ["X143-FSMF", "X322-HD", "X641-FSMFD"])
def test_mixed_fleets_whose_legs_were_rounded_to_thousandths(academic_file, name):
    problem = read_vrplib(academic_file("hfvrp_x", f"{name}.vrp"), convention="x1000")
    solution = read_routes(academic_file("hfvrp_x", f"{name}.sol"), problem)
    # vehicle costs stay in the file's hundredths, and these files state the cost in thousandths of them
    assert 1000 * _cost(problem, solution) == solution.statistics["stated_cost"]
