"""Stored best known routes, timed by the clock, keep all rules and cost exactly what their files state.

A sample of each set; ``benchmarks/quality/best_known.py`` does the same for all instances.
"""

from __future__ import annotations

import pytest

from o2oroute.formats.reading import read_problem
from o2oroute.formats.vrplib_solution import read_routes
from o2oroute.model.instance import build_instance
from o2oroute.plan.check import check_plan
from o2oroute.plan.schedule import make_plan


@pytest.fixture
def stored_plan(academic_file):
    """Function of a set, an instance and a convention that returns the plan of the stored routes, checked."""

    def plan_of(collection, name, convention):
        suffix = "vrp"
        if collection.startswith(("homberger", "ortec")):
            suffix = "txt"
        problem = read_problem(academic_file(collection, f"{name}.{suffix}"), convention=convention)
        instance = build_instance(problem)
        routes = read_routes(academic_file(collection, f"{name}.sol"), problem)
        plan = make_plan(instance, routes, reasons=False)
        assert check_plan(instance, plan) == []
        assert plan.summary.unserved_importance == 0  # all that must be served is
        return plan

    return plan_of


@pytest.mark.parametrize(
    ("collection", "name", "convention"),
    [
        ("homberger_1000", "C1_10_1", "dimacs"),
        ("homberger_1000", "C2_10_10", "dimacs"),
        ("homberger_1000", "R1_10_2", "dimacs"),
        ("homberger_1000", "R2_10_9", "dimacs"),
        ("homberger_1000", "RC1_10_5", "dimacs"),
        ("homberger_1000", "RC2_10_9", "dimacs"),
        ("cvrp_x", "X-n101-k25", None),
        ("cvrp_x", "X-n1001-k43", None),
        ("cvrp_xxl_belgium", "Leuven1", None),
        ("ortec_asymmetric", "ORTEC-VRPTW-ASYM-05362619-d1-n212-k20", None),
        ("ortec_asymmetric", "ORTEC-VRPTW-ASYM-f2c6b1ef-d1-n370-k19", None),
        ("pcvrptw_1000", "C1_10_1", "x10"),
        ("pcvrptw_1000", "RC2_10_9", "x10"),
        ("multitrip_release", "C202R0.25", "x10"),
        ("multitrip_release", "R2_2_01R0.75", "x10"),
        ("mdvrptw", "PR12A", "x1000"),
        ("mdvrptw", "PR24B", "x1000"),
        ("sdvrptw", "PR01", "x1000"),
        ("sdvrptw", "PR24A", "x1000"),
    ],
)
def test_integer_conventions(stored_plan, best_known, collection, name, convention):
    plan = stored_plan(collection, name, convention)
    assert plan.summary.cost == best_known(collection, name)


@pytest.mark.parametrize(
    ("name", "routes"),
    [
        ("bar-n100-1", "6_732"),
        ("ber-n200-5", "27_3944"),
        ("nyc-n200-4", "4_1025"),
        ("poa-n1000-1", "29_8288"),
    ],
)
def test_pickups_and_deliveries_on_real_streets(academic_file, name, routes):
    problem = read_problem(academic_file("pdptw_sartori_real", f"{name}.txt"))
    stored = read_routes(academic_file("pdptw_sartori_real", f"{name}.{routes}.sol"), problem)
    instance = build_instance(problem)
    plan = make_plan(instance, stored, reasons=False)
    assert check_plan(instance, plan) == []
    assert plan.summary.unassigned == 0
    vehicles, cost = routes.split("_")
    assert (plan.summary.vehicles, plan.summary.cost) == (int(vehicles), int(cost))


@pytest.mark.parametrize("name", ["X1001-FSMF", "X101-FSMFD", "X106-FSMD"])
def test_mixed_fleets_in_double_precision(stored_plan, best_known, name):
    plan = stored_plan("hfvrp_x", name, "exact")
    # two decimals are published; each leg errs by 0.000005 at most
    assert plan.summary.cost == pytest.approx(best_known("hfvrp_x", name), abs=0.0051)


@pytest.mark.parametrize("name", ["X143-FSMF", "X322-HD", "X641-FSMFD"])
def test_mixed_fleets_whose_legs_were_rounded_to_thousandths(stored_plan, name):
    plan = stored_plan("hfvrp_x", name, "x1000")
    # vehicle costs stay in the file's hundredths; these files state the cost in thousandths of them
    assert round(1000 * plan.summary.cost) == plan.run.statistics["stated_cost"]
