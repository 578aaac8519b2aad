"""The clock against trying every schedule, and its choices one by one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import FREE, bare_instance, line, tiny
from o2oroute.errors import RoutingError
from o2oroute.plan.clock import schedule_route
from o2oroute.plan.route_track import route_length
from o2oroute.units import INF

HORIZON = 12


def _clock(problem, vehicle=0, orders=None):
    instance = bare_instance(problem)
    return schedule_route(instance, vehicle, range(len(problem.orders)) if orders is None else orders)


window = st.tuples(st.integers(0, HORIZON), st.integers(0, 4)).map(lambda w: (w[0], w[0] + w[1]))
windows = st.lists(window, max_size=2)
order = st.fixed_dictionaries({"windows": windows, "service": st.integers(0, 2)})


@st.composite
def problems(draw):
    orders = draw(st.lists(order, min_size=1, max_size=2))
    size = len(orders) + 1
    cell = st.integers(0, 4)
    durations = [[draw(cell) if i != j else 0 for j in range(size)] for i in range(size)]
    vehicle = {"costs": {"fixed": 1, "per_hour": draw(st.sampled_from([0, 3600])), "per_km": 0}}
    vehicle["start"] = draw(st.sampled_from(["d0", None]))
    vehicle["end"] = draw(st.sampled_from(["d0", None]))
    vehicle["max_duty"] = draw(st.none() | st.integers(0, 14))
    vehicle["shift"] = draw(st.none() | st.tuples(st.integers(0, 4), st.integers(8, 20)))
    return tiny(durations, vehicles=[vehicle], orders=orders, depots=[{"windows": draw(windows)}])


def _nodes(problem):
    """Return windows and service of start, orders and end, and the legs between them."""
    owner, depot = problem.vehicles[0], problem.depots[0].windows
    orders = problem.orders
    windows = [depot if owner.start else (), *(o.windows for o in orders), depot if owner.end else ()]
    points = [0, *range(1, len(orders) + 1), 0]
    legs = [int(problem.legs["car"].durations[a, b]) for a, b in pairwise(points)]
    legs[0] *= owner.start is not None
    legs[-1] *= owner.end is not None
    return windows, [0, *(order.service for order in orders), 0], legs


def _all_schedules(problem):
    """Yield start and end of every schedule in whole ticks that keeps windows, shift and longest duty."""
    owner = problem.vehicles[0]
    windows, service, legs = _nodes(problem)
    first, last = owner.shift or (-2 * HORIZON, 3 * HORIZON)

    def moments(node, earliest):
        for moment in range(earliest, last + 1):
            if not windows[node] or any(a <= moment <= b for a, b in windows[node]):
                yield moment

    def ends(node, departure):
        for moment in moments(node, departure + legs[node - 1]):
            if node < len(legs):
                yield from ends(node + 1, moment + service[node])
            else:
                yield moment

    for start in moments(0, first):
        for end in ends(1, start):
            if owner.max_duty is None or end - start <= owner.max_duty:
                yield start, end


@settings(max_examples=150, deadline=None)
@given(problems())
def test_the_cheapest_then_the_earliest_end_then_the_latest_start(problem):
    owner = problem.vehicles[0]
    unbounded = owner.shift is None and not (owner.start and problem.depots[0].windows)

    def rank(schedule):
        start, end = schedule
        return owner.costs.per_hour * (end - start), unbounded and start < 0, end, -start

    best = min(_all_schedules(problem), key=rank, default=None)
    times = _clock(problem)
    assert times.on_time == (best is not None)
    if best is not None:
        assert (times.departure[0], times.start[-1]) == best


@settings(max_examples=150, deadline=None)
@given(problems())
def test_times_follow_from_each_other_on_time_or_not(problem):
    times = _clock(problem)
    for stop, leg in enumerate(_nodes(problem)[2], start=1):
        assert times.arrival[stop] == times.departure[stop - 1] + leg
    for i, visit in enumerate(problem.orders, start=1):
        assert times.departure[i] == times.start[i] + visit.service
        assert times.start[i] >= times.arrival[i]
        open_later = [a for a, b in visit.windows if b >= times.arrival[i]]
        # the vehicle waits for a window only, and never longer than until the next one opens
        assert times.start[i] == max(times.arrival[i], min(open_later, default=times.arrival[i]))
    assert times.duty == times.start[-1] - times.departure[0]
    assert times.waiting == sum(s - a for s, a in zip(times.start, times.arrival, strict=True))


def test_starts_as_late_as_the_earliest_end_allows():
    problem = tiny(
        line(0, 10), orders=[{"windows": [(100, 200)]}], vehicles=[{"costs": FREE | {"per_hour": 1}}]
    )
    times = _clock(problem)
    assert (times.departure[0], times.start[1], times.start[-1]) == (90, 100, 110)


def test_waits_if_starting_later_misses_the_first_window():
    orders = [{"windows": [(10, 20)]}, {"windows": [(100, 110)]}]
    times = _clock(tiny(line(0, 5, 10), orders=orders, vehicles=[{"costs": FREE | {"per_hour": 1}}]))
    assert times.start == (15, 20, 100, 110)
    assert times.waiting == 75


def test_takes_a_later_window_where_that_is_cheaper():
    orders = [{"windows": [(10, 20), (95, 99)]}, {"windows": [(100, 110)]}]
    dear = tiny(line(0, 5, 10), orders=orders, vehicles=[{"costs": FREE | {"per_hour": 1}}])
    assert _clock(dear).start == (90, 95, 100, 110)
    # the earliest end is the same, so with free duty the latest start decides too
    free = tiny(line(0, 5, 10), orders=orders, vehicles=[{"costs": FREE}])
    assert _clock(free).start == (90, 95, 100, 110)


def test_the_longest_duty_decides_where_duty_is_free():
    # from the first start window the route ends at 62 after 57 ticks, from the third at 170 after 17
    orders = [{"windows": [(10, 20), (155, 158)]}, {"windows": [(57, 57), (165, 169)]}]
    depots = [{"windows": [(0, 5), (62, 62), (150, 200)]}]
    for longest, start, end, on_time in (
        (None, 5, 62, True),
        (57, 5, 62, True),
        (56, 153, 170, True),
        (17, 153, 170, True),
        (16, 153, 170, False),
    ):
        vehicle = {"costs": FREE, "max_duty": longest}
        times = _clock(tiny(line(0, 5, 5), depots=depots, orders=orders, vehicles=[vehicle]))
        assert (times.departure[0], times.start[-1], times.on_time) == (start, end, on_time)


def test_without_any_window_the_day_starts_at_midnight():
    times = _clock(tiny(line(0, 7), orders=[{"service": 3}]))
    assert times.start == (0, 7, 17)


def test_a_window_that_needs_it_starts_the_route_before_midnight():
    times = _clock(tiny(line(0, 10), orders=[{"windows": [(4, 6)]}]))
    assert (times.departure[0], times.start[1]) == (-6, 4)


def test_waits_for_the_depot_to_open_on_return():
    problem = tiny(line(0, 10), depots=[{"windows": [(0, 5), (60, 99)]}], orders=[{"windows": [(12, 12)]}])
    times = _clock(problem)
    assert times.arrival == (2, 12, 22)
    assert times.start == (2, 12, 60)


def test_a_late_route_drives_on_without_delay():
    orders = [{"windows": [(50, 60)]}, {"windows": [(40, 52)], "service": 9}, {"windows": [(70, 80)]}]
    times = _clock(tiny(line(0, 5, 10, 15), orders=orders))
    assert not times.on_time
    # as early as the first window allows, 3 too late at the second; the third is met, and waited for
    assert times.start == (45, 50, 55, 70, 85)


def test_a_late_end_is_as_early_as_can_be():
    vehicle = {"shift": (0, 60), "costs": FREE | {"per_hour": 1}}
    times = _clock(tiny(line(0, 20), orders=[{"windows": [(50, 70)]}], vehicles=[vehicle]))
    assert not times.on_time
    assert times.start == (30, 50, 70)


def test_shift_and_depot_with_nothing_in_common():
    problem = tiny(line(0, 5), depots=[{"windows": [(0, 10)]}], vehicles=[{"shift": (20, 90)}], orders=[{}])
    times = _clock(problem)
    assert not times.on_time
    assert times.start == (20, 25, 30)


def test_no_way_names_the_stops():
    durations = line(0, 1, 2)
    durations[1, 2] = INF
    problem = tiny(durations, orders=[{}, {}])
    with pytest.raises(RoutingError, match="'v0' has no way from order 'a' to order 'b'"):
        _clock(problem)
    durations[0, 1] = INF
    with pytest.raises(RoutingError, match="'v0' has no way from its start to order 'a'"):
        _clock(tiny(durations, orders=[{}, {}]))
    open_start = tiny(durations, orders=[{}, {}], vehicles=[{"start": None}])
    with pytest.raises(RoutingError, match="from order 'a' to order 'b'"):
        _clock(open_start)
    assert _clock(open_start, orders=[1, 0]).start == (0, 0, 1, 2)


def test_an_empty_route_has_no_times():
    with pytest.raises(ValueError, match="without visits"):
        _clock(tiny(line(0)), orders=[])


@pytest.mark.parametrize(
    ("start", "end", "length"), [("d0", "d0", 20), (None, "d0", 10), ("d0", None, 17), (None, None, 7)]
)
def test_lengths_leave_out_open_ends(start, end, length):
    problem = tiny(line(0, 10, 3), orders=[{}, {}], vehicles=[{"start": start, "end": end}])
    assert route_length(bare_instance(problem), 0, [0, 1]) == length
