"""The part of the earth that a page shows."""

from __future__ import annotations

import pytest

from o2oroute.plan.plan import Plan
from o2oroute.viz.extent import Extent, on_earth, plan_extent


def unassigned_at(plan: Plan, *locations: tuple[float, float] | None) -> Plan:
    order = plan.unassigned[0]
    moved = tuple(order.model_copy(update={"location": location}) for location in locations)
    return plan.model_copy(update={"unassigned": moved})


def test_all_of_the_routes_is_inside(plan: Plan) -> None:
    extent = plan_extent(plan)
    assert extent is not None
    for route in plan.routes:
        for position in (*(stop.location for stop in route.stops), *(route.geometry or ())):
            assert extent.holds(position)


def test_a_near_unassigned_order_is_inside(plan: Plan) -> None:
    extent = plan_extent(unassigned_at(plan, (24.96, 60.18)))
    assert extent is not None
    assert extent.holds((24.96, 60.18))


@pytest.mark.parametrize("location", [(60.17, 24.94), (200.0, 60.0), (24.94, 89.0), None])
def test_an_unassigned_order_far_off_does_not_widen_the_picture(
    plan: Plan, location: tuple[float, float] | None
) -> None:
    assert plan_extent(unassigned_at(plan, location)) == plan_extent(unassigned_at(plan))


def test_unassigned_orders_alone_make_the_picture(plan: Plan) -> None:
    nobody = unassigned_at(plan, (24.96, 60.18), (24.90, 60.20)).model_copy(update={"routes": ()})
    assert plan_extent(nobody) == Extent(24.90, 60.18, 24.96, 60.20)


def test_a_plan_without_places_has_none(academic_plan: Plan) -> None:
    assert plan_extent(academic_plan) is None


def test_positions_that_no_map_can_show() -> None:
    assert on_earth((180.0, -85.0))
    assert not on_earth((180.1, 0.0))
    assert not on_earth((0.0, 85.1))
    assert not on_earth(None)


def test_a_margin_in_metres() -> None:
    wider = Extent(25.0, 60.0, 25.0, 60.0).wider(0.5, metres=1000.0)
    assert wider.north - 60.0 == pytest.approx(1000 / 111_412, rel=1e-3)  # a degree of latitude at 60 N
    assert wider.east - 25.0 == pytest.approx(1000 / 55_800, rel=1e-3)  # and of longitude


def test_growing_to_the_shape_of_a_window() -> None:
    grown = Extent(24.90, 60.10, 24.92, 60.20).filled_up(2.0, 1.0)
    across, up = (grown.east - grown.west) * 55_800, (grown.north - grown.south) * 111_412
    assert across / up == pytest.approx(2.0, rel=2e-2)
    assert (grown.south, grown.north) == (60.10, 60.20)
