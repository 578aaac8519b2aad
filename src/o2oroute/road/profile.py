"""Profiles: who drives where, and how fast, as a user writes them in TOML."""

from __future__ import annotations

import difflib
import math
import os
import tomllib
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from o2oroute.errors import Finding, InputError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from o2oroute.road.judge import Judgement
    from o2oroute.road.judge_node import NodeJudgement

__all__ = ["Profile", "load_profile", "profile_names"]

# slower than a crawl would only be a way to say "closed", and that is written 0
_Speed = Annotated[float, Field(ge=1, le=200)]
_SpeedOrClosed = Annotated[float, Field(ge=0, le=200)]
_Seconds = Annotated[float, Field(ge=0, le=3600)]
_Size = Annotated[float, Field(gt=0, le=200)]
_Tag = Annotated[str, Field(min_length=1, max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=False)


class Access(_Part):
    """What the values of access tags mean."""

    closed: frozenset[_Tag] = Field(default=frozenset({"no"}), description="values that close a road")
    restricted: frozenset[_Tag] = Field(
        default=frozenset(), description="values that open a road to the first and the last leg only"
    )
    oneway: bool = Field(
        default=True, description="one-way streets bind (for the vehicles they name, always)"
    )
    oneway_classes: frozenset[_Tag] = Field(
        default=frozenset(), description="classes that are one-way if no tag says otherwise"
    )
    motorroad: bool = Field(default=True, description="roads tagged motorroad=yes are open")


class Vehicle(_Part):
    """What signs about size and weight are held against; what is left out meets no sign."""

    height: _Size | None = Field(default=None, description="m")
    width: _Size | None = Field(default=None, description="m")
    length: _Size | None = Field(default=None, description="m")
    weight: _Size | None = Field(default=None, description="t, laden")
    axle_load: _Size | None = Field(default=None, description="t on the heaviest axle")


class Limit(_Part):
    """How posted limits are driven."""

    mode: Literal["replace", "cap"] = Field(
        default="replace",
        description="replace: factor times the limit is the speed; cap: the limit only bounds the speed",
    )
    factor: float = Field(default=0.8, gt=0, le=1.5, description="part of the limit that is really driven")
    none: _Speed = Field(default=140.0, description='km/h that "no limit" counts as')
    fastest: _Speed = Field(default=200.0, description="km/h that the vehicle never exceeds")


class Turn(_Part):
    """What turns cost, in seconds."""

    penalty: _Seconds = Field(
        default=7.5, description="a turn of 180 degrees; sharp ones cost nearly as much"
    )
    bias: float = Field(default=1.075, ge=0.5, le=2, description="above 1: turns to the far side cost more")
    oncoming: _Seconds = Field(default=2.0, description="crossing oncoming traffic, on top")
    u_turn: _Seconds = Field(default=20.0, description="turning round at a dead end, on top")


class Delay(_Part):
    """Seconds lost at points of a road."""

    traffic_signals: _Seconds = 2.0
    stop: _Seconds = 2.0
    give_way: _Seconds = 1.0
    crossing: _Seconds = 0.0
    level_crossing: _Seconds = 0.0


class Region(_Part):
    """What differs in one region."""

    speed: dict[_Tag, _SpeedOrClosed] = Field(default={}, description="km/h by class, 0 to close it")
    motorroad: bool | None = Field(default=None, description="roads tagged motorroad=yes are open")
    limit: Literal["replace", "cap"] | None = Field(default=None, description="how posted limits are driven")


class Profile(_Part):
    """Who drives where, and how fast: the contents of a profile file.

    Examples
    --------
    >>> car = load_profile("car")
    >>> judgement = car.judge({"highway": "residential", "maxspeed": "30", "oneway": "yes"})
    >>> judgement.forward, judgement.backward, judgement.closed_by
    (24.0, 0.0, '')
    """

    name: str = Field(min_length=1, max_length=100)
    vehicles: tuple[str, ...] = Field(
        min_length=1, description="vehicle kinds of OSM tags, most specific first"
    )
    access: Access = Access()
    vehicle: Vehicle = Vehicle()
    speed: dict[_Tag, _Speed] = Field(min_length=1, max_length=200, description="km/h by class of road")
    permitted_speed: dict[_Tag, _Speed] = Field(
        default={}, max_length=50, description="km/h by class that must be opened by a tag of the vehicle"
    )
    service_speed: dict[_Tag, _SpeedOrClosed] = Field(
        default={}, description="km/h by kind of service road, 0 to close it"
    )
    surface: dict[_Tag, _SpeedOrClosed] = Field(default={}, description="fastest km/h by surface, 0 to close")
    tracktype: dict[_Tag, _SpeedOrClosed] = Field(default={}, description="fastest km/h by tracktype")
    smoothness: dict[_Tag, _SpeedOrClosed] = Field(default={}, description="fastest km/h by smoothness")
    push: _SpeedOrClosed = Field(default=0.0, description="km/h where riders must push; 0: not done")
    limit: Limit = Limit()
    turn: Turn = Turn()
    delay: Delay = Delay()
    traffic_calming: dict[_Tag, _Seconds] = Field(default={}, description="seconds by kind")
    barrier: dict[_Tag, _Seconds] = Field(
        default={}, description="seconds by kind of barrier; the others close the road"
    )
    region: dict[Literal["KR", "KR-11"], Region] = Field(
        default={}, description="what differs, by ISO 3166 code; see o2oroute.road.region"
    )

    @field_validator("vehicles")
    @classmethod
    def _vehicles_are_keys(cls, vehicles: tuple[str, ...]) -> tuple[str, ...]:
        if not all(vehicles) or len(set(vehicles)) < len(vehicles):
            raise ValueError("each must be the key of an OSM tag, and stand there once")
        return vehicles

    @model_validator(mode="after")
    def _regions_know_the_classes(self) -> Profile:
        for code, region in self.region.items():
            unknown = [name for name in region.speed if name not in self.speed]
            if unknown:
                raise ValueError(f"region {code} has a speed for {unknown[0]}, which is not under [speed]")
        return self

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Classes of road that may be driven on."""
        return tuple(dict.fromkeys((*self.speed, *self.permitted_speed)))

    @cached_property
    def ways(self) -> dict[str, tuple[str, ...]]:
        """Tags of the ways that can be of use; see :func:`~o2oroute.osm.pbf.read_osm`."""
        from o2oroute.road.judge import ROUTES

        ways = {"highway": tuple(name for name in self.classes if name not in ROUTES)}
        routes = tuple(name for name in self.classes if name in ROUTES)
        return ways | {"route": routes} if routes else ways

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Tags that :meth:`judge` looks at."""
        from o2oroute.road.judge import way_keys

        return way_keys(self)

    def judge(self, tags: Mapping[str, str]) -> Judgement:
        """Say how fast a road is driven in each direction, from its tags."""
        from o2oroute.road.judge import judge_way

        return judge_way(self, tags)

    def within(self, region: str) -> Profile:
        """Return the profile as it is in a region: what the region, and the country around it, say counts.

        Parameters
        ----------
        region : str
            ISO 3166 code, such as ``"KR-11"``.
        """
        profile = self
        for code in dict.fromkeys((region.split("-", maxsplit=1)[0], region)):
            own = self.region.get(cast("Any", code))
            if own is None:
                continue
            changes: dict[str, Any] = {"speed": profile.speed | own.speed}
            if own.motorroad is not None:
                changes["access"] = profile.access.model_copy(update={"motorroad": own.motorroad})
            if own.limit is not None:
                changes["limit"] = profile.limit.model_copy(update={"mode": own.limit})
            profile = profile.model_copy(update=changes)
        return profile

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """Keys of the nodes that can be of interest."""
        from o2oroute.road.judge_node import NODE_KEYS

        return NODE_KEYS

    @cached_property
    def node_keys(self) -> tuple[str, ...]:
        """Tags of nodes that :meth:`judge_node` looks at."""
        from o2oroute.road.judge_node import node_keys

        return node_keys(self)

    def judge_node(self, tags: Mapping[str, str]) -> NodeJudgement:
        """Say whether a tagged node can be passed, and what that costs."""
        from o2oroute.road.judge_node import judge_node

        return judge_node(self, tags)


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles in the package."""
    folder = files("o2oroute.road") / "profiles"
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    )


def load_profile(profile: str | os.PathLike[str] | Profile) -> Profile:
    """Return a profile by its name or from its TOML file.

    Parameters
    ----------
    profile : str, path-like or Profile
        ``"car"``, or the path of a file that ends in ``.toml``; a profile is returned as it is.

    Raises
    ------
    InputError
        If there is no such profile or its file is wrong; everything that is wrong is in its findings.
    """
    if isinstance(profile, Profile):
        return profile
    text = os.fspath(profile)
    try:
        if text.endswith(".toml"):
            content = Path(text).read_text(encoding="utf-8")
        elif text in profile_names():
            content = (files("o2oroute.road") / "profiles" / f"{text}.toml").read_text(encoding="utf-8")
        else:
            known = ", ".join(profile_names())
            raise InputError(
                f"profile {text!r} is not known; use one of {known}, or the path of a .toml file"
            )
        return _checked(text, tomllib.loads(content))
    except OSError as error:
        raise InputError(f"profile {text} cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"profile {text} is no TOML file: {error}") from error


def _checked(source: str, content: dict[str, Any]) -> Profile:
    try:
        return Profile.model_validate(content)
    except ValidationError as error:
        findings = [_finding(source, detail) for detail in error.errors(include_url=False)]
        raise InputError(findings=findings) from None


#: What is allowed, by type of error; the rest is said in the words of pydantic.
_ALLOWED: Final[Mapping[str, str]] = {
    "bool_parsing": "it must be true or false",
    "bool_type": "it must be true or false",
    "dict_type": "it must be a table",
    "finite_number": "it must be a finite number",
    "float_parsing": "it must be a number",
    "float_type": "it must be a number",
    "frozen_set_type": "it must be a list of texts",
    "greater_than": "it must be more than {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than_equal": "it must be at most {le}",
    "literal_error": "allowed is {expected}",
    "model_type": "it must be a table",
    "string_too_short": "it must not be empty",
    "string_type": "it must be text",
    "too_long": "it may have at most {max_length} entries",
    "too_short": "it must have at least one entry",
    "tuple_type": "it must be a list of texts",
}


def _finding(source: str, detail: ErrorDetails) -> Finding:
    kind, value = detail["type"], detail["input"]
    path = [step for step in detail["loc"] if step != "[key]"]
    pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
    field = path[-1] if path else "profile"
    where = f"in profile {source}"
    if kind == "missing":
        what = _PURPOSES.get(str(field), "see the profile car")
        return Finding("PROFILE", pointer, f"The field {field} is missing {where}.", f"Add it: {what}.")
    if kind == "extra_forbidden":
        known = _fields_at(path[:-1])
        close = difflib.get_close_matches(str(field), known, n=1, cutoff=0.7)
        hint = f"Did you mean {close[0]!r}?" if close else f"Known are {', '.join(known)}."
        return Finding("PROFILE", pointer, f"There is no field {field!r} {where}.", hint, value)
    context = {
        name: int(limit) if isinstance(limit, float) and limit.is_integer() else limit
        for name, limit in detail.get("ctx", {}).items()
    }
    allowed = _ALLOWED[kind].format(**context) if kind in _ALLOWED else detail["msg"]
    if isinstance(value, float) and not math.isfinite(value):
        allowed = _ALLOWED["finite_number"]
    shown = repr(value) if len(repr(value)) <= 80 else f"{repr(value)[:76]} ..."
    message = f"{field} is {shown} {where}; {allowed}."
    return Finding("PROFILE", pointer, message, "Correct it, or compare with the profile car.", value)


_PURPOSES: Final[Mapping[str, str]] = {
    "name": 'name = "my-van"',
    "vehicles": 'the access tags that count, such as vehicles = ["motorcar", "motor_vehicle", "vehicle"]',
    "speed": "a table [speed] with km/h by class of road, such as residential = 25",
}


def _fields_at(path: list[int | str]) -> list[str]:
    """Return the names of the fields of the table at `path`."""
    model: type[BaseModel] = Profile
    for step in path:
        field = model.model_fields.get(str(step))
        if field is None:  # the code of a region
            return list(Region.model_fields)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            model = field.annotation
    return list(model.model_fields)
