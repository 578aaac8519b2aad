"""How a run is divided into stages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.engines import stages
from o2oroute.engines.stages import Origin, plan_stages


@given(
    begin=st.floats(0, 0.9),
    hot=st.floats(0.1, 10),
    of_a_part=st.floats(0, 1e9),
    counts=st.booleans(),
    may_save=st.booleans(),
)
def test_stages_take_all_that_is_left_of_a_run(begin, hot, of_a_part, counts, may_save):
    planned = plan_stages(begin, hot, 0.1, of_a_part, counts=counts, may_save=may_save)
    assert (planned[0].begin, planned[-1].end) == (begin, 1)
    assert all(first.end == second.begin for first, second in pairwise(planned))
    assert all(stage.begin < stage.end and 0.1 <= stage.cold <= stage.hot <= hot for stage in planned)
    starts = [stage for stage in planned if stage.origin is Origin.FIRST]
    assert 1 <= len(starts) <= stages.STARTS
    if len(starts) > 1:
        least = stages.START_ITERATIONS if counts else stages.START_SECONDS
        # what fewer vehicles are tried in is taken from all others alike
        assert all(
            (stage.end - stage.begin) * of_a_part >= 0.99 * (1 - stages.TRIAL_SHARE) * least
            for stage in starts
        )
    assert may_save or not any(stage.tries_fewer for stage in planned)


def test_a_long_run_begins_several_times_tries_fewer_vehicles_and_goes_on_from_the_best():
    planned = plan_stages(0.0, 3.0, 0.1, 60.0, counts=False, may_save=True)
    firsts = planned[: stages.STARTS]
    assert {(stage.origin, stage.hot, stage.cold) for stage in firsts} == {(Origin.FIRST, 3.0, 0.1)}
    trial, after, last = planned[stages.STARTS :]
    assert trial.tries_fewer
    assert trial.hot == trial.cold == after.hot == last.hot == stages.AGAIN
    assert (trial.origin, after.origin, last.origin) == (Origin.BEST, Origin.CURRENT, Origin.BEST)


def test_a_short_run_begins_once():
    first, last = plan_stages(0.4, 3.0, 0.1, 0.5, counts=False, may_save=True)
    assert first == (0.4, pytest.approx(0.6), 3.0, 0.1, Origin.FIRST, False)
    assert last == (pytest.approx(0.6), 1, stages.AGAIN, 0.1, Origin.BEST, False)
