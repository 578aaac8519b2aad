"""``o2oroute solve --from``: a day that goes on."""

from __future__ import annotations

import json

import pytest

PLACE = [24.9471, 60.1702]


@pytest.fixture
def continued(cli, day, order_file, tmp_path):
    """Return a function that plans the day, then goes on with what the order file has become."""
    orders, plan = order_file(day), tmp_path / "plan.json"
    settings = "--straight-line", 20, "--engine", "insertion"
    assert cli("solve", orders, *settings, "-o", plan).code == 0

    def run(*options):
        later = tmp_path / "later.json"
        orders = order_file(day)
        ended = cli("solve", orders, *settings, "-o", later, "--from", plan, *options)
        if ended.code:
            return ended, None
        assert cli("check", orders, later, "--straight-line", 20).code == 0
        return ended, json.loads(later.read_text(encoding="utf-8"))

    run.plan = json.loads(plan.read_text(encoding="utf-8"))
    return run


def visits(plan):
    return {
        stop["id"]: (route["vehicle"], stop["start"])
        for route in plan["routes"]
        for stop in route["stops"]
        if stop["kind"] == "order"
    }


def test_what_is_done_stays_and_new_orders_come_in(continued, day):
    before = visits(continued.plan)
    first, last = min(before.values(), key=lambda v: v[1]), max(before.values(), key=lambda v: v[1])
    day["orders"].append({"id": "new", "location": PLACE, "service": 60})
    _, plan = continued("--now", first[1][11:16])
    after = visits(plan)
    assert after.keys() == {*before, "new"}
    assert {name: v for name, v in after.items() if v[1] <= first[1]} == {
        name: v for name, v in before.items() if v[1] <= first[1]
    }
    assert after["new"][1] > first[1]
    assert last[0] == after[max(before, key=lambda name: before[name][1])][0]


def test_what_is_done_may_be_told(continued):
    before = visits(continued.plan)
    name = min(before, key=lambda name: before[name][1])
    _, plan = continued("--now", "09:40", "--done", f"{name}@09:30")
    assert visits(plan)[name][1][11:16] == "09:27"


def test_what_is_gone_is_told(continued, day):
    del day["orders"][0]
    ended, plan = continued("--lock", "sequence")
    assert "START_GONE" in ended.err
    assert "o-1" in ended.err
    assert plan["run"]["notes"][0].startswith("START_GONE ")
    assert len(visits(plan)) == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--now", "25 o'clock"], "now is"),
        (["--done", "o-9"], "--done o-9: no order or shipment has this id"),
        (["--done", "o-1"], "done needs a time of day"),
        (["--lock", "everything"], "lock is 'everything'"),
    ],
)
def test_what_cannot_be_meant_is_told(continued, options, said):
    ended, _ = continued(*options)
    assert ended.code == 2
    assert said in ended.err


def test_without_a_plan_there_is_nothing_to_lock(cli, day, order_file):
    ended = cli("solve", order_file(day), "--straight-line", 20, "--lock", "times", "--now", "10:00")
    assert ended.code == 2
    assert "--now and --lock tell about a plan to begin with; name it: --from PLAN.json" in ended.err


def test_a_fleet_that_cannot_suffice_is_told_before_the_search(cli, day, order_file, tmp_path):
    for order in day["orders"]:
        order["delivery"] = {"parcels": 9}
    ended = cli(
        *("solve", order_file(day), "--straight-line", 20, "--engine", "insertion", "-o", tmp_path / "p.json")
    )
    assert ended.code == 0
    said = "FLEET_LOAD /vehicles: Orders need 36 parcels; 2 vehicles have 20 parcels."
    assert ended.err.index(said) < ended.err.index("searching for")
    assert ended.err.count(said) == 1
