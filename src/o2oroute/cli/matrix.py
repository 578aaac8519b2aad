"""``o2oroute matrix``: travel times and lengths between the points of a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from o2oroute.cli.console import progress_bar, say
from o2oroute.cli.inputs import check_writable, load_roads, read_points
from o2oroute.errors import InputError

__all__ = ["matrix"]


def matrix(
    roads: Annotated[
        Path, typer.Argument(metavar="CITY.o2r|CITY.osm.pbf", help="Prepared roads or an OpenStreetMap file.")
    ],
    points: Annotated[Path, typer.Argument(metavar="POINTS.csv", help="CSV file with columns id,lon,lat.")],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="MATRIX.npz", help="Where the matrix goes.")
    ],
    profile: Annotated[str, typer.Option(metavar="NAME", help="Who drives.")] = "car",
    threads: Annotated[int, typer.Option(min=0, help="0: one for each processor.")] = 0,
    distances: Annotated[bool, typer.Option(help="Compute lengths too.")] = True,
) -> None:
    """Compute travel times (s) and lengths (m) from each point to each point.

    The file has the arrays durations, distances, points and snap_distance; inf where there is no way.
    """
    from o2oroute.road.profile import load_profile

    check_writable([output])
    ids, places = read_points(points)
    networks = load_roads(roads, [profile])
    network = networks.get(profile)
    if network is None and profile.endswith(".toml"):
        network = networks.get(load_profile(profile).name)
    if network is None:
        raise InputError(f"{roads} does not hold profile {profile!r} but {', '.join(networks)}")
    with progress_bar(f"matrix of {len(places)} points") as progress:
        result = network.matrix(places, distances=distances, threads=threads, progress=progress)
    if result.snap_distance is not None:
        far = [ids[i] for i, metres in enumerate(result.snap_distance) if not metres <= 1000]
        for name in far:
            say(f"warning: point {name} is farther than 1000 m from any road; its row and column are inf")
    result.save(output)
    say(f"{output}: {len(places)} x {len(places)}")
