"""Random small problems in which all rules of the spine mix, and random plans for them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from helpers import tiny
from o2oroute.model.instance import NO_POINT, build_instance
from o2oroute.model.solution import Solution
from o2oroute.plan.schedule import code_visits
from o2oroute.plan.trial import tried
from o2oroute.units import INF

DAY = 40

_window = st.tuples(st.integers(0, DAY), st.integers(0, 15)).map(lambda w: (w[0], w[0] + w[1]))
_windows = st.lists(_window, max_size=3)
_loads = st.fixed_dictionaries({}, optional={"kg": st.sampled_from([0.5, 1, 2]), "boxes": st.integers(1, 3)})
_order = st.fixed_dictionaries(
    {"windows": _windows, "service": st.integers(0, 4), "delivery": _loads},
    optional={
        "importance": st.integers(1, 3),
        "prize": st.sampled_from([0, 0.01, 0.5, 3]),
        "properties": st.just({"phone": "1", "tags": [1, None, {"a": 0.5}]}),
    },
)
_preferred = {
    "preferred": _window,
    "per_minute_early": st.sampled_from([0.1, 3]),
    "per_minute_late": st.sampled_from([0.1, 3]),
}
_urgency = {"urgency": st.sampled_from([5, 600])}
_soft = st.fixed_dictionaries({}, optional=_preferred | _urgency)
_break = st.fixed_dictionaries(
    {"windows": _windows, "duration": st.integers(0, 6)},
    optional={"paid": st.just(value=False), "off_duty": st.just(value=False), "max_load": _loads},
)
_DAY = {
    "breaks": st.lists(_break, max_size=2).map(
        lambda breaks: [{"id": f"b{i}"} | b for i, b in enumerate(breaks)]
    ),
    "driving_breaks": st.fixed_dictionaries(
        {"id": st.just("rest"), "after_driving": st.integers(5, 20), "duration": st.integers(1, 5)}
    ).map(lambda rule: [rule]),
    "trips": st.sampled_from([{"depots": ["d0"]}, {"depots": ["d1", "d0"], "max": 2}]),
    "overtime": st.fixed_dictionaries({"after": st.integers(5, 30), "per_hour": st.sampled_from([10, 2000])}),
    "max_ride": st.integers(0, 15),
    "earliest_finish": st.nothing(),
}
_waves = st.fixed_dictionaries(
    {}, optional={"loading": st.integers(0, 5), "departures": st.lists(st.integers(0, DAY), max_size=3)}
)
_place = st.sampled_from(["d0", "d1", None])
_vehicle = st.fixed_dictionaries(
    {
        "start": _place,
        "end": _place,
        "costs": st.fixed_dictionaries(
            {
                "fixed": st.sampled_from([0, 1.5]),
                "per_hour": st.sampled_from([0, 20, 3600]),
                "per_km": st.sampled_from([0, 0.3, 100]),
            }
        ),
    },
    optional={
        "shift": st.tuples(st.integers(0, 15), st.integers(30, 70)),
        "capacity": st.fixed_dictionaries({"kg": st.sampled_from([1, 2.5, 9]), "boxes": st.integers(1, 9)}),
        "max_duty": st.integers(5, 60),
        "max_distance": st.integers(5, 40),
        "max_stops": st.integers(0, 4),
        "profile": st.sampled_from(["car", "bike"]),
    },
)


def _day(rules):
    """Return fields of a vehicle for some rules of its day."""
    of_vehicle = {"breaks", "driving_breaks", "trips", "overtime"}
    return st.fixed_dictionaries({}, optional={r: _DAY[r] for r in _DAY if r in rules and r in of_vehicle})


@st.composite
def instances(draw, *, max_orders=6, day=False):
    """Return an instance of a random problem with two depots; with `day` breaks, trips, soft times too.

    `day` may name some of these rules only.
    """
    rules = _DAY.keys() if day is True else day or ()
    order = st.builds(dict.__or__, _order, _soft) if day else _order
    orders = draw(st.lists(order, min_size=1, max_size=max_orders))
    depots = [{"windows": draw(_windows)}, draw(_waves) if day else {}]
    vehicle = st.builds(dict.__or__, _vehicle, _day(rules))
    kinds = draw(st.lists(vehicle, min_size=1, max_size=3))
    vehicles = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3))  # some of them alike
    size = len(orders) + 2
    # now and then there is no way
    cell = st.integers(0, 120).map(lambda x: INF if x > 118 else x % 12)
    travel = [[draw(cell) if i != j else 0 for j in range(size)] for i in range(size)]
    lengths = [[draw(cell) % 12 if i != j else 0 for j in range(size)] for i in range(size)]
    dated = draw(st.booleans())
    fields = {"date": "2026-11-23", "time_zone": "Asia/Seoul"} if dated else {}
    ticks = draw(st.sampled_from([1, 1, 10]))
    objectives = ["cost", "fewest_vehicles", *["earliest_finish"] * ("earliest_finish" in rules)]
    objective = draw(st.sampled_from(objectives))
    travel[0][1] = travel[1][0] = 3  # vehicles can get home
    problem = tiny(
        travel,
        distances=lengths,
        orders=orders,
        depots=depots,
        vehicles=vehicles,
        ticks_per_second=ticks,
        objective=objective,
        **fields,
    )
    return build_instance(problem)


_stop = st.fixed_dictionaries(
    {"windows": st.lists(_window, max_size=2), "service": st.integers(0, 3)},
    optional={
        "setup": st.integers(0, 3),
        "setup_by_type": st.just({"van": 1}),
        "service_by_type": st.just({"truck": 6}),
    },
)
_choice = {
    "skills": st.sampled_from([[], ["cold"], ["cold", "heavy"]]),
    "vehicles": st.sampled_from(
        [
            {"forbidden": ["v0"]},
            {"allowed": ["v0", "v2"]},
            {"preferred": ["v1"], "not_preferred_cost": 0.5},
        ]
    ),
    "kind_of_load": st.sampled_from(["food", "soap", "books"]),
}
_rich_order = st.tuples(
    _order,
    st.fixed_dictionaries(
        {},
        optional={
            "pickup": _loads,
            "setup": st.integers(0, 3),
            "service_by_type": st.just({"truck": 5}),
            "release": st.integers(0, 25),
            **_choice,
        },
    ),
).map(lambda parts: parts[0] | parts[1])
_rich_vehicle = st.tuples(
    _vehicle,
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["truck", "van"]),
            "skills": st.sampled_from([["cold"], ["cold", "heavy"]]),
            "speed_factor": st.sampled_from([0.5, 2.0]),
            "max_on_board": st.integers(0, 2),
            "max_travel": st.integers(5, 40),
        },
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "per_travel_hour": st.sampled_from([3.6, 3600]),
            "per_service_hour": st.sampled_from([3.6, 3600]),
            "per_stop": st.sampled_from([0.1, 2]),
        },
    ),
).map(lambda parts: parts[0] | parts[1] | {"costs": parts[0]["costs"] | parts[2]})


@st.composite
def rich_instances(draw, *, max_orders=4, max_shipments=3, relations=False, day=()):
    """Return an instance of a random problem of orders and shipments in which the rules of requests mix.

    With `relations` there are some between them, too; `day` names rules of days, with which come soft times.
    """
    order, stop, times = _rich_order, _stop, st.just({})
    if day:
        order, times = st.builds(dict.__or__, order, _soft), st.fixed_dictionaries({}, optional=_urgency)
        stop = st.builds(dict.__or__, stop, st.fixed_dictionaries({}, optional=_preferred))
    if "max_ride" in day:
        times = st.fixed_dictionaries({}, optional=_urgency | {"max_ride": _DAY["max_ride"]})
    orders = draw(st.lists(order, max_size=max_orders))
    shipments = draw(st.integers(0 if orders else 1, max_shipments))
    size = 2 + len(orders) + 2 * shipments
    row = iter(range(2 + len(orders), size))
    pairs = [
        {
            "id": f"S{i}",
            "pickup": draw(stop) | {"location": {"index": next(row)}},
            "delivery": draw(stop) | {"location": {"index": next(row)}},
            **draw(times),
            **draw(
                st.fixed_dictionaries(
                    {}, optional={"load": _loads, "prize": st.sampled_from([0.01, 1]), **_choice}
                )
            ),
        }
        for i in range(shipments)
    ]
    # some places are visited twice
    places = [draw(st.integers(0, 3)) for _ in range(size)]
    cells = draw(st.lists(st.integers(0, 9), min_size=16, max_size=16))
    travel = [[0 if a == b else 1 + cells[4 * a + b] for b in places] for a in places]
    lengths = [[0 if a == b else 1 + cells[4 * b + a] for b in places] for a in places]
    problem = tiny(
        travel,
        distances=lengths,
        orders=orders,
        shipments=pairs,
        depots=[{"windows": draw(_windows)}, draw(_waves) if day else {}],
        vehicles=draw(
            st.lists(st.builds(dict.__or__, _rich_vehicle, _day(day)), min_size=1, max_size=2 if day else 3)
        ),
        objective=draw(
            st.sampled_from(["cost", "fewest_vehicles", *["earliest_finish"] * ("earliest_finish" in day)])
        ),
        incompatible_loads=draw(st.sampled_from([[], [["food", "soap"]]])),
        join_within=draw(st.sampled_from([0, None])),
    )
    if relations:
        problem = problem.replace(relations=draw(related(problem)))
    return build_instance(problem)


@st.composite
def related(draw, problem):
    """Return some relations between the orders and shipments of a problem; some begin at a start."""
    names = [order.id for order in problem.orders]
    for shipment in problem.shipments:
        stops = [{"order": shipment.id, "task": task} for task in ("pickup", "delivery")]
        names += draw(st.sampled_from([[shipment.id], stops, stops[:1], stops[1:]]))
    starts = [{"start": vehicle.id} for vehicle in problem.vehicles]
    members = st.tuples(
        st.lists(st.sampled_from(starts), max_size=1), st.permutations(names), st.integers(1, len(names))
    ).map(lambda parts: [*parts[0], *parts[1][: parts[2]]])
    members = members.filter(lambda chosen: len(chosen) > 1)
    kinds = st.sampled_from(["same_vehicle", "different_vehicles", "in_order", "in_sequence"])
    return draw(st.lists(st.fixed_dictionaries({"type": kinds, "requests": members}), max_size=2))


@st.composite
def routes_of(draw, instance, *, feasible):
    """Return visits by vehicle, in numbers: some requests, where they break nothing, or anywhere."""
    routes = {}
    usable = np.flatnonzero(~instance.is_set_aside).tolist()
    for request in draw(st.lists(st.sampled_from(usable), unique=True)) if usable else []:
        vehicle = draw(st.integers(0, len(instance.problem.vehicles) - 1))
        trial = routes.get(vehicle, [])
        reloads = [instance.reload_code(depot) for depot in instance.reload_depots(vehicle)]
        breaks = range(*(-1 - instance.breaks.first[vehicle : vehicle + 2]).tolist(), -1)
        more = draw(st.lists(st.sampled_from([*reloads, *breaks]), max_size=1)) if reloads or breaks else []
        for visit in (*instance.tasks_of(request), *more):
            position = draw(st.integers(0, len(trial)))
            trial = [*trial[:position], visit, *trial[position:]]
        beside = {other: codes for other, codes in routes.items() if other != vehicle}
        if not has_ways(instance, vehicle, trial):
            continue
        if feasible:
            found = tried(instance, vehicle, trial, beside=beside)  # with the breaks that it needs
            routes |= {} if found.broken else {vehicle: list(found.codes)}
        else:
            routes[vehicle] = trial
    return dict(sorted(routes.items()))


def has_ways(instance, vehicle, codes):
    """Tell whether there is a way from each stop to the next."""
    depots = [instance.reload_of(code) for code in codes]
    points = [
        instance.start_point[vehicle],
        *(
            instance.task_point[code] if depot is None else instance.depot_point[depot]
            for code, depot in zip(codes, depots, strict=True)
            if instance.break_of(code) is None
        ),
        instance.end_point[vehicle],
    ]
    legs = instance.vehicle_legs(vehicle).durations
    return all(NO_POINT in (a, b) or legs[a, b] < INF for a, b in pairwise(points))


def solution_of(instance, routes):
    """Return routes in numbers as a solution."""
    return Solution(
        {
            instance.problem.vehicles[vehicle].id: code_visits(instance, codes)
            for vehicle, codes in routes.items()
        }
    )


def by_id(instance, routes):
    """Return routes in numbers as visits by vehicle id, as :func:`helpers.visits` names them."""
    marks = {"pickup": "+", "delivery": "-"}

    def name(code):
        (visit,) = code_visits(instance, [code])
        shipment = code >= len(instance.problem.orders)
        return visit if code < 0 else f"{visit.order}{marks[visit.task]}" if shipment else visit.order

    return {instance.problem.vehicles[v].id: [name(code) for code in codes] for v, codes in routes.items()}
