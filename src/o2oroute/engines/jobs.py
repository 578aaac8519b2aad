"""Waiting for threads that search, with progress and Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, wait
from threading import Event
from typing import Any, Final, TypeVar

__all__ = ["await_all", "outcomes"]

T = TypeVar("T")

#: Seconds between two looks for Ctrl-C and at the clock,
_LOOK: Final = 0.05
#: and between two reports.
_REPORT: Final = 0.2


def await_all(jobs: Sequence[Future[T]], stop: Event, tell: Callable[[], object]) -> None:
    """Wait until all jobs are done.

    Parameters
    ----------
    jobs : sequence of Future
    stop : Event
        Set when Ctrl-C or an error of `tell` comes through; then those that run are waited for, and those
        that have not begun are cancelled.
    tell : callable
        Called now and then without arguments.
    """
    left: Any = jobs
    told = time.monotonic()
    try:
        while left:
            _, left = wait(left, timeout=_LOOK)
            if time.monotonic() - told >= _REPORT:
                told = time.monotonic()
                tell()
    except BaseException:
        stop.set()
        for job in jobs:
            job.cancel()
        wait(jobs)
        raise


def outcomes(jobs: Iterable[Future[T]]) -> list[T]:
    """Return what came of those of some finished jobs that were neither cancelled nor failed."""
    return [job.result() for job in jobs if not job.cancelled() and job.exception() is None]
