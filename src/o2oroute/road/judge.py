"""What a profile says of the tags of a road: open or closed, by direction, and how fast.

Each distinct combination of tags is judged once, however many ways share it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from o2oroute.osm.conditions import CONDITIONAL
from o2oroute.osm.measures import metres, seconds, tonnes
from o2oroute.osm.tags import Direction, is_contraflow, oneway, speed_limit

if TYPE_CHECKING:
    from o2oroute.road.profile import Profile

__all__ = ["ROUTES", "Judgement", "judge_way", "verdict", "way_keys"]

#: Values of ``route`` that are driven on, as classes of their own beside those of ``highway``.
ROUTES: Final = ("ferry", "shuttle_train")

#: Roads that are not there yet, or no longer, and the values that do not close. What a road is proposed to
#: become says nothing of what it is.
_UNBUILT: Final[Mapping[str, frozenset[str]]] = {
    "construction": frozenset({"no", "minor", "widening"}),
    "impassable": frozenset({"no"}),
    "status": frozenset(),
}

#: Which tags hold a size or weight against that of the vehicle.
_SIGNS: Final[Mapping[str, tuple[str, ...]]] = {
    "height": ("maxheight", "maxheight:physical"),
    "width": ("maxwidth", "maxwidth:physical"),
    "length": ("maxlength",),
    "weight": ("maxweight", "maxweightrating"),
    "axle_load": ("maxaxleload",),
}

#: Tags of limits, the most telling first.
_LIMITS: Final = ("maxspeed:advisory", "maxspeed", "source:maxspeed", "maxspeed:type", "zone:maxspeed")

#: Values of ``access`` that open a track.
_FOR_ALL: Final = frozenset({"designated", "permissive", "yes"})

_CONTRAFLOW_KEYS: Final = (
    "cycleway",
    "cycleway:left",
    "cycleway:right",
    "cycleway:both",
    "cycleway:oneway",
    "cycleway:left:oneway",
    "cycleway:right:oneway",
    "cycleway:both:oneway",
)


class Judgement(NamedTuple):
    """What a profile says of one combination of tags."""

    #: km/h along the way and against it; 0 where it is closed.
    forward: float = 0.0
    backward: float = 0.0
    #: Index into :attr:`Profile.classes`.
    road_class: int = 0
    #: Why both directions are closed, or ``""``.
    closed_by: str = ""
    #: Open to the first and the last leg only, along the way and against it.
    forward_restricted: bool = False
    backward_restricted: bool = False
    #: Seconds that the whole way takes, whatever its length, where a tag says so (ferries); otherwise 0.
    seconds: float = 0.0
    #: Traffic runs one way round.
    roundabout: bool = False


def way_keys(profile: Profile) -> tuple[str, ...]:
    """Return the tags of ways that :func:`judge_way` looks at, and the conditional ones that change them."""
    access = (*profile.vehicles, "access")
    limits = (*_LIMITS, *(f"maxspeed:{kind}" for kind in profile.vehicles))
    signs = [key for name, keys in _SIGNS.items() if getattr(profile.vehicle, name) for key in keys]
    changing = (
        *(key + side for key in (*access, *limits) for side in ("", *_SIDES)),
        *(key for sign in signs for key in (sign, *(f"{sign}:{kind}" for kind in profile.vehicles))),
        *(f"oneway:{kind}" for kind in profile.vehicles),
        "oneway",
    )
    return tuple(
        dict.fromkeys(
            (
                *("highway", "route", "area", "junction", "service", "duration", "motorroad", "hov"),
                *_UNBUILT,
                *changing,
                *(key + CONDITIONAL for key in changing),
                *(_CONTRAFLOW_KEYS if "bicycle" in profile.vehicles else ()),
                *(key for key in ("surface", "tracktype", "smoothness") if getattr(profile, key)),
            )
        )
    )


def judge_way(profile: Profile, tags: Mapping[str, str]) -> Judgement:
    """Say how fast a road is driven in each direction, from its tags."""
    name = _class_name(profile, tags)
    speed = _base_speed(profile, name, tags)
    if not speed:
        return Judgement(closed_by="class")
    road_class = profile.classes.index(name)
    reason = _why_closed(profile, tags)
    if reason:
        return Judgement(road_class=road_class, closed_by=reason)
    if name == "service":
        speed = profile.service_speed.get(tags.get("service", ""), speed)
        if speed == 0:
            return Judgement(road_class=road_class, closed_by="service")
    direction = _direction(profile, name, tags)
    if direction is Direction.CHANGING:
        return Judgement(road_class=road_class, closed_by="reversible")
    verdicts = [_access(profile, tags, side) for side in _SIDES]
    forward, backward = (
        0.0 if direction is against else _driven(profile, tags, side, speed, found)
        for side, against, found in zip(_SIDES, _AGAINST, verdicts, strict=True)
    )
    reason = "access" if {"closed", "push"}.intersection(verdicts) else "surface"
    return Judgement(
        forward,
        backward,
        road_class,
        closed_by="" if forward or backward else reason,
        forward_restricted=verdicts[0] == "restricted",
        backward_restricted=verdicts[1] == "restricted",
        seconds=(seconds(tags.get("duration", "")) or 0.0) if name in ROUTES else 0.0,
        roundabout=tags.get("junction") in ("roundabout", "circular"),
    )


_SIDES: Final = (":forward", ":backward")
_AGAINST: Final = (Direction.BACKWARD, Direction.FORWARD)


def _class_name(profile: Profile, tags: Mapping[str, str]) -> str:
    name = tags.get("highway", "")
    route = tags.get("route", "")
    return route if route in ROUTES and name not in profile.classes else name


def _base_speed(profile: Profile, name: str, tags: Mapping[str, str]) -> float:
    """Return the speed of a class; 0 if it is not driven on."""
    speed = profile.speed.get(name)
    if speed is not None:
        return speed
    speed = profile.permitted_speed.get(name, 0.0)
    permits = (tags.get(key + side) for key in profile.vehicles for side in ("", *_SIDES))
    permitted = any(value is not None and verdict(profile, value) != "closed" for value in permits)
    # tracks are made for vehicles: where everybody may go, they may
    permitted |= name == "track" and tags.get("access") in _FOR_ALL
    return speed if permitted else 0.0


def _why_closed(profile: Profile, tags: Mapping[str, str]) -> str:
    """Return what closes a road in both directions, or ``""``."""
    if tags.get("area") == "yes":
        return "area"
    if any(
        key in tags and tags[key] not in harmless for key, harmless in _UNBUILT.items() if key != "status"
    ):
        return "construction"
    if tags.get("status") == "impassable":
        return "construction"
    if tags.get("motorroad") == "yes" and not profile.access.motorroad:
        return "motorroad"
    for name, keys in _SIGNS.items():
        size = getattr(profile.vehicle, name)
        if size is not None and _sign(profile, tags, name, keys) < size:
            return name
    return ""


def _sign(profile: Profile, tags: Mapping[str, str], name: str, keys: tuple[str, ...]) -> float:
    """Return the lowest limit that signs set for a size or weight."""
    measure = tonnes if name in ("weight", "axle_load") else metres
    lowest = float("inf")
    for key in keys:
        text = next(
            (tags[own] for kind in profile.vehicles if (own := f"{key}:{kind}") in tags), tags.get(key)
        )
        limit = None if text is None else measure(text)
        if limit is not None:
            lowest = min(lowest, limit)
    return lowest


def _direction(profile: Profile, name: str, tags: Mapping[str, str]) -> Direction:
    own = oneway(tags, [f"oneway:{kind}" for kind in profile.vehicles], implied=False)
    if own is not None:
        return own
    if not profile.access.oneway or ("bicycle" in profile.vehicles and is_contraflow(tags)):
        return Direction.BOTH
    direction = oneway(tags, ["oneway"])
    if direction is not None:
        return direction
    return Direction.FORWARD if name in profile.access.oneway_classes else Direction.BOTH


def _access(profile: Profile, tags: Mapping[str, str], side: str) -> str:
    """Return ``"open"``, ``"restricted"``, ``"push"`` or ``"closed"`` for one direction."""
    found = _most_specific(tags, (*profile.vehicles, "access"), side)
    restricted = tags.get("hov") == "designated"
    judged = "open" if found is None else verdict(profile, found)
    return "restricted" if restricted and judged == "open" else judged


def verdict(profile: Profile, value: str) -> str:
    """Judge a value of an access tag; of a list, the kindest part counts."""
    verdicts = {_one_verdict(profile, part) for part in _parts(value)}
    return next(kind for kind in ("open", "push", "restricted", "closed") if kind in verdicts)


def _one_verdict(profile: Profile, value: str) -> str:
    if value == "dismount":
        return "push"
    if value in profile.access.closed:
        return "closed"
    return "restricted" if value in profile.access.restricted else "open"


def _driven(profile: Profile, tags: Mapping[str, str], side: str, speed: float, access: str) -> float:
    """Return the speed in one direction, 0 if nobody may or can drive there."""
    if access == "closed":
        return 0.0
    limit = _posted(profile, tags, side)
    if limit is not None:
        if profile.limit.mode == "replace":
            # nobody crawls slower than this, whatever a sign says
            speed = max(min(limit, profile.limit.none) * profile.limit.factor, 1.0)
        else:
            speed = min(speed, max(limit, 1.0))
    speed = min(speed, profile.limit.fastest)
    for key in ("surface", "tracktype", "smoothness"):
        if fastest := getattr(profile, key):
            speed = min(speed, fastest.get(tags.get(key, ""), speed))
    return float(min(speed, profile.push) if access == "push" else speed)


def _posted(profile: Profile, tags: Mapping[str, str], side: str) -> float | None:
    """Return the posted limit in km/h: that for the vehicle before the general one."""
    own = (f"maxspeed:{kind}" for kind in profile.vehicles)
    for key in (*own, *_LIMITS):
        for text in (tags.get(key + side), tags.get(key)):
            limit = None if text is None else speed_limit(text)
            if limit is not None:
                return limit
    return None


def _most_specific(tags: Mapping[str, str], keys: tuple[str, ...], side: str) -> str | None:
    return next((tags[own] for key in keys for own in (key + side, key) if own in tags), None)


def _parts(value: str) -> Iterator[str]:
    return (part.strip().lower() for part in value.split(";"))
