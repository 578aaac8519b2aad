"""What turns cost: by angle, by side, at signals and signs, and at dead ends."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute.osm.records import OsmRecords
from o2oroute.road.geometry import E7, metres_per_degree, step_metres
from o2oroute.road.points import JunctionPoints
from o2oroute.road.profile import Turn
from o2oroute.road.segments import Segments
from o2oroute.road.turns import Turns

__all__ = ["turn_angles", "turn_seconds"]

Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

#: The direction of a road at a junction is that to a point this many metres along it.
_SIGHT: Final = 10.0

#: A sign stands no farther than this from the junction that it is for.
_NEAR_SIGN: Final = 20.0

# Half-way up the curve a turn is at 90 degrees; it is so steep that a bend costs next to nothing.
_STEEPNESS: Final = 13.0
_MIDDLE: Final = 6.5
# crossing oncoming traffic counts from half as sharp a turn on
_MIDDLE_ONCOMING: Final = 3.25


def turn_seconds(
    segments: Segments,
    records: OsmRecords,
    turns: Turns,
    points: JunctionPoints,
    *,
    costs: Turn,
    left_hand: Bool,
    roundabout: Bool,
) -> Float64:
    """Return the seconds that each turn takes.

    Turns cost by their angle, on a curve that hardly counts bends and levels off at sharp turns, and only
    where three roads or more meet. The curve and its bias for the side of the road are those of OSRM's
    profile for cars.

    Parameters
    ----------
    segments : Segments
    records : OsmRecords
    turns : Turns
    points : JunctionPoints
    costs : Turn
        Of the profile.
    left_hand : ndarray of bool, shape (segments,)
        Traffic keeps to the left.
    roundabout : ndarray of bool, shape (segments,)
        Traffic runs one way round, so nothing comes toward it.

    Returns
    -------
    ndarray of float64, shape (turns,)
    """
    tail, head = turns.tail, turns.head
    at = segments.head[tail]
    angle = np.where(turns.is_u_turn, 180.0, turn_angles(segments, records, turns))
    # positive toward the near side: right where traffic keeps to the right
    near = np.where(left_hand[tail], -angle, angle)
    bias = np.where(near >= 0, costs.bias, 1.0 / costs.bias)
    share = np.abs(angle) / 180.0
    by_angle = costs.penalty / (1.0 + np.exp(_MIDDLE * bias - _STEEPNESS / bias * share))

    roads = _roads(segments)[at]
    crossing = (near < 0) & ~turns.is_u_turn & (roads > 2) & ~roundabout[tail] & ~roundabout[head]
    oncoming = costs.oncoming / (1.0 + np.exp(_MIDDLE_ONCOMING - _STEEPNESS * share))
    seconds = np.where((roads > 2) | turns.is_u_turn, by_angle, 0.0)
    seconds += np.where(crossing, oncoming, 0.0)
    seconds += np.where(turns.is_u_turn, costs.u_turn, 0.0)
    return seconds + _lost(segments, turns, points, roads)


def _roads(segments: Segments) -> npt.NDArray[np.int64]:
    """Return how many roads meet at each junction, counted by their ends."""
    _, first = np.unique(segments.stretch, return_index=True)
    ends = np.concatenate((segments.tail[first], segments.head[first]))
    return np.bincount(ends, minlength=segments.junction_point.size)


def _lost(segments: Segments, turns: Turns, points: JunctionPoints, roads: npt.NDArray[np.int64]) -> Float64:
    """Return the seconds lost at what stands at the junction of each turn."""
    tail, head = turns.tail, turns.head
    at = segments.head[tail]
    lost = np.where(segments.reversed[tail] == 1, points.backward[at], points.forward[at])
    # between two junctions, a sign is for those who come to the one near by
    leaving = (segments.dm[tail] < _NEAR_SIGN * 10) & (segments.dm[head] > _NEAR_SIGN * 10)
    spared = points.undirected[at] & (roads == 2) & leaving
    speed = segments.dm / np.maximum(segments.ms, 1)
    fastest = np.zeros(segments.junction_point.size)
    for ends in (segments.tail, segments.head):
        np.maximum.at(fastest, ends, speed)
    # a tenth apart, so that rounding does not make one of two equal roads the minor one
    spared |= points.minor[at] & (speed[tail] * 1.1 > fastest[at])
    return np.where(spared, 0.0, lost)


def turn_angles(segments: Segments, records: OsmRecords, turns: Turns) -> Float64:
    """Return the angle of each turn in degrees, -180 to 180: 0 straight on, positive to the right."""
    away_from_start, away_from_end = _bearings(segments, records)
    along = segments.reversed == 0
    start = np.where(along, away_from_start[segments.stretch], away_from_end[segments.stretch])
    back = np.where(along, away_from_end[segments.stretch], away_from_start[segments.stretch])
    angle = start[turns.head] - (back[turns.tail] + 180.0)
    return (angle + 180.0) % 360.0 - 180.0


def _bearings(segments: Segments, records: OsmRecords) -> tuple[Float64, Float64]:
    """Return the bearing in degrees (0 north, 90 east) from each end of each stretch into the stretch."""
    first, point = segments.stretch_first, segments.stretch_point
    lon, lat = records.lon[point] / E7, records.lat[point] / E7
    steps = step_metres(records.lon[point], records.lat[point])
    steps[first[1:-1] - 1] = 0.0
    reached = np.concatenate(([0.0], np.cumsum(steps)))
    start, end = first[:-1], first[1:] - 1
    sight = np.minimum(_SIGHT, reached[end] - reached[start])

    def position(metres: Float64) -> tuple[Float64, Float64]:
        after = np.clip(np.searchsorted(reached, metres), start + 1, end)
        step = reached[after] - reached[after - 1]
        part = np.where(step > 0, (metres - reached[after - 1]) / np.where(step > 0, step, 1.0), 1.0)
        part = np.clip(part, 0.0, 1.0)
        across = _short_way(lon[after] - lon[after - 1])
        return lon[after - 1] + part * across, lat[after - 1] + part * (lat[after] - lat[after - 1])

    def bearing(place: npt.NDArray[np.int64], seen: tuple[Float64, Float64]) -> Float64:
        per_lon, per_lat = metres_per_degree(lat[place])
        across = _short_way(seen[0] - lon[place]) * per_lon
        angle: Float64 = np.degrees(np.arctan2(across, (seen[1] - lat[place]) * per_lat))
        return angle

    return bearing(start, position(reached[start] + sight)), bearing(end, position(reached[end] - sight))


def _short_way(degrees: Float64) -> Float64:
    return (degrees + 180.0) % 360.0 - 180.0
