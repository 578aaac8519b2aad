"""Which stops count as one place for set-up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["joined_places"]

_EARTH_RADIUS_M = 6_371_008.8


def joined_places(
    task_point: npt.NDArray[np.int32], point_location: npt.NDArray[np.float64], within: float | None
) -> npt.NDArray[np.int32]:
    """Return numbers of the places that set-up is paid at once.

    In the order of the file each stop joins the nearest place so far that was founded no farther than
    `within` metres away, as the crow flies, or else founds one. So nothing is farther than `within` from
    where its place was founded, and places do not grow into whole streets. Points that are known by matrix
    index only join where they are identical.

    Parameters
    ----------
    task_point : ndarray of int32, shape (tasks,)
        Point of each task, less than zero for none.
    point_location : ndarray of float64, shape (points, 2)
        ``lon, lat`` of each point, NaN where not known.
    within : float or None
        Metres; 0 joins identical points only, None nothing.

    Returns
    -------
    ndarray of int32, shape (tasks,)
        Numbers from zero; -1 for tasks without a point.

    Examples
    --------
    >>> locations = np.array([[24.94, 60.17], [24.9401, 60.17], [25.0, 60.2]])
    >>> joined_places(np.array([0, 1, 2, 0], np.int32), locations, 10.0).tolist()
    [0, 0, 1, 0]
    """
    if within is None:
        return np.where(task_point < 0, -1, np.arange(task_point.size)).astype(np.int32)
    points = dict.fromkeys(task_point[task_point >= 0].tolist())
    founded, places = np.empty((len(points), 2)), 0
    place_of_point: dict[int, int] = {}
    for point in points:
        place = _nearest(founded[:places], point_location[point], within) if within else None
        if place is None:
            place = places
            founded[place] = point_location[point]
            places += 1
        place_of_point[point] = place
    return np.array([place_of_point.get(point, -1) for point in task_point.tolist()], np.int32)


def _nearest(
    founded: npt.NDArray[np.float64], location: npt.NDArray[np.float64], within: float
) -> int | None:
    """Return the place that was founded nearest, if it is near enough; the first of those equally near."""
    if not len(founded):
        return None
    # flat at this scale: differences of longitude shrink with the latitude
    east = np.radians(founded[:, 0] - location[0]) * np.cos(np.radians(location[1]))
    north = np.radians(founded[:, 1] - location[1])
    metres = np.nan_to_num(_EARTH_RADIUS_M * np.hypot(east, north), nan=np.inf)
    best = int(np.argmin(metres))
    return best if metres[best] <= within else None
