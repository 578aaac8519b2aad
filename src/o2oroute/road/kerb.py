"""Where a vehicle may stop, and who would have to cross the road: flags of roads, and approaches of stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntFlag
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from o2oroute.errors import InputError
from o2oroute.road.driving_side import drives_left
from o2oroute.road.geometry import E7

if TYPE_CHECKING:
    from o2oroute.osm.records import OsmRecords

__all__ = ["KERB_KEYS", "Approach", "RoadFlag", "approach_codes", "road_flags", "segment_flags"]

#: From which side a stop is approached: either; that of the stop; that of the stop where crossing is hard.
Approach = Literal["any", "kerb", "kerb_auto"]

APPROACHES: Final[tuple[str, ...]] = get_args(Approach)
ANY, KERB, KERB_AUTO = range(len(APPROACHES))


class RoadFlag(IntFlag):
    """What ``segment_flags`` of a network says of a segment."""

    #: Nobody should cross this road on foot.
    WIDE = 1
    #: Nobody stops here: ferries, motorways, tunnels for motor vehicles.
    NO_STOP = 2
    #: Traffic keeps to the left.
    LEFT = 4


#: Tags of ways that :func:`road_flags` and :func:`segment_flags` look at.
KERB_KEYS: Final = ("dual_carriageway", "driving_side", "foot", "lanes", "motorroad", "tunnel")

_MOTORWAYS: Final = frozenset({"motorway", "motorway_link"})
_FERRIES: Final = frozenset({"ferry", "shuttle_train"})
_FAST: Final = frozenset({*_MOTORWAYS, "trunk", "trunk_link"})
_LARGE: Final = frozenset({"primary", "primary_link"})

#: Lanes from which on crossing is hard, and up to which it is not, whatever the class.
_MANY_LANES: Final = 4
_FEW_LANES: Final = 2


def road_flags(road_class: str, tags: Mapping[str, str]) -> RoadFlag:
    """Say what a road's class and tags tell about stopping there and crossing it.

    Crossing on foot is hard (:attr:`RoadFlag.WIDE`) on motorways and trunk roads, roads for motor vehicles,
    roads of four lanes or more, primary roads that are not known to have two lanes or less, and where a tag
    says that the carriageways are parted.

    Parameters
    ----------
    road_class : str
    tags : mapping of str to str

    Examples
    --------
    >>> road_flags("secondary", {"lanes": "6"}).name
    'WIDE'
    """
    flags = RoadFlag(0)
    motor_only = tags.get("motorroad") == "yes" or road_class in _FAST
    lanes = _lanes(tags.get("lanes", ""))
    if (
        motor_only
        or tags.get("dual_carriageway") == "yes"
        or (lanes or 0) >= _MANY_LANES
        or (road_class in _LARGE and (lanes is None or lanes > _FEW_LANES))
    ):
        flags |= RoadFlag.WIDE
    in_tunnel = tags.get("tunnel", "no") not in {"no", "building_passage"}
    if (
        road_class in _MOTORWAYS
        or road_class in _FERRIES
        or (in_tunnel and (motor_only or tags.get("foot") == "no"))
    ):
        flags |= RoadFlag.NO_STOP
    return flags


def segment_flags(
    records: OsmRecords, class_names: Sequence[str], way: npt.NDArray[np.integer]
) -> npt.NDArray[np.uint8]:
    """Return the flags of segments.

    Parameters
    ----------
    records : OsmRecords
    class_names : sequence of str
        Class of road for each of the records' tag sets.
    way : ndarray of int, shape (segments,)
        Row of each segment's way in the records.

    Returns
    -------
    ndarray of uint8, shape (segments,)
    """
    of_tags = np.array(
        [road_flags(name, tags) for name, tags in zip(class_names, records.tag_sets, strict=True)], np.uint8
    )
    tagged = [tags.get("driving_side", "") for tags in records.tag_sets]
    side = np.array([{"left": 1, "right": -1}.get(value, 0) for value in tagged], np.int8)
    # a way lies on one side of any border between driving sides
    rows, of_row = np.unique(way, return_inverse=True)
    point = records.way_first[rows]
    left = drives_left(records.lon[point] / E7, records.lat[point] / E7)
    row_tags = records.way_tags[rows]
    left = np.where(side[row_tags] == 0, left, side[row_tags] > 0)
    flags = of_tags[row_tags] | np.where(left, np.uint8(RoadFlag.LEFT), np.uint8(0))
    return flags[of_row].astype(np.uint8)


def approach_codes(approach: Any, points: int) -> npt.NDArray[np.int8]:
    """Return the approach of each point as its place in :data:`APPROACHES`.

    Raises
    ------
    InputError
        If an approach is not known, or there is not one for each point.
    """
    values = [approach] if isinstance(approach, str) else list(approach)
    codes = {name: code for code, name in enumerate(APPROACHES)}
    for i, value in enumerate(values):
        if not isinstance(value, str) or value not in codes:
            place = "" if isinstance(approach, str) else f" of point {i}"
            raise InputError(f"approach{place} is {value!r}; it must be one of {', '.join(APPROACHES)}")
    if isinstance(approach, str):
        return np.full(points, codes[approach], np.int8)
    if len(values) != points:
        raise InputError(f"approach has {len(values)} values; with {points} points it must have {points}")
    return np.array([codes[value] for value in values], np.int8)


def _lanes(text: str) -> int | None:
    """Return a number of lanes; of a list the lowest, as it is the surest."""
    numbers = [int(part) for part in text.replace("|", ";").split(";") if part.strip().isdecimal()]
    return min(numbers, default=None)
