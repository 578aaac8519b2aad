"""Insertion on Solomon's instances: all clients served, and never below the best that is known."""

from __future__ import annotations

import json

import pytest

import o2oroute as o2


@pytest.mark.parametrize("name", ["C101", "R101", "R201", "RC101", "RC201"])
def test_solomon(shared, name):
    folder = shared / "instances" / "solomon"
    best_known = json.loads((folder / "best_known.json").read_text())[name]["cost"]
    plan = o2.solve(o2.read_problem(folder / f"{name}.txt", convention="dimacs"), engine="insertion")
    assert plan.summary.served == 100
    # all of these are proven optimal: a lower cost would be wrong arithmetic; a far higher one, poor routes
    assert best_known <= plan.summary.cost < 1.5 * best_known
