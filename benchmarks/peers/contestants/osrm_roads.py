"""Contestant: OSRM's routes on contraction hierarchies, through its own Python bindings.

Needs ``osrm-bindings``. Two commands, each of which ends when it is done::

    osrm_roads.py prepare EXTRACT FOLDER THREADS   seconds of each step as JSON on standard output
    osrm_roads.py route FOLDER ASKED ANSWERED      one JSON line in, one out

A line that is asked has ``coordinates`` and, optionally, ``bearings`` and ``radiuses``; its answer has
``snapped`` positions, ``legs`` with duration, distance and OpenStreetMap nodes, or nothing where OSRM finds
no way.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import osrm
from common import Stopwatch


def osrm_tool(name: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "osrm", name, *arguments], check=True, stdout=subprocess.DEVNULL)


def prepare(extract: Path, folder: Path, threads: str) -> None:
    profile = Path(osrm.__file__).parent / "share" / "profiles" / "car.lua"
    # its files are written beside the extract
    shutil.copyfile(extract, folder / "roads.osm.pbf")
    watch = Stopwatch()
    osrm_tool(
        "extract", "--threads", threads, "--profile", os.fspath(profile), os.fspath(folder / "roads.osm.pbf")
    )
    watch.lap("extract")
    osrm_tool("contract", "--threads", threads, os.fspath(folder / "roads.osrm"))
    watch.lap("contract")
    print(json.dumps({"name": f"OSRM {version('osrm-bindings')}", "seconds": watch.laps}))


def route(folder: Path, asked: Path, answered: Path) -> None:
    engine = osrm.OSRM(
        storage_config=os.fspath(folder / "roads.osrm"),
        algorithm="CH",
        use_shared_memory=False,
        max_locations_viaroute=-1,
    )
    with asked.open() as questions, answered.open("w") as answers:
        for line in questions:
            answers.write(json.dumps(answer(engine, json.loads(line))) + "\n")


def answer(engine: osrm.OSRM, asked: dict[str, Any]) -> dict[str, Any]:
    question = osrm.RouteParameters(
        coordinates=[tuple(point) for point in asked["coordinates"]],
        bearings=[None if bearing is None else tuple(bearing) for bearing in asked.get("bearings", [])],
        radiuses=asked.get("radiuses", []),
        annotations=["nodes"],
        overview="false",
    )
    question.generate_hints = False
    try:
        found = engine.Route(question)
    except RuntimeError:
        return {}
    return {
        "snapped": [list(point["location"]) for point in found["waypoints"]],
        "legs": [
            {
                "duration": leg["duration"],
                "distance": leg["distance"],
                "nodes": list(leg["annotation"]["nodes"]),
            }
            for leg in found["routes"][0]["legs"]
        ],
    }


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "prepare":
        prepare(Path(arguments[0]), Path(arguments[1]), arguments[2])
    else:
        route(*map(Path, arguments))
