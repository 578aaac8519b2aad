"""``o2oroute prepare``: build road networks once and keep them in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from o2oroute.cli.console import say
from o2oroute.cli.inputs import box, check_writable, load_roads
from o2oroute.errors import InputError

__all__ = ["prepare"]


def prepare(
    source: Annotated[
        Path, typer.Argument(metavar="CITY.osm.pbf", help="OpenStreetMap file: .osm.pbf, .osm or .osm.gz.")
    ],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="CITY.o2r", help="Where the prepared roads go.")
    ],
    profile: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Who drives: a built-in profile or a .toml file; may be repeated."),
    ] = None,
    bbox: Annotated[
        str | None,
        typer.Option(metavar="W,S,E,N", help="Keep only the roads in this box and 1 km around it."),
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Tell what was used and what was left out, and why.")
    ] = False,
) -> None:
    """Build the roads of an OpenStreetMap file once, for later runs to load at once."""
    from o2oroute.formats.network_file import save_network

    clip = box(bbox)
    if source.suffix == ".o2r":
        raise InputError(f"{source} is prepared already; give the OpenStreetMap file that it was made from")
    check_writable([output])
    networks = load_roads(source, profile or ["car"], bbox=clip)
    save_network(networks.values(), output)
    if report:
        typer.echo("\n\n".join(str(network.meta["report"]) for network in networks.values()))
    names = ", ".join(network.profile for network in networks.values())
    say(f"{output}: {names}, {output.stat().st_size / 1e6:.1f} MB")
