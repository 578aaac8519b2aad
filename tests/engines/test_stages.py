"""How a run is divided into stages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.engines.stages import AGAIN, STARTS, Origin, plan_stages


@given(
    begin=st.floats(0, 0.9),
    hot=st.floats(0.2, 10),
    of_a_part=st.floats(0, 1e9),
    least_start=st.floats(1e-3, 1e9),
    least_trial=st.none() | st.floats(1e-3, 1e9),
)
def test_stages_take_all_that_is_left_of_a_run(begin, hot, of_a_part, least_start, least_trial):
    stages = plan_stages(
        begin, hot, 0.1, of_a_part=of_a_part, least_start=least_start, least_trial=least_trial
    )
    assert (stages[0].begin, stages[-1].end) == (begin, 1)
    assert all(first.end == second.begin for first, second in pairwise(stages))
    assert all(stage.begin < stage.end and stage.cold <= stage.hot <= hot for stage in stages)
    starts = [stage for stage in stages if stage.origin is Origin.FIRST]
    assert 1 <= len(starts) <= STARTS
    if len(starts) > 1:
        for stage in starts:
            assert (stage.end - stage.begin) * of_a_part >= 0.75 * least_start
    if least_trial is None:
        assert not any(stage.tries_fewer for stage in stages)


def test_a_long_run_begins_several_times_tries_fewer_vehicles_and_goes_on_from_the_best():
    stages = plan_stages(0.0, 3.0, 0.1, of_a_part=60.0, least_start=1.0, least_trial=1.0)
    firsts = [stage for stage in stages if stage.origin is Origin.FIRST]
    assert len(firsts) == STARTS
    assert {(stage.hot, stage.cold) for stage in firsts} == {(3.0, 0.1)}
    trial, after, last = stages[STARTS:]
    assert trial.tries_fewer
    assert trial.hot == trial.cold == after.hot == last.hot == AGAIN
    assert (trial.origin, after.origin, last.origin) == (Origin.BEST, Origin.CURRENT, Origin.BEST)


def test_a_short_run_begins_once():
    first, last = plan_stages(0.4, 3.0, 0.1, of_a_part=1.0, least_start=1.0, least_trial=1.0)
    assert first == (0.4, pytest.approx(0.6), 3.0, 0.1, Origin.FIRST, False)
    assert last == (pytest.approx(0.6), 1, AGAIN, 0.1, Origin.BEST, False)
