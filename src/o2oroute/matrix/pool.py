"""Blocks of work over a pool of threads, left cleanly by Ctrl-C or an error."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import Final, TypeVar

from o2oroute.errors import InputError
from o2oroute.road.network import Progress

__all__ = ["run_blocks", "thread_count"]

#: Seconds after which the waiting thread looks for Ctrl-C.
_LOOK: Final = 0.1

Memory = TypeVar("Memory")


def thread_count(threads: int) -> int:
    """Return the number of threads that is meant: 0 is one for each processor at hand.

    Raises
    ------
    InputError
        If it is negative.
    """
    if threads < 0:
        raise InputError(f"threads is {threads}; it must be 0 (all processors) or more")
    if threads:
        return threads
    if hasattr(os, "sched_getaffinity"):  # what this process may use, not what the machine has
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_blocks(
    compute: Callable[[int, int, Memory], None],
    blocks: Sequence[tuple[int, int]],
    *,
    make_memory: Callable[[], Memory],
    threads: int,
    progress: Progress | None,
    scale: int = 1,
    total: int,
) -> None:
    """Compute blocks, several at a time.

    Parameters
    ----------
    compute : callable
        Called as ``compute(begin, end, memory)``, in any thread; no two calls share a memory at one time.
    blocks : sequence of (int, int)
    make_memory : callable
        Gives the memory of one thread.
    threads : int
        At least 1.
    progress : callable, optional
        Called in this thread as ``progress(done, total)``.
    scale, total : int
        How many of what progress counts one unit of a block is, and how many there are in all.
    """
    threads = min(threads, len(blocks))
    if threads <= 1:
        _run_here(compute, blocks, make_memory(), progress=progress, scale=scale, total=total)
        return
    free: SimpleQueue[Memory] = SimpleQueue()
    for _ in range(threads):
        free.put(make_memory())

    def work(begin: int, end: int) -> int:
        memory = free.get()
        try:
            compute(begin, end, memory)
        finally:
            free.put(memory)
        return end - begin

    pool = ThreadPoolExecutor(threads, thread_name_prefix="o2oroute-matrix")
    try:
        pending = {pool.submit(work, *block) for block in blocks}
        done_units = 0
        while pending:
            # a wait without end could not be left by Ctrl-C on every platform
            done, pending = wait(pending, timeout=_LOOK, return_when=FIRST_COMPLETED)
            done_units += sum(future.result() for future in done)
            if done and progress is not None:
                progress(min(done_units * scale, total), total)
    finally:
        # after an error or Ctrl-C only the blocks that already run are finished
        pool.shutdown(cancel_futures=True)


def _run_here(
    compute: Callable[[int, int, Memory], None],
    blocks: Sequence[tuple[int, int]],
    memory: Memory,
    *,
    progress: Progress | None,
    scale: int,
    total: int,
) -> None:
    """Compute blocks in the calling thread, which sees Ctrl-C after each."""
    done_units = 0
    for begin, end in blocks:
        compute(begin, end, memory)
        done_units += end - begin
        if progress is not None:
            progress(min(done_units * scale, total), total)
