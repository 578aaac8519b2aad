"""The compiled search on random problems in which every rule comes up."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from o2oroute.engines.compiled import plan_value
from o2oroute.engines.insertion import construct
from o2oroute.engines.search import SearchEngine, improve
from o2oroute.plan.check import check_plan
from o2oroute.plan.schedule import make_plan
from random_problems import instances

SEEDS = st.integers(0, 2**64 - 1)
# these bring out every branch on few orders: short lists, moves in each iteration, whole routes emptied
EXTREMES = st.fixed_dictionaries(
    {},
    optional={
        "short_route": st.just(0),
        "near": st.just(1),
        "close": st.just(1),
        "polish": st.just(1),
        "route_ruins": st.just(0.5),
        "route_splits": st.just(0.5),
        "vehicle_changes": st.just(0.5),
        "route_openings": st.just(0.5),
        "opening": st.sampled_from([0, 1]),
        "split": st.sampled_from([0, 1]),
        "hot": st.just(100),
        "mean_removed": st.sampled_from([1, 100]),
        "longest_string": st.sampled_from([1, 100]),
        "blink": st.sampled_from([1, 2]),
        "fleet_share": st.sampled_from([0, 0.9]),
    },
)


def routes_of(routes):
    return [routes.tasks_of(vehicle).tolist() for vehicle in range(routes.model.vehicles)]


@given(instance=instances(max_orders=9), seed=SEEDS, parameters=EXTREMES)
@settings(max_examples=300, deadline=None)
def test_routes_keep_all_rules_cost_as_the_clock_says_and_never_get_worse(instance, seed, parameters):
    found = construct(instance)
    figures = improve(instance, found.routes, iterations=200, seed=seed, settings=parameters)
    after = plan_value(instance, found.routes)
    assert after <= found.value
    # what the rooms kept up to date stop by stop is what comes out anew
    totals = [column.tolist() for column in found.routes.totals()]
    for vehicle, orders in enumerate(routes_of(found.routes)):
        assert found.routes.assign(vehicle, orders)
    assert [column.tolist() for column in found.routes.totals()] == totals
    solution = SearchEngine().solve(instance, deadline=1e18, seed=seed % 2**31, iterations=50)
    plan = make_plan(instance, solution, reasons=False)
    assert check_plan(instance, plan) == []
    assert figures["iterations"] in {0, 200}


@given(instance=instances(max_orders=9), seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_the_seed_decides(instance, seed):
    found = []
    for _ in range(2):
        start = construct(instance)
        figures = improve(instance, start.routes, iterations=150, seed=seed)
        del figures["trace"]  # it tells seconds
        found.append((routes_of(start.routes), figures))
    assert found[0] == found[1]
