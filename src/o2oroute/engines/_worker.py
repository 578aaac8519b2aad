"""The child process of the OR-Tools engine: ``python -m o2oroute.engines._worker``, started by ``child.py``.

Reads one line of JSON (settings and first routes) and the arrays from its standard input; writes lines of
JSON to its standard output, ``{"routes": ...}`` for every better set and ``{"done": ...}`` at the end.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Sequence
from typing import Any

from o2oroute.engines import ortools
from o2oroute.engines.routing_arrays import RoutingArrays


def _write(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def _write_routes(routes: Sequence[Sequence[int]]) -> None:
    _write({"routes": routes})


def main() -> None:
    """Do what the parent asks; it ends this process when it has had enough."""
    # Ctrl-C reaches all processes of a terminal; this one leaves it to its parent
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = json.loads(sys.stdin.buffer.readline())
    arrays = RoutingArrays.from_bytes(sys.stdin.buffer.read())
    _write({"done": ortools.search(arrays, settings.pop("routes"), _write_routes, **settings)})


if __name__ == "__main__":
    main()
