"""How the time of a matrix grows with its points and with the roads, and how near it is to the limit.

    python benchmarks/scaling.py EXTRACT.osm.pbf [...] --sizes 100 1000 10000

writes ``bench-out/scaling.md``. All on one thread and in seconds of processor time, which other programs on
the machine disturb less than time on the clock; the least of several runs.

Columns: arcs of the hierarchy that a sweep goes over (the targets' closure); times for durations and for
durations and distances, from coordinates; nanoseconds a cell; additions and comparisons of one lane
(a *step*) that were done in a nanosecond of the durations; and the part of that time that merely filling
fresh memory of the size of the output takes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from o2oroute._core import ManyLanes, Selection, Sweep
from o2oroute.matrix.hierarchy import metric_of, seeds_of
from o2oroute.road.geometry import E7
from o2oroute.road.network import RoadNetwork

ROOT = Path(__file__).resolve().parents[1]
HEAD = (
    "| extract | nodes | points | output MB | arcs swept | durations s | ns a cell | both s | ns a cell | "
    "steps a ns | filling |\n" + "|---" * 11 + "|"
)
#: Bytes of the largest matrix that is computed with distances.
MOST = 4_000_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how matrices scale.")
    parser.add_argument("extracts", type=Path, nargs="+")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 2000, 5000, 10_000, 20_000])
    parser.add_argument("--out", type=Path, default=ROOT / "bench-out" / "scaling.md")
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    lines = [HEAD]
    for extract in options.extracts:
        for line in measure(extract, options.sizes):
            print(line, flush=True)
            lines.append(line)
            options.out.write_text("\n".join(lines) + "\n")


def measure(extract: Path, sizes: list[int]) -> Iterator[str]:
    network = RoadNetwork.from_osm(extract)
    chance = np.random.default_rng(1)
    junction = chance.integers(0, network.junction_lon.size, max(sizes))
    near = np.stack((network.junction_lon[junction], network.junction_lat[junction]), axis=1) / E7
    points = near + chance.normal(0.0, 0.00045, near.shape)
    network.snap(points[:1])
    for size in sizes:
        yield row(extract.name.split(".")[0], network, points[:size])


def row(name: str, network: RoadNetwork, points: np.ndarray) -> str:
    metric, size = metric_of(network), len(points)
    seeds = seeds_of(metric.graph, network.snap(points))
    selection = Selection(metric.hierarchy, seeds)
    arcs = selection.arcs
    lanes = ManyLanes(Sweep(metric, selection, lengths=False), seeds)

    def seconds(*, distances: bool) -> float:
        if size * size * (8 if distances else 4) > MOST:
            return float("nan")
        return least(lambda: network.matrix(points, distances=distances, threads=1), size)

    alone, both = seconds(distances=False), seconds(distances=True)
    filling = least(lambda: np.empty((size, size), np.float32).fill(1.0), size)
    steps = lanes.groups * lanes.width * arcs
    return (
        f"| {name} | {network.node_ms.size:,} | {size:,} | {size**2 * 4 / 1e6:,.1f} | {arcs:,} | "
        f"{alone:.4f} | {alone / size**2 * 1e9:.1f} | {both:.4f} | {both / size**2 * 1e9:.1f} | "
        f"{steps / alone / 1e9:.1f} | {filling / alone:.0%} |"
    )


def least(compute: Callable[[], object], size: int) -> float:
    """Return the least processor time of some runs, more of them where they are short."""
    found = []
    for _ in range(3 if size > 2000 else 10):
        start = time.process_time()
        result = compute()
        found.append(time.process_time() - start)
        del result
    return min(found)


if __name__ == "__main__":
    main()
