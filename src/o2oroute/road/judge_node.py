"""What a profile says of a tagged node: closed or open, and what it costs to pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from o2oroute.osm.conditions import CONDITIONAL
from o2oroute.osm.measures import metres
from o2oroute.road.judge import verdict

if TYPE_CHECKING:
    from o2oroute.road.profile import Profile

__all__ = ["NODE_KEYS", "NodeJudgement", "judge_node", "node_keys"]

#: Nodes with one of these keys are worth a look.
NODE_KEYS: Final = ("barrier", "highway", "railway", "traffic_calming")

_KEYS: Final = (
    *NODE_KEYS,
    "bollard",
    "direction",
    "kerb",
    "locked",
    "maxheight",
    "maxwidth",
    "maxwidth:physical",
    "sensory",
    "stop",
    "traffic_signals:direction",
)

#: Kerbs that wheels roll over.
_FLAT: Final = frozenset({"lowered", "flush", "rolled", "no"})


class NodeJudgement(NamedTuple):
    """What a profile says of one combination of tags of a node."""

    #: Why nobody passes, or ``""``.
    closed_by: str = ""
    #: Passed on the first and the last leg only.
    restricted: bool = False
    #: Seconds for those who come along the way, and against it.
    forward: float = 0.0
    backward: float = 0.0
    #: Only those who come by the minor road lose them.
    minor: bool = False
    #: A sign for one direction that does not say which.
    undirected: bool = False


def node_keys(profile: Profile) -> tuple[str, ...]:
    """Return the tags that :func:`judge_node` looks at, and the conditional ones that change them."""
    access = (*profile.vehicles, "access")
    return (*_KEYS, *access, *(key + CONDITIONAL for key in access))


def judge_node(profile: Profile, tags: Mapping[str, str]) -> NodeJudgement:
    """Say whether a node can be passed, and what that costs."""
    closed_by, restricted, seconds = _barrier(profile, tags)
    if closed_by:
        return NodeJudgement(closed_by=closed_by)
    seconds += profile.traffic_calming.get(tags.get("traffic_calming", ""), 0.0)
    if tags.get("railway") == "level_crossing":
        seconds += profile.delay.level_crossing
    forward = backward = seconds
    kind = tags.get("highway", "")
    delay = getattr(profile.delay, kind) if kind in _DELAYS else 0.0
    direction = tags.get("direction", "")
    if kind == "traffic_signals":
        direction = tags.get("traffic_signals:direction", direction)
    if direction != "backward":
        forward += delay
    if direction != "forward":
        backward += delay
    is_sign = kind in ("stop", "give_way") and delay > 0
    minor = is_sign and tags.get("stop") == "minor"
    return NodeJudgement(
        restricted=restricted,
        forward=forward,
        backward=backward,
        minor=minor,
        undirected=is_sign and not minor and direction not in ("forward", "backward", "both"),
    )


_DELAYS: Final = frozenset({"traffic_signals", "stop", "give_way", "crossing"})


def _barrier(profile: Profile, tags: Mapping[str, str]) -> tuple[str, bool, float]:
    """Return why a barrier closes, whether it is for the first and last leg only, and its seconds."""
    access = next((tags[key] for key in (*profile.vehicles, "access") if key in tags), None)
    kind = tags.get("barrier")
    if kind is not None and _too_large(profile, tags):
        return "size", False, 0.0
    if access is not None:
        found = verdict(profile, access)
        return ("access" if found == "closed" else ""), found == "restricted", 0.0
    if kind is None or _is_flat(kind, tags):
        return "", False, 0.0
    seconds = profile.barrier.get(kind)
    if seconds is None or tags.get("locked") == "yes":
        return kind, False, 0.0
    return "", False, seconds


def _is_flat(kind: str, tags: Mapping[str, str]) -> bool:
    """Return whether a barrier bars nobody, whatever its kind."""
    return (
        tags.get("bollard") == "rising"
        or tags.get("kerb") in _FLAT
        # the kerb of a crossing, put on the road
        or (kind == "kerb" and tags.get("highway") == "crossing")
        # a virtual fence for livestock
        or tags.get("sensory") in {"audible", "audio"}
    )


def _too_large(profile: Profile, tags: Mapping[str, str]) -> bool:
    size = profile.vehicle
    for largest, keys in ((size.height, ("maxheight",)), (size.width, ("maxwidth", "maxwidth:physical"))):
        limits = [metres(tags[key]) for key in keys if key in tags]
        if largest is not None and any(limit is not None and limit < largest for limit in limits):
            return True
    return False
