"""A child process that searches, and what its parent hears of it.

Started by its module name with the parent's interpreter and paths, never by ``multiprocessing``, which runs
the caller's script again where that has no main guard.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Any, Final, Self

__all__ = ["Child"]

#: Seconds after which a parent that hears nothing looks up, for its deadline, Ctrl-C and progress.
_LOOK: Final = 0.1


class Child:
    """A running child; leaving the ``with`` block ends it.

    Parameters
    ----------
    module : str
        What to run, as ``python -m``.
    settings : dict
        Written to the child as one line of JSON,
    data : bytes
        and this after it.

    Raises
    ------
    OSError
        If the process cannot be started.
    """

    def __init__(self, module: str, settings: dict[str, Any], data: bytes) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed on leaving
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                # -P: nothing in the working directory stands in for a module of the child
                [sys.executable, "-P", "-m", module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                env=os.environ | {"PYTHONPATH": paths},
            )
        except BaseException:
            self._stderr.close()
            raise
        assert self._process.stdin is not None  # noqa: S101 - pipes were asked for
        assert self._process.stdout is not None  # noqa: S101
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        request = json.dumps(settings).encode() + b"\n" + data
        # pipes are filled and emptied aside, so that neither process ever waits for the other
        self._threads = [
            threading.Thread(target=_feed, args=(self._process.stdin, request), daemon=True),
            threading.Thread(target=_listen, args=(self._process.stdout, self._lines), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        """Return the child."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for thread in self._threads:  # the pipes are closed at their other end
            thread.join()
        self._stderr.close()

    def messages(self, deadline: float) -> Iterator[dict[str, Any] | None]:
        """Yield what the child writes until it ends or the deadline; None now and then while it is silent.

        Parameters
        ----------
        deadline : float
            Moment of ``time.monotonic``.
        """
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=min(left, _LOOK))
            except queue.Empty:
                yield None
                continue
            if line is None:
                return
            try:
                yield json.loads(line)
            except ValueError:  # a process that dies may leave half a line
                return

    def last_words(self) -> str:
        """Return how a child ended that was not asked to: its exit code and the end of its error output."""
        code = self._process.wait()
        self._stderr.seek(0)
        lines = self._stderr.read().decode(errors="replace").strip().splitlines()
        return f"exit code {code}" + (f": {lines[-1]}" if lines else "")


def _feed(pipe: IO[bytes], request: bytes) -> None:
    try:
        with pipe:
            pipe.write(request)
    except OSError:  # the child is gone; whoever listens to it will find out
        pass


def _listen(pipe: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    with pipe:
        for line in pipe:
            lines.put(line)
    lines.put(None)
