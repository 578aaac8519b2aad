"""How a run is divided into stages."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from o2oroute.engines import stages
from o2oroute.engines.stages import Origin, plan_stages


@given(
    begin=st.floats(0, 0.9),
    hot=st.floats(0.1, 10),
    amount=st.floats(0, 1e9),
    counts=st.booleans(),
    divided=st.booleans(),
    may_save=st.booleans(),
)
def test_stages_take_all_that_is_left_of_a_run(begin, hot, amount, counts, divided, may_save):
    planned = plan_stages(begin, hot, 0.1, amount, counts=counts, divided=divided, may_save=may_save)
    assert (planned[0].begin, planned[-1].end) == (begin, 1)
    assert all(first.end == second.begin for first, second in pairwise(planned))
    assert all(stage.begin < stage.end and 0.1 <= stage.cold <= stage.hot <= hot for stage in planned)
    starts = [stage for stage in planned if stage.origin is Origin.FIRST]
    assert 1 <= len(starts) <= stages.STARTS
    if len(starts) > 1:
        least = stages._least_start(counts=counts, divided=divided)
        assert all((stage.end - stage.begin) * amount >= 0.99 * least for stage in starts)
    assert may_save or not any(stage.tries_fewer for stage in planned)


def test_a_long_run_begins_several_times_tries_fewer_vehicles_and_goes_on_from_the_best():
    planned = plan_stages(0.0, 3.0, 0.1, 60.0, counts=False, divided=True, may_save=True)
    firsts = planned[: stages.STARTS]
    assert {(stage.origin, stage.hot, stage.cold) for stage in firsts} == {(Origin.FIRST, 3.0, 0.1)}
    trial, after, last = planned[stages.STARTS :]
    assert trial.tries_fewer
    assert trial.hot == trial.cold == after.hot == last.hot == stages.AGAIN
    assert (trial.origin, after.origin, last.origin) == (Origin.BEST, Origin.CURRENT, Origin.BEST)


def test_a_run_that_is_too_short_for_two_begins_is_one_annealing():
    for amount, divided in ((0.5, False), (8.0, True)):
        planned = plan_stages(0.4, 3.0, 0.1, amount, counts=False, divided=divided, may_save=False)
        assert planned == [(0.4, 1, 3.0, 0.1, Origin.FIRST, False)]


def test_one_annealing_may_be_followed_by_a_trial_of_fewer_vehicles():
    annealing, trial, after = plan_stages(0.0, 3.0, 0.1, 14.0, counts=False, divided=True, may_save=True)
    assert annealing[2:] == (3.0, 0.1, Origin.FIRST, False)
    assert trial[4:] == (Origin.BEST, True)
    assert after[1:] == (1, stages.AGAIN, 0.1, Origin.CURRENT, False)
