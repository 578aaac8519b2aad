"""Breaks that driving asks for, put where they are due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from o2oroute.model.instance import Instance
from o2oroute.plan.route_track import route_track

__all__ = ["with_rests"]

#: More breaks than this are not put into one route.
_MOST: Final = 100


def with_rests(instance: Instance, vehicle: int, codes: Sequence[int], pause: int) -> list[int]:
    """Return a route with the breaks that a driving rule asks for, each as late as it lets them be.

    Parameters
    ----------
    instance : Instance
    vehicle : int
    codes : sequence of int
        Visits. Breaks among them that are long enough are taken as late, too.
    pause : int
        Number of the driving break in ``instance.breaks``.
    """
    table, legs = instance.breaks, route_track(instance, vehicle, codes).legs
    longest, rest = int(table.after_driving[pause]), int(table.duration[pause])
    found: list[int] = []
    driven, ahead = 0, legs[0]  # since the last rest, and still to the next stop
    for code, leg in zip((*codes, None), (*legs[1:], 0), strict=True):
        taken = None if code is None else instance.break_of(code)
        if taken is None:
            while driven + ahead > longest and len(found) < len(codes) + _MOST:
                found.append(-1 - pause)
                driven, ahead = 0, ahead - (longest - driven)
            driven, ahead = driven + ahead, leg
        elif table.duration[taken] >= rest:
            driven, ahead = 0, max(ahead - (longest - driven), 0)
        found += [] if code is None else [code]
    return found
