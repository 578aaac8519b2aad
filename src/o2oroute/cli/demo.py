"""``o2oroute demo``: plan the example inside the package, or a made-up day in any named place."""

from __future__ import annotations

import json
import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from o2oroute.cli.console import say
from o2oroute.cli.exits import Exit, leave
from o2oroute.cli.inputs import Travel, load_roads
from o2oroute.cli.sample import sample_orders
from o2oroute.cli.search import find_plan
from o2oroute.cli.solve import write_results

__all__ = ["demo"]

_ROADS = "helsinki_center.osm.pbf"
_ORDERS = "helsinki_orders.json"


def demo(
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the files go.")] = Path("demo-out"),
    place: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help='A place to download the roads of instead, such as "Mapo-gu, Seoul".'
        ),
    ] = None,
    time_limit: Annotated[float, typer.Option(metavar="SECONDS", help="For the search.")] = 5.0,
) -> None:
    """Plan 60 deliveries of five vans in the centre of Helsinki: plan.json, plan.geojson and plan.html.

    The orders and roads are put beside them, to start your own from.
    """
    import o2oroute

    out.mkdir(parents=True, exist_ok=True)
    orders = out / "orders.json"
    travel: Travel
    if place is None:
        _copy(_ORDERS, orders)
        _copy(_ROADS, out / "city.osm.pbf")
        travel = {"roads": load_roads(out / "city.osm.pbf", ["car"])}
    else:
        network = o2oroute.RoadNetwork.from_place(place)
        orders.write_text(json.dumps(sample_orders(network, name=place), indent=1) + "\n", encoding="utf-8")
        o2oroute.save_network(network, out / "city.o2r")
        travel = {"roads": {network.profile: network}}
    plan = find_plan(
        o2oroute.read_problem(orders), travel, engine="combined", time_limit=time_limit, seed=1, strict=True
    )
    files_of_plan = {name: out / f"plan.{name}" for name in ("json", "geojson", "html")}
    write_results(
        plan,
        travel,
        output=files_of_plan["json"],
        geojson=files_of_plan["geojson"],
        map_file=files_of_plan["html"],
    )
    for path in files_of_plan.values():
        say(str(path))
    if plan.run.interrupted:
        leave(Exit.INTERRUPTED)


def _copy(name: str, target: Path) -> None:
    with as_file(files("o2oroute") / "data" / name) as source:
        shutil.copyfile(source, target)
