"""When a depot lets vehicles leave, load and return: its windows, its waves, its loading time."""

from __future__ import annotations

from o2oroute.model.part import Window
from o2oroute.model.vehicle import Depot
from o2oroute.model.windows import common_windows, merge_windows

__all__ = ["leaving", "loading", "returning"]


def leaving(depot: Depot) -> list[Window]:
    """Return when a trip may leave: within the windows, and with the waves if there are any.

    Examples
    --------
    >>> leaving(Depot(id=1, location=(9.2, 45.5), windows=[(0, 500)], departures=[300, 100, 900]))
    [(100, 100), (300, 300)]
    """
    waves = [(moment, moment) for moment in sorted(set(depot.departures))]
    return common_windows(waves, returning(depot)) if waves else returning(depot)


def returning(depot: Depot) -> list[Window]:
    """Return when a vehicle may come back: within the windows."""
    return merge_windows(depot.windows)


def loading(depot: Depot, released: int | None = None) -> list[Window]:
    """Return when loading for another trip may start.

    It starts within the windows; when it is done the trip may leave, no earlier than its load is released.

    Examples
    --------
    >>> hub = Depot(id=1, location=(9.2, 45.5), windows=[(0, 500)], departures=[100, 300], loading=60)
    >>> loading(hub), loading(hub, released=200)
    ([(40, 40), (240, 240)], [(240, 240)])
    """
    ready = [(first - depot.loading, last - depot.loading) for first, last in leaving(depot)]
    starts = common_windows(returning(depot), ready)
    if released is None:
        return starts
    return [
        (max(first, released - depot.loading), last)
        for first, last in starts
        if last >= released - depot.loading
    ]
