"""Contestant: o2oroute's roads, from the file to a network, kept and loaded again.

``o2oroute_roads.py EXTRACT FOLDER`` prints the seconds of each step and the peak of the memory as JSON.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from o2oroute.formats.network_file import load_network, save_network
from o2oroute.matrix.hierarchy import metric_of
from o2oroute.road import build
from o2oroute.road.network import RoadNetwork

LOADS = 9


def peak_bytes() -> int:
    status = Path("/proc/self/status")
    if status.exists():  # getrusage counts what the parent had before this program began
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return 1024 * int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    extract, folder = Path(sys.argv[1]), Path(sys.argv[2])
    order: list[float] = []
    dissect = build.nested_dissection

    def timed_order(*arguments: Any) -> Any:
        start = time.perf_counter()
        rank = dissect(*arguments)
        order.append(time.perf_counter() - start)
        return rank

    build.nested_dissection = timed_order
    start = time.perf_counter()
    network = RoadNetwork.from_osm(extract, profile="car")
    whole = time.perf_counter() - start
    peak = peak_bytes()
    start = time.perf_counter()
    metric_of(network)
    contract = time.perf_counter() - start
    save_network(network, folder / "roads.o2r")
    loads = []
    for _ in range(LOADS):
        start = time.perf_counter()
        load_network(folder / "roads.o2r")
        loads.append(time.perf_counter() - start)
    print(
        json.dumps(
            {
                "name": f"o2oroute {version('o2oroute')}",
                "seconds": {
                    "read and build": whole - sum(order),
                    "order": sum(order),
                    "contract": contract,
                    "load": statistics.median(loads),
                },
                "peak": peak,
                "report": network.meta["report"],
            }
        )
    )


main()
