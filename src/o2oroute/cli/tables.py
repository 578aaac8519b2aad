"""Plans as tables, for people to read on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from o2oroute.cli.console import say, show_table

if TYPE_CHECKING:
    from o2oroute.plan.plan import Plan, Unassigned

__all__ = ["show_plan"]

#: Unassigned orders shown one by one; the plan file has them all.
_MOST_ROWS = 20


def show_plan(plan: Plan) -> None:
    """Print routes, unassigned orders with their reasons, and the totals on stderr."""
    shown = _shown_as(plan)
    _show_routes(plan, shown)
    if plan.unassigned:
        _show_unassigned(plan.unassigned)
    summary = plan.summary
    say(
        f"{summary.served} orders served by {summary.vehicles} vehicles, {summary.unassigned} unassigned; "
        f"cost {summary.cost:.2f}, length {shown.length(summary.distance)}{shown.length_unit}, "
        f"duty {shown.span(summary.duration)}{shown.span_unit}"
    )
    if summary.out_of_time:
        say(f"{summary.out_of_time} of the unassigned only because the time ran out; give --time-limit more")


class _Shown(NamedTuple):
    """How figures are shown."""

    length_unit: str
    length: Callable[[float], str]
    span_unit: str
    span: Callable[[float], str]


def _shown_as(plan: Plan) -> _Shown:
    """Return hours and kilometres; plain numbers for academic plans, whose units are their own."""
    placed = any(stop.location is not None for route in plan.routes for stop in route.stops)
    if plan.date is None and not placed:
        return _Shown("", _number, "", _number)
    return _Shown(" km", lambda metres: f"{metres / 1000:.1f}", " h", _hours)


def _show_routes(plan: Plan, shown: _Shown) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("vehicle", overflow="fold")
    for column in (
        "orders",
        "start",
        "end",
        "duty",
        "driving",
        "waiting",
        shown.length_unit.strip() or "length",
        "cost",
    ):
        table.add_column(column, justify="right")
    for route in plan.routes:
        first, last = route.stops[0], route.stops[-1]
        # Text takes what stands in the file as it is; a plain string would be read as markup
        table.add_row(
            Text(str(route.vehicle)),
            str(sum(stop.kind == "order" for stop in route.stops)),
            first.departure[11:16] if first.departure else shown.span(first.departure_seconds),
            last.arrival[11:16] if last.arrival else shown.span(last.arrival_seconds),
            shown.span(route.duration),
            shown.span(route.driving),
            shown.span(route.waiting),
            shown.length(route.distance),
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


def _number(value: float) -> str:
    return f"{value:.10g}"


def _hours(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02}"
