"""What each contestant shares: the job it reads, how it is timed, and what it writes.

Runs under the interpreter of the contestant, so it needs numpy and nothing else.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np


class Stopwatch:
    """Seconds of named steps, one after the other."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now


@dataclass
class Task:
    """One matrix to compute, once."""

    name: str
    points: np.ndarray
    distances: bool
    folder: Path
    seconds: list[float]

    @contextmanager
    def timed(self) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds.append(time.perf_counter() - start)

    def done(self, durations: np.ndarray, distances: np.ndarray | None) -> None:
        parts = (
            {"durations": durations}
            if distances is None
            else {"durations": durations, "distances": distances}
        )
        np.savez(self.folder / f"{self.name}.npz", **parts)


@dataclass
class Job:
    """What the coordinator asks of one contestant."""

    folder: Path
    extract: Path
    sizes: list[int]
    repeat: int
    threads: int
    points: np.ndarray
    result: dict[str, Any] = field(default_factory=dict)

    def prepared(self, name: str, laps: dict[str, float]) -> None:
        """Say who this is, and how long each step of the preparation took."""
        self.result = {"name": name, "prepare": laps, "matrix": {}}

    def tasks(self) -> Iterator[Task]:
        """Yield each matrix as often as it is to be timed."""
        for size in self.sizes:
            for distances in (False, True):
                name = f"{size}-{'distances' if distances else 'durations'}"
                seconds = self.result["matrix"].setdefault(name, [])
                for _ in range(self.repeat):
                    yield Task(name, self.points[:size], distances, self.folder, seconds)


def run(main: Callable[[Job], None]) -> None:
    """Read the job from the folder given on the command line, do it, and write the result there."""
    folder = Path(sys.argv[1])
    job = json.loads((folder / "job.json").read_text())
    ready = Job(
        folder=folder,
        extract=Path(job["extract"]),
        sizes=job["sizes"],
        repeat=job["repeat"],
        threads=job["threads"],
        points=np.load(job["points"]),
    )
    main(ready)
    (folder / "result.json").write_text(json.dumps(ready.result, indent=1))
