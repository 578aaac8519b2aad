"""Plans as tables, for people to read on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2oroute.cli.console import say, show_table

if TYPE_CHECKING:
    from o2oroute.plan.plan import Plan, Route, Unassigned

__all__ = ["show_plan"]

#: Unassigned orders shown one by one; the plan file has them all.
_MOST_ROWS = 20


def show_plan(plan: Plan) -> None:
    """Print routes, unassigned orders with their reasons, and the totals on stderr."""
    _show_routes(plan)
    if plan.unassigned:
        _show_unassigned(plan.unassigned)
    summary = plan.summary
    say(
        f"{summary.served} orders served by {summary.vehicles} vehicles, {summary.unassigned} unassigned; "
        f"cost {summary.cost:.2f}, {summary.distance / 1000:.1f} km, {_hours(summary.duration)} h on duty"
    )
    if summary.out_of_time:
        say(f"{summary.out_of_time} of the unassigned only because the time ran out; give --time-limit more")


def _show_routes(plan: Plan) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("vehicle", overflow="fold")
    for column in ("orders", "start", "end", "duty", "driving", "waiting", "km", "cost"):
        table.add_column(column, justify="right")
    for route in plan.routes:
        first, last = route.stops[0], route.stops[-1]
        # Text takes what stands in the file as it is; a plain string would be read as markup
        table.add_row(
            Text(str(route.vehicle)),
            str(_orders(route)),
            _clock(first.departure, first.departure_seconds),
            _clock(last.arrival, last.arrival_seconds),
            _hours(route.duration),
            _hours(route.driving),
            _hours(route.waiting),
            f"{route.distance / 1000:.1f}",
            f"{route.cost:.2f}",
        )
    show_table(table)


def _show_unassigned(unassigned: tuple[Unassigned, ...]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table("unassigned", "kind", "reason", box=SIMPLE_HEAD, pad_edge=False)
    for order in unassigned[:_MOST_ROWS]:
        first = order.reasons[0].message if order.reasons else ""
        more = f" (and {len(order.reasons) - 1} more in the plan)" if len(order.reasons) > 1 else ""
        table.add_row(Text(str(order.id)), order.kind or "", Text(first + more))
    show_table(table)
    if len(unassigned) > _MOST_ROWS:
        say(f"... and {len(unassigned) - _MOST_ROWS} more in the plan")


def _orders(route: Route) -> int:
    return sum(stop.kind == "order" for stop in route.stops)


def _clock(iso: str | None, seconds: float) -> str:
    """Return the time of day of a moment; its seconds where the plan has no date."""
    return iso[11:16] if iso else f"{seconds:g}"


def _hours(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02}"
