"""Profiles: who drives where, and how fast."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from o2oroute.errors import Finding, InputError
from o2oroute.osm.tags import Direction, first_value, oneway, speed_limit

__all__ = ["Judgement", "Profile", "load_profile", "profile_names"]

# slower than a crawl would only be a way to say "closed", and that has its own tags
_Speed = Annotated[float, Field(ge=1, le=200)]


class Judgement(NamedTuple):
    """What a profile says of one combination of tags."""

    #: km/h along the way and against it; 0 where it is closed.
    forward: float
    backward: float
    #: Index into :attr:`Profile.classes`.
    road_class: int
    #: Why both directions are closed, or ``""``.
    closed_by: str


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Limit(_Part):
    """How posted limits are driven."""

    factor: float = Field(default=0.8, gt=0, le=1.5, description="part of the limit that is really driven")
    none: _Speed = Field(default=140.0, description='km/h that "no limit" counts as')


class Turn(_Part):
    """What turns cost."""

    u_turn: float = Field(default=20.0, ge=0, le=3600, description="seconds to turn round at a dead end")


class Profile(_Part):
    """Who drives where, and how fast: the contents of a profile file.

    Examples
    --------
    >>> car = load_profile("car")
    >>> car.judge({"highway": "residential", "maxspeed": "30", "oneway": "yes"})
    Judgement(forward=24.0, backward=0.0, road_class=11, closed_by='')
    """

    name: str = Field(min_length=1, max_length=100)
    vehicles: tuple[str, ...] = Field(
        min_length=1, description="vehicle kinds of OSM tags, most specific first"
    )
    closed: frozenset[str] = Field(
        default=frozenset({"no", "private"}), description="access values that close"
    )
    oneway_classes: frozenset[str] = Field(
        default=frozenset(), description="classes that are one-way untagged"
    )
    # class indices are stored in a byte
    speed: dict[str, _Speed] = Field(min_length=1, max_length=255, description="km/h by highway class")
    service_speed: dict[str, Annotated[float, Field(ge=0, le=200)]] = Field(
        default={}, description="km/h by kind of service road, 0 to close it"
    )
    limit: Limit = Limit()
    turn: Turn = Turn()

    @field_validator("vehicles")
    @classmethod
    def _vehicles_are_keys(cls, vehicles: tuple[str, ...]) -> tuple[str, ...]:
        if not all(vehicles):
            raise ValueError("a vehicle kind is the key of an OSM tag and cannot be empty")
        return vehicles

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Classes of road that are driven on."""
        return tuple(self.speed)

    @cached_property
    def ways(self) -> dict[str, tuple[str, ...]]:
        """Tags of the ways that can be of use; see :func:`~o2oroute.osm.pbf.read_osm`."""
        return {"highway": self.classes}

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Tags that :meth:`judge` looks at."""
        fixed = (
            "highway",
            "area",
            "junction",
            "service",
            "maxspeed",
            "maxspeed:forward",
            "maxspeed:backward",
        )
        return (*fixed, *self._access_keys, *self._oneway_keys)

    @cached_property
    def _access_keys(self) -> tuple[str, ...]:
        return (*self.vehicles, "access")

    @cached_property
    def _oneway_keys(self) -> tuple[str, ...]:
        return (*(f"oneway:{vehicle}" for vehicle in self.vehicles), "oneway")

    def judge(self, tags: Mapping[str, str]) -> Judgement:
        """Say how fast a road is driven in each direction, from its tags."""
        highway = tags.get("highway", "")
        speed = self.speed.get(highway)
        if speed is None:
            return Judgement(0.0, 0.0, 0, "class")
        road_class = self.classes.index(highway)
        if tags.get("area") == "yes":
            return Judgement(0.0, 0.0, road_class, "area")
        if first_value(tags, self._access_keys) in self.closed:
            return Judgement(0.0, 0.0, road_class, "access")
        if highway == "service":
            speed = self.service_speed.get(tags.get("service", ""), speed)
        if speed == 0:
            return Judgement(0.0, 0.0, road_class, "service")
        direction = oneway(tags, self._oneway_keys)
        if direction is Direction.CHANGING:
            return Judgement(0.0, 0.0, road_class, "reversible")
        if direction is None and highway in self.oneway_classes:
            direction = Direction.FORWARD
        forward = self._driven(tags, "maxspeed:forward", speed) if direction != Direction.BACKWARD else 0.0
        backward = self._driven(tags, "maxspeed:backward", speed) if direction != Direction.FORWARD else 0.0
        return Judgement(forward, backward, road_class, "")

    def _driven(self, tags: Mapping[str, str], own_key: str, speed: float) -> float:
        limit = None
        for key in (own_key, "maxspeed"):
            if limit is None and key in tags:
                limit = speed_limit(tags[key])
        if limit is None:
            return float(speed)
        # nobody crawls slower than this, whatever a sign says
        return max(min(limit, self.limit.none) * self.limit.factor, 1.0)


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
        findings = [
            Finding(
                code="PROFILE",
                pointer="".join(f"/{part}" for part in problem["loc"]),
                message=f"{problem['msg']} (found {problem['input']!r}) in profile {source}.",
                action="Compare with the profile car that comes with the package.",
                value=problem["input"],
            )
            for problem in error.errors(include_url=False)
        ]
        raise InputError(findings=findings) from None
