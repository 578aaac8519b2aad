"""Random small instances in which every rule comes up, and what the clock says of their routes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import strategies as st

from o2oroute.errors import RoutingError
from o2oroute.model.instance import Instance
from o2oroute.model.legs import Legs
from o2oroute.model.problem import Problem
from o2oroute.plan.clock import route_length, schedule_route
from o2oroute.units import INF


def _seldom(draw, strategy, otherwise=None):
    return draw(strategy) if draw(st.integers(0, 3)) == 0 else otherwise


def _windows(draw, most):
    moments = draw(st.lists(st.integers(0, 60), max_size=2 * most, unique=True))
    moments = sorted(moments)[: len(moments) // 2 * 2]
    return [(a, b) for a, b in zip(moments[::2], moments[1::2], strict=True)]


def _square(size, cells):
    row = st.lists(cells, min_size=size, max_size=size)
    return st.lists(row, min_size=size, max_size=size).map(lambda rows: np.array(rows, np.int32))


@st.composite
def instances(draw, *, most_orders=6, prizes=True):
    """Small numbers make rules bind; legs need not be metric, and some ways are missing."""
    points = draw(st.integers(1, 5))
    some = st.integers(0, 12)
    profiles = ["car", "bike"][: draw(st.integers(1, 2))]
    point = st.integers(0, points - 1)
    orders = [
        {
            "id": f"o-{i}",
            "location": {"index": draw(point)},
            "delivery": draw(st.dictionaries(st.sampled_from(["kg", "parcels"]), st.integers(0, 4))),
            "service": draw(st.integers(0, 5)),
            "windows": _windows(draw, 3),
            "importance": draw(st.integers(1, 4)),
            "prize": _seldom(draw, st.integers(0, 30)) if prizes else None,
        }
        for i in range(draw(st.integers(0, most_orders)))
    ]
    places = st.one_of(st.sampled_from(["hub", "yard"]), st.none(), point.map(lambda i: {"index": i}))
    kinds = [
        {
            "profile": draw(st.sampled_from(profiles)),
            "start": draw(places),
            "end": draw(places),
            "capacity": draw(st.dictionaries(st.sampled_from(["kg", "parcels"]), st.integers(4, 12))),
            "shift": _seldom(draw, st.tuples(st.integers(0, 20), st.integers(30, 80))),
            "costs": {
                "fixed": draw(st.integers(0, 5)),
                "per_hour": draw(st.sampled_from([0, 3600, 7200])),
                "per_km": draw(st.sampled_from([0, 1000])),
            },
            "max_distance": _seldom(draw, st.integers(0, 40)),
            "max_duty": _seldom(draw, st.integers(0, 60)),
            "max_stops": _seldom(draw, st.integers(0, 3)),
        }
        for _ in range(draw(st.integers(1, 2)))
    ]
    vehicles = [draw(st.sampled_from(kinds)) | {"id": f"v-{i}"} for i in range(draw(st.integers(1, 4)))]
    problem = Problem(
        depots=[
            {
                "id": "hub",
                "location": {"index": 0},
                "windows": _seldom(draw, st.just([(0, 15), (40, 90)]), []),
            },
            {"id": "yard", "location": {"index": points - 1}},
        ],
        vehicles=vehicles,
        orders=orders,
        objective=draw(st.sampled_from(["cost", "fewest_vehicles"])),
    )
    legs = {
        name: Legs(
            durations=draw(_square(points, st.one_of(some, some, st.just(INF)))),
            distances=draw(_square(points, some)),
        )
        for name in profiles
    }
    return instance_of(problem.with_legs(legs))


def instance_of(problem):
    """Return the instance of a problem whose places are rows of its own legs."""
    depots = {depot.id: depot.location.index for depot in problem.depots}

    def point(place):
        if place is None:
            return -1
        return depots[place] if isinstance(place, str | int) else place.index

    aside = {finding.order for finding in problem.findings}
    size = next(iter(problem.legs.values())).size
    used = {vehicle.profile for vehicle in problem.vehicles}
    return Instance(
        problem=problem,
        legs={profile: legs for profile, legs in problem.legs.items() if profile in used},
        order_point=np.array([-1 if o.id in aside else o.location.index for o in problem.orders], np.int32),
        start_point=np.array([point(v.start) for v in problem.vehicles], np.int32),
        end_point=np.array([point(v.end) for v in problem.vehicles], np.int32),
        point_location=np.full((size, 2), np.nan),
        findings=problem.findings,
    )


def clock_cost(instance, vehicle, orders):
    """Return the cost units of a route by the clock, or None if it breaks a rule."""
    orders = list(orders)
    if not orders:
        return 0
    try:
        times = schedule_route(instance, vehicle, orders)
    except RoutingError:
        return None
    length = route_length(instance, vehicle, orders)
    load = instance.order_load[orders].sum(axis=0)
    breaks = (
        not times.on_time
        or length > instance.max_length[vehicle]
        or len(orders) > instance.max_stops[vehicle]
        or (load > instance.capacity[vehicle]).any()
    )
    if breaks:
        return None
    fixed, per_tick, per_length = (int(column[vehicle]) for column in instance.rates)
    return fixed + per_tick * times.duty + per_length * length


@pytest.fixture(scope="session")
def random_instances():
    return instances


@pytest.fixture(scope="session")
def by_the_clock():
    return clock_cost
