"""Options that several commands take alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

__all__ = ["Columns", "Convention", "Fleet", "Orders", "Roads", "StraightLine"]

Orders: TypeAlias = Annotated[
    Path, typer.Argument(metavar="ORDERS.json", help="Order file, or an academic instance.")
]
Roads: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="CITY.o2r|CITY.osm.pbf", help="Prepared roads or an OpenStreetMap file."),
]
StraightLine: TypeAlias = Annotated[
    float | None, typer.Option(metavar="KMH", help="Straight lines at this speed instead of roads.")
]
Convention: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="How an academic file's distances are rounded.")
]
Fleet: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FLEET.json", help="Vehicles and depots for a table of orders (.csv, .tsv)."),
]
Columns: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="FIELD=COLUMN", help="Which column of a table holds a field; may be repeated."),
]
