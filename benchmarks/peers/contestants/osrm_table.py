"""Contestant: OSRM's table service on contraction hierarchies, through its own Python bindings.

Needs ``osrm-bindings``. The time is that of the call to ``Table``; turning its answer into numpy arrays is
not counted.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import osrm
from common import Answer, Job, Question, Stopwatch, run


def osrm_tool(name: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "osrm", name, *arguments], check=True, stdout=subprocess.DEVNULL)


def as_array(rows: osrm.Array) -> np.ndarray:
    return np.array([[np.nan if cell is None else cell for cell in row] for row in rows], dtype=np.float64)


def prepare(job: Job) -> tuple[str, dict[str, float], Answer]:
    profile = Path(osrm.__file__).parent / "share" / "profiles" / "car.lua"
    extract = job.folder / "osrm" / job.extract.name
    extract.parent.mkdir()
    shutil.copyfile(job.extract, extract)
    base = os.fspath(extract).removesuffix(".osm.pbf") + ".osrm"
    watch = Stopwatch()
    osrm_tool("extract", "--threads", "1", "--profile", os.fspath(profile), os.fspath(extract))
    watch.lap("extract")
    osrm_tool("contract", "--threads", "1", base)
    watch.lap("contract")
    engine = osrm.OSRM(
        storage_config=base, algorithm="CH", use_shared_memory=False, max_locations_distance_table=-1
    )
    watch.lap("load")

    def answer(asked: Question) -> None:
        question = osrm.TableParameters(
            coordinates=[tuple(point) for point in asked.points.tolist()],
            annotations=["duration", "distance"] if asked.distances else ["duration"],
        )
        question.generate_hints = False
        with asked.timed():
            table = engine.Table(question)
        if asked.save is not None:
            asked.done(
                as_array(table["durations"]), as_array(table["distances"]) if asked.distances else None
            )

    return f"OSRM {version('osrm-bindings')} (car.lua, CH)", watch.laps, answer


run(prepare)
