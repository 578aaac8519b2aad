"""Reading what commands take: roads, points, and where they may write."""

from __future__ import annotations

import csv
import math
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from o2oroute.cli.console import progress_bar, say
from o2oroute.errors import Finding, InputError

if TYPE_CHECKING:
    from o2oroute.matrix.travel_matrix import TravelMatrix
    from o2oroute.model.problem import Problem
    from o2oroute.road.network import RoadNetwork

__all__ = ["Travel", "box", "check_writable", "load_roads", "read_day", "read_points", "read_travel"]

_PREPARED = ".o2r"
_COLUMNS = ("id", "lon", "lat")
_TABLES = (".csv", ".tsv")


class Travel(TypedDict, total=False):
    """How vehicles get from place to place, as the library takes it."""

    roads: dict[str, RoadNetwork]
    matrix: TravelMatrix
    straight_line: float


def read_day(
    path: Path,
    *,
    convention: str | None = None,
    strict: bool = False,
    columns: Sequence[str] = (),
    fleet: Path | None = None,
) -> Problem:
    """Read a problem: from one file, or from a table of orders and a file with the vehicles.

    Parameters
    ----------
    path : Path
    convention : str, optional
        For academic files.
    strict : bool
        Raise for orders that cannot be planned, too.
    columns : sequence of str
        ``FIELD=COLUMN`` of a table.
    fleet : Path, optional
        An order file whose vehicles, depots and day a table's orders are for.
    """
    import o2oroute

    if path.suffix.lower() not in _TABLES:
        if columns or fleet is not None:
            raise InputError(f"--columns and --fleet are for tables (.csv, .tsv); {path} is none")
        return o2oroute.read_problem(path, convention=convention, strict=strict)
    if fleet is None:
        raise InputError(f"{path} is a table of orders; name a file with the vehicles: --fleet FLEET.json")
    from o2oroute.formats.json_text import parse_json, read_bytes
    from o2oroute.formats.table import read_orders

    table = read_orders(path, columns=dict(map(_column, columns)), strict=strict)
    for finding in table.findings:
        say(f"left out: {finding}")
    data = parse_json(read_bytes(fleet))
    if not isinstance(data, dict) or data.get("orders"):
        raise InputError(f"{fleet} must be an order file without orders, for they come from {path}")
    return o2oroute.read_problem({**data, "orders": list(table.orders)}, strict=strict)


def _column(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not (field and equals and column):
        raise InputError(f"--columns {text} is no FIELD=COLUMN, such as lat=Latitude")
    return field, column


def read_travel(
    problem: Problem, *, roads: Path | None, matrix: Path | None, straight_line: float | None
) -> Travel:
    """Read the travel that the options name.

    Returns
    -------
    Travel
        To be handed on as keyword arguments; what is not given is not in it.
    """
    travel: Travel = {}
    if matrix is not None:
        from o2oroute.matrix.travel_matrix import TravelMatrix

        travel["matrix"] = TravelMatrix.load(matrix)
    if roads is not None:
        profiles = sorted({vehicle.profile for vehicle in problem.vehicles})
        if roads.suffix != _PREPARED:
            _check_profiles(problem)
        travel["roads"] = load_roads(roads, profiles)
    if straight_line is not None:
        travel["straight_line"] = straight_line
    return travel


def _check_profiles(problem: Problem) -> None:
    """Say before roads are built which vehicles name a profile that is none."""
    from o2oroute.road.profile import profile_names

    known = profile_names()
    findings = [
        Finding(
            "UNKNOWN_PROFILE",
            f"/vehicles/{i}/profile",
            f"profile is {vehicle.profile!r}; allowed are {', '.join(known)} and paths of .toml files.",
            "Correct it, or run o2oroute prepare with --profile FILE.toml for roads of your own profile.",
            vehicle.profile,
        )
        for i, vehicle in enumerate(problem.vehicles)
        if vehicle.profile not in known and not vehicle.profile.endswith(".toml")
    ]
    if findings:
        raise InputError(findings=findings)


def load_roads(
    path: Path, profiles: Iterable[str], *, bbox: tuple[float, float, float, float] | None = None
) -> dict[str, RoadNetwork]:
    """Return the networks of a prepared file, or build them from an OpenStreetMap file.

    Parameters
    ----------
    path : Path
        ``city.o2r`` or an OpenStreetMap file.
    profiles : iterable of str
        The profiles to build; from a prepared file all that it holds are returned.
    bbox : tuple of float, optional
        West, south, east, north: only the roads there.

    Returns
    -------
    dict of str to RoadNetwork
        By profile, as it was asked for.
    """
    from o2oroute.formats.network_file import load_networks
    from o2oroute.road.network import RoadNetwork

    if path.suffix == _PREPARED:
        return load_networks(path)
    networks = {}
    for profile in profiles:
        begin = time.monotonic()
        with progress_bar(f"{path.name}: roads for {profile}") as progress:
            network = RoadNetwork.from_osm(path, profile=profile, bbox=bbox, progress=progress)
        networks[profile] = network
        seconds = time.monotonic() - begin
        say(f"{path.name}: {network.segments} road segments for {network.profile}: {seconds:.1f} s")
    return networks


def box(text: str | None) -> tuple[float, float, float, float] | None:
    """Return the box of a ``W,S,E,N`` option."""
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"--bbox {text} is not four numbers W,S,E,N in degrees, such as 24.93,60.16,24.96,60.18"
        ) from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InputError(
            f"--bbox {text} is no box: west must lie before east and south before north, all in degrees"
        )
    return west, south, east, north


def read_points(path: Path) -> tuple[list[str], list[tuple[float, float]]]:
    """Read a CSV file of points.

    Parameters
    ----------
    path : Path
        With the columns id, lon and lat; others are left alone.

    Returns
    -------
    ids : list of str
    points : list of (float, float)
        Longitude and latitude in degrees.

    Raises
    ------
    InputError
        With a finding for each row that is wrong.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise InputError(
                    f"{path} has no column {', '.join(missing)}; its first line must be {','.join(_COLUMNS)}"
                )
            rows = [(reader.line_num, row) for row in reader]
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; give a CSV file with the columns id,lon,lat") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no CSV file: {error}") from None
    findings, ids, points = [], [], []
    for line, row in rows:
        try:
            lon, lat = float(row["lon"]), float(row["lat"])
        except (TypeError, ValueError):
            lon = lat = math.nan
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            given = f"lon {row['lon']!r}, lat {row['lat']!r}"
            findings.append(
                Finding(
                    "POINT", "", f"{path}:{line} has {given}.", "Give degrees: lon -180..180, lat -90..90."
                )
            )
        ids.append(str(row["id"]))
        points.append((lon, lat))
    if not rows:
        raise InputError(f"{path} has no points; give one line id,lon,lat for each")
    if findings:
        raise InputError(findings=findings)
    return ids, points


def check_writable(paths: Sequence[Path | None]) -> None:
    """Say before the work, not after it, that a result could not be written."""
    for path in paths:
        if path is None:
            continue
        folder = path.parent
        if not folder.is_dir():
            raise InputError(f"{path} cannot be written: there is no folder {folder}; make it first")
        if path.is_dir():
            raise InputError(f"{path} cannot be written: it is a folder; name a file")
        if not os.access(path if path.exists() else folder, os.W_OK):
            raise InputError(f"{path} cannot be written: permission denied; choose another place")
