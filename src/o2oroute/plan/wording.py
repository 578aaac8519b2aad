"""How plan messages say times, spans and amounts, so that a dispatcher reads them at a glance."""

from __future__ import annotations

from o2oroute.model.problem import Problem

__all__ = ["amount_text", "moment_text", "span_text", "whole"]


def whole(value: float) -> int | float:
    """Return a number as an int where it is whole.

    Examples
    --------
    >>> whole(12.0), whole(2.5)
    (12, 2.5)
    """
    return int(value) if float(value).is_integer() else value


def amount_text(value: float, unit: str | None) -> str:
    """Return an amount with its unit, seconds as a span and long ways in kilometres.

    Examples
    --------
    >>> amount_text(720, "s"), amount_text(2.5, "kg"), amount_text(12300, "m")
    ('12 min', '2.5 kg', '12.3 km')
    """
    if unit == "s":
        return span_text(value)
    if unit == "m" and value >= 1000:
        return f"{value / 1000:g} km"
    number = f"{value:.2f}" if unit == "cost" else f"{whole(round(value, 3)):,}".replace(",", " ")
    return f"{number} {unit}" if unit and unit != "cost" else number


def span_text(seconds: float) -> str:
    """Return a length of time in hours, minutes and seconds, leaving out what is zero.

    Examples
    --------
    >>> span_text(720), span_text(3900), span_text(45), span_text(0.5)
    ('12 min', '1 h 5 min', '45 s', '0.5 s')
    """
    minutes, rest = divmod(round(seconds, 3), 60)
    hours, minutes = divmod(int(minutes), 60)
    parts = [f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (minutes > 0)
    if rest or not parts:
        parts.append(f"{whole(round(rest, 3))} s")
    return " ".join(parts)


def moment_text(problem: Problem, ticks: int) -> str:
    """Return a time as order files write it, with the hours counted on past midnight.

    Examples
    --------
    >>> moment_text(Problem(vehicles=[{"id": "v"}], orders=[]), 34200)
    '09:30'
    """
    clock = problem.reader.clock(ticks)
    return clock or problem.reader.iso(ticks) or f"{whole(ticks / problem.ticks_per_second)} s after midnight"
