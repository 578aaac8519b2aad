"""Plans as pandas tables: stops, routes, and what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from o2oroute.optional import load
from o2oroute.plan.plan import Plan, Position, Route, Stop, Unassigned

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PlanFrames", "plan_frames"]

_STOP_COLUMNS = (
    *("vehicle", "position", "kind", "task", "id", "lon", "lat", "arrival", "start", "departure"),
    *("arrival_seconds", "start_seconds", "departure_seconds", "waiting", "service", "leg_distance"),
    "properties",
)
_ROUTE_COLUMNS = (
    *("vehicle", "profile", "orders", "start", "end", "start_seconds", "end_seconds", "distance"),
    *("duration", "driving", "service", "waiting", "cost", "properties"),
)
_UNASSIGNED_COLUMNS = (
    *("id", "kind", "code", "vehicle", "margin", "unit", "message", "importance", "prize", "lon", "lat"),
    "properties",
)


class PlanFrames(NamedTuple):
    """The tables of a plan."""

    #: A row for each stop, start and end included; what is on board on leaving in columns ``load.UNIT``.
    stops: pd.DataFrame
    #: A row for each vehicle that is used.
    routes: pd.DataFrame
    #: A row for each reason of each order that is left out; one without, if it has none.
    unassigned: pd.DataFrame


def plan_frames(plan: Plan) -> PlanFrames:
    """Return a plan as three pandas tables.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    PlanFrames
        ``stops``, ``routes`` and ``unassigned``. Times are moments with the plan's time zone where it has a
        date (NaT where not); seconds since its midnight stand beside them.

    Raises
    ------
    MissingExtraError
        If pandas is not installed.

    Examples
    --------
    >>> plan_frames(plan).stops.groupby("vehicle").waiting.sum()  # doctest: +SKIP
    """
    stops = [
        _stop(route, position, stop) for route in plan.routes for position, stop in enumerate(route.stops)
    ]
    units = dict.fromkeys(f"load.{unit}" for route in plan.routes for s in route.stops for unit in s.load)
    left = [row for order in plan.unassigned for row in _reasons(order)]
    zone = plan.time_zone
    return PlanFrames(
        _frame(stops, [*_STOP_COLUMNS, *units], ("arrival", "start", "departure"), zone),
        _frame([_route(route) for route in plan.routes], _ROUTE_COLUMNS, ("start", "end"), zone),
        _frame(left, _UNASSIGNED_COLUMNS, (), zone),
    )


def _frame(rows: list[dict[str, Any]], columns: Any, times: tuple[str, ...], zone: str) -> pd.DataFrame:
    pandas = load("pandas")
    frame = pandas.DataFrame(rows, columns=list(columns))
    for name in times:
        frame[name] = pandas.to_datetime(frame[name], utc=True).dt.tz_convert(zone)
    for name in columns:
        if name.startswith("load."):
            frame[name] = frame[name].fillna(0)
    return frame


def _place(place: Position | None) -> dict[str, float | None]:
    lon, lat = place or (None, None)
    return {"lon": lon, "lat": lat}


def _stop(route: Route, position: int, stop: Stop) -> dict[str, Any]:
    plain = ("kind", "task", "id", "arrival", "start", "departure", "arrival_seconds", "start_seconds")
    more = ("departure_seconds", "waiting", "service", "leg_distance", "properties")
    return (
        {"vehicle": route.vehicle, "position": position}
        | _place(stop.location)
        | {name: getattr(stop, name) for name in (*plain, *more)}
        | {f"load.{unit}": amount for unit, amount in stop.load.items()}
    )


def _route(route: Route) -> dict[str, Any]:
    first, last = route.stops[0], route.stops[-1]
    return {
        "vehicle": route.vehicle,
        "profile": route.profile,
        "orders": sum(stop.kind == "order" for stop in route.stops),
        "start": first.departure,
        "end": last.start,
        "start_seconds": first.departure_seconds,
        "end_seconds": last.start_seconds,
        **{
            name: getattr(route, name)
            for name in ("distance", "duration", "driving", "service", "waiting", "cost", "properties")
        },
    }


def _reasons(order: Unassigned) -> list[dict[str, Any]]:
    about = {
        "id": order.id,
        "importance": order.importance,
        "prize": order.prize,
        "properties": order.properties,
        **_place(order.location),
    }
    names = ("kind", "code", "vehicle", "margin", "unit", "message")
    return [{name: getattr(reason, name) for name in names} | about for reason in order.reasons] or [
        {"kind": order.kind} | about
    ]
