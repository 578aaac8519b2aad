"""A route is at most so long, also where legs have costs of their own."""

from __future__ import annotations

import numpy as np

from helpers import line, tiny, visits
from o2oroute.model.legs import Legs

SERVED_BY = {"combined", "ortools"}


def test_the_short_way_is_taken_though_it_is_dear(solved):
    # from place to place round the circle is near and dear in one direction, far and cheap in the other
    metres = np.array([[0, 10, 90], [90, 0, 10], [10, 90, 0]], np.int32)
    problem = tiny(metres, orders=[{}, {}], vehicles=[{"max_distance": 100}])
    legs = Legs(metres, metres, costs=np.where(metres == 10, 500, metres // 90).astype(np.int32))
    plan = solved(problem.with_legs({"car": legs}))
    assert visits(plan) == {"v0": ["a", "b"]}
    assert (plan.routes[0].distance, plan.routes[0].costs.distance) == (30, 1.5)


def test_what_is_too_far_is_left_out(solved):
    problem = tiny(line(0, 100, -60), orders=[{"importance": 2}, {}], vehicles=[{"max_distance": 300}])
    legs = problem.legs["car"]
    cheap = Legs(legs.durations, legs.distances, costs=legs.durations // 10)
    plan = solved(problem.with_legs({"car": cheap}))
    assert visits(plan) == {"v0": ["a"]}
    assert plan.routes[0].costs.distance == 0.02
