"""What the contestants share: the job they read, the questions they answer, how they are timed.

Runs under the interpreter of the contestant, so it needs numpy and nothing else. A contestant prepares
itself, says so, and then answers questions from standard input, one line of JSON each, so that the
coordinator can ask all contestants in turn.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

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
class Question:
    """Something to compute once, and what is to be said about it."""

    kind: str
    points: np.ndarray
    distances: bool
    threads: int
    save: str | None
    answer: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def timed(self) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.answer["seconds"] = time.perf_counter() - start

    def done(self, durations: np.ndarray, distances: np.ndarray | None = None) -> None:
        """Keep the numbers, if they are asked for."""
        if self.save is not None:
            parts = {"durations": durations, "distances": distances}
            np.savez(self.save, **{name: part for name, part in parts.items() if part is not None})


@dataclass
class Job:
    """What the coordinator tells a contestant at the start."""

    folder: Path
    extract: Path
    #: Longitude and latitude of all points.
    points: np.ndarray
    #: The routing graph of o2oroute and the node nearest to each point, for those without own roads.
    graph: Path


Answer = Callable[[Question], None]
Prepare = Callable[[Job], tuple[str, dict[str, float], Answer]]


def run(prepare: Prepare) -> None:
    """Prepare the job named on the command line, then answer question after question."""
    talk = _own_output()
    job = json.loads((Path(sys.argv[1]) / "job.json").read_text())
    points = np.load(job["points"])
    name, laps, answer = prepare(Job(Path(sys.argv[1]), Path(job["extract"]), points, Path(job["graph"])))
    print(json.dumps({"name": name, "prepare": laps}), file=talk, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        question = Question(
            asked["kind"], points[: asked["size"]], asked["distances"], asked["threads"], asked["save"]
        )
        answer(question)
        print(json.dumps(question.answer), file=talk, flush=True)


def _own_output() -> TextIO:
    """Keep standard output for the answers; whatever else is printed goes to standard error."""
    talk = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return talk
