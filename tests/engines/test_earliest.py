"""Moving the finish forward: windows of ends that close, and Ctrl-C in between."""

from __future__ import annotations

import time

import numpy as np

from helpers import line, tiny
from o2oroute._search import ANY_TIME
from o2oroute.engines import earliest
from o2oroute.engines.compiled import model_arrays
from o2oroute.engines.earliest import finish_by
from o2oroute.engines.insertion import InsertionEngine
from o2oroute.engines.search import SearchEngine
from o2oroute.model.instance import build_instance

PROBLEM = tiny(line(0, 100, -100), orders=[{}, {}], vehicles=[{}] * 2, objective="earliest_finish")


def windows_of(arrays, node):
    of_node = slice(arrays["window_first"][node], arrays["window_first"][node + 1])
    return list(zip(arrays["window_open"][of_node], arrays["window_close"][of_node], strict=True))


def test_all_ends_close_and_nothing_else_does():
    arrays = {
        "profile": np.zeros(2, np.int32),
        # a task, two starts, two ends
        "window_first": np.array([0, 1, 2, 3, 5, 6], np.int32),
        "window_open": np.array([0, -ANY_TIME, 10, 0, 60, 70], np.int64),
        "window_close": np.array([90, ANY_TIME, 90, 40, 90, 90], np.int64),
        "max_stops": np.array([7, 7], np.int64),
    }
    found = finish_by(arrays, 50)
    assert [windows_of(found, node) for node in range(3)] == [[(0, 90)], [(0, ANY_TIME)], [(10, 90)]]
    assert windows_of(found, 3) == [(0, 40)]
    # the other vehicle is back too late in any case
    assert found["max_stops"].tolist() == [7, 0]
    assert windows_of(finish_by(arrays, 65), 3) == [(0, 40), (60, 65)]


def test_a_model_with_closed_ends_is_right():
    instance = build_instance(PROBLEM)
    arrays = finish_by(model_arrays(instance), 200)
    assert [windows_of(arrays, node)[0][1] for node in (4, 5)] == [200, 200]


def test_ctrl_c_leaves_the_best_so_far(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    instance = build_instance(PROBLEM)
    monkeypatch.setattr(earliest, "finish_by", interrupt)
    for engine in (InsertionEngine(), SearchEngine()):
        found = engine.solve(instance, deadline=time.monotonic() + 9, iterations=100)
        assert found.statistics["interrupted"]
        assert sum(map(len, found.routes.values())) == 2
