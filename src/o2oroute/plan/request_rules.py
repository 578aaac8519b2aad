"""Rules about who serves what, and what rides together; see :mod:`~o2oroute.plan.rules`."""

from __future__ import annotations

from collections.abc import Iterator

from o2oroute.model.order import Order
from o2oroute.model.part import Id
from o2oroute.plan.timed_route import TimedRoute, Violation
from o2oroute.plan.wording import amount_text, moment_text, whole

__all__ = [
    "few_enough_on_board",
    "load_fits",
    "loads_compatible",
    "loads_released",
    "pairs_whole",
    "skills_there",
    "vehicle_allowed",
]


def pairs_whole(route: TimedRoute) -> Iterator[Violation]:
    """Find shipments that are not picked up and then delivered."""
    if not route.problem.shipments:
        return
    taken: set[Id] = set()
    delivered: set[Id] = set()
    for stop, visit in route.at_stops:
        if isinstance(route.problem.requests[visit.request], Order):
            continue
        if visit.kind == "pickup":
            taken.add(visit.id)
        else:
            delivered.add(visit.id)
            if visit.id not in taken:
                message = f"delivers {visit.id} before it picks it up"
                yield route.violation("PAIR", message, stop=stop, field="task")
    for stop, visit in route.at_stops:
        if visit.id in taken - delivered:
            message = f"picks {visit.id} up and never delivers it"
            yield route.violation("PAIR", message, stop=stop, field="task")


def skills_there(route: TimedRoute) -> Iterator[Violation]:
    """Find orders that ask for skills which the vehicle lacks."""
    skills = set(route.owner.skills)
    requests = route.problem.requests
    for stop, visit in route.at_stops:
        missing = [skill for skill in requests[visit.request].skills if skill not in skills]
        if missing:
            message = f"lacks {' and '.join(missing)} for {visit.id}"
            yield route.violation("SKILLS", message, stop=stop, field="id")


def vehicle_allowed(route: TimedRoute) -> Iterator[Violation]:
    """Find orders that the vehicle may not serve."""
    owner, requests = route.owner.id, route.problem.requests
    for stop, visit in route.at_stops:
        choice = requests[visit.request].vehicles
        if owner in choice.forbidden or (choice.allowed is not None and owner not in choice.allowed):
            which = (
                "is forbidden for" if owner in choice.forbidden else "is not among the vehicles allowed for"
            )
            yield route.violation("VEHICLE_CHOICE", f"{which} {visit.id}", stop=stop, field="id")


def loads_compatible(route: TimedRoute) -> Iterator[Violation]:
    """Find kinds of load that exclude each other."""
    if not route.problem.incompatible_loads:
        return
    for _, tasks in route.trips:
        requests = route.requests_of(tasks)
        carrier: dict[str, Id] = {}
        for request in requests:
            if request.kind_of_load is not None:
                carrier.setdefault(request.kind_of_load, request.id)
        for one, other in route.problem.incompatible_loads:
            same = [r.id for r in requests if r.kind_of_load == one] if one == other else []
            if (one != other and one in carrier and other in carrier) or len(same) > 1:
                first, second = same[:2] if same else (carrier[one], carrier[other])
                message = f"has {one} of {first} and {other} of {second} on one trip"
                yield route.violation("INCOMPATIBLE_LOADS", message)


def load_fits(route: TimedRoute) -> Iterator[Violation]:
    """Find units of which too much is on board anywhere."""
    for unit, capacity in route.owner.capacity.items():
        loads = route.on_board.get(unit, [0])
        load = max(loads)
        over = load - round(capacity * 1000)
        if over > 0:
            margin, stop = whole(over / 1000), loads.index(load)
            place = f" from {route.name(stop)}" if stop else ""
            message = (
                f"is overloaded by {amount_text(margin, unit)}: it carries {amount_text(load / 1000, unit)}"
                f"{place}, at most {amount_text(capacity, unit)} fit"
            )
            yield route.violation("CAPACITY", message, margin=margin, unit=unit)


def few_enough_on_board(route: TimedRoute) -> Iterator[Violation]:
    """Find too many shipments on board at once."""
    limit = route.owner.max_on_board
    if limit is None:
        return
    most = on_board = 0
    for visit in route.visits:
        if not isinstance(visit.stop, Order):
            on_board += 1 if visit.kind == "pickup" else -1
            most = max(most, on_board)
    if most > limit:
        message = f"has {most} shipments on board at once, {most - limit} more than its {limit}"
        yield route.violation("MAX_ON_BOARD", message, margin=most - limit, unit="shipments")


def loads_released(route: TimedRoute) -> Iterator[Violation]:
    """Find trips that leave before the last of their loads is ready."""
    for begin, tasks in route.trips:
        released = [
            (task.stop.release, task.id)
            for task in tasks
            if isinstance(task.stop, Order) and task.stop.release is not None
        ]
        if not released:
            continue
        last, order = max(released, key=lambda release: release[0])
        early = last - route.departure[begin]
        if early > 0:
            margin = route.seconds(early)
            moment = moment_text(route.problem, last)
            message = f"leaves {amount_text(margin, 's')} before {order} is ready at {moment}"
            yield route.violation(
                "RELEASE", message, margin=margin, unit="s", stop=begin, field="departure_seconds"
            )
