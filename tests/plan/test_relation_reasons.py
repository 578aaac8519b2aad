"""What stops an order when relations do, and what would let it in."""

from __future__ import annotations

import pytest

from helpers import line, planned, tiny


def _reasons(relation, routes, *, members, vehicles):
    problem = tiny(
        line(0, 100, 200, 300),
        orders=[{}, {}, {}],
        vehicles=vehicles,
        relations=[{"type": relation, "requests": members}],
    )
    _, plan = planned(problem, routes)
    (left,) = plan.unassigned
    return {reason.vehicle: reason for reason in left.reasons}


@pytest.mark.parametrize(
    ("relation", "routes", "said"),
    [
        ("same_vehicle", {"v0": "ab"}, "a and c do not ride together"),
        ("different_vehicles", {"v0": "b", "v1": "a"}, "a and c ride together"),
        ("in_order", {"v0": "ba"}, "a and c do not ride together"),
    ],
)
def test_it_would_ride_with_the_wrong_vehicle(relation, routes, said):
    reason = _reasons(relation, routes, members=["a", "c"], vehicles=[{}, {}])["v1"]
    assert (reason.code, reason.kind, reason.margin) == ("RELATION", "CONFLICT", None)
    assert reason.message == f"RELATION: relation 0 is broken: {said}"
    assert reason.repair.pointer == "/relations"
    assert reason.repair.from_ == [{"type": relation, "requests": ["a", "c"]}]
    assert reason.repair.to == []


def test_with_its_own_kind_it_fits_and_time_was_short():
    reasons = _reasons("same_vehicle", {"v0": "ab"}, members=["a", "c"], vehicles=[{}, {}])
    assert reasons["v0"].kind == "TIME_LIMIT"


def test_of_three_members_one_may_go():
    reason = _reasons("same_vehicle", {"v0": "ab"}, members=["a", "b", "c"], vehicles=[{}, {}])["v1"]
    assert (reason.repair.pointer, reason.repair.to) == ("/relations/0/requests", ["a", "b"])


def test_a_weaker_relation_may_do():
    # c, which is no member, fits between a and b in time, and nowhere else
    problem = tiny(
        line(0, 10_000, 20_000, 15_000),
        orders=[{}, {"windows": [(20_000, 20_000)]}, {"windows": [(15_000, 15_000)]}],
        relations=[{"type": "in_sequence", "requests": ["a", "b"]}],
    )
    _, plan = planned(problem, {"v0": "ab"})
    (reason,) = plan.unassigned[0].reasons
    assert (reason.code, reason.kind, reason.position) == ("RELATION", "CONFLICT", 1)
    assert (reason.repair.pointer, reason.repair.to) == ("/relations/0/type", "in_order")
