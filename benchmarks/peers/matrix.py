"""Travel matrices side by side with peers: time as a ratio, numbers as relative differences.

    python benchmarks/peers/matrix.py milan.osm.pbf --sizes 100 500

See README.md in this folder for the protocol. Each contestant runs in a process of its own, under its own
interpreter, one after the other, on one thread, on the same coordinates.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from o2oroute.road.geometry import E7
from o2oroute.road.network import RoadNetwork

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

#: Pairs nearer than this say more about rounding and snapping than about roads.
SHORTEST = 60.0
#: Standard deviation of the distance from a junction to a point, in degrees of latitude (about 50 m).
SPREAD = 0.00045


@dataclass(frozen=True)
class Contestant:
    """A script in ``contestants/`` and what its interpreter must have installed."""

    script: str
    #: None: it runs under the interpreter that runs this script.
    packages: tuple[str, ...] = ()


CONTESTANTS = {
    "o2oroute": Contestant("o2oroute_matrix.py"),
    "osrm": Contestant("osrm_table.py", ("osrm-bindings", "numpy")),
}


def main() -> None:
    options = parse_options()
    peers = {name: interpreter_for(CONTESTANTS[name], options.peer_python) for name in options.peers}
    with tempfile.TemporaryDirectory(prefix="o2oroute-peers-") as scratch:
        points = Path(scratch) / "points.npy"
        np.save(points, random_points(options.extract, max(options.sizes), options.seed))
        job = {
            "extract": os.fspath(options.extract.resolve()),
            "sizes": options.sizes,
            "repeat": options.repeat,
            "threads": 1,
            "points": os.fspath(points),
        }
        ours = contest("o2oroute", sys.executable, job, Path(scratch))
        results = [compare(ours, contest(name, python, job, Path(scratch))) for name, python in peers.items()]
    report = {
        "extract": options.extract.name,
        "seed": options.seed,
        "repeat": options.repeat,
        "ours": ours.result,
        "peers": results,
    }
    options.out.mkdir(parents=True, exist_ok=True)
    base = options.out / f"peers-matrix-{options.extract.name.split('.')[0]}"
    base.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    table = as_markdown(report)
    base.with_suffix(".md").write_text(table)
    print(table)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare travel matrices with peers.")
    parser.add_argument("extract", type=Path, help="an .osm.pbf file")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 500], help="numbers of points")
    parser.add_argument(
        "--peers", nargs="+", default=["osrm"], choices=sorted(set(CONTESTANTS) - {"o2oroute"})
    )
    parser.add_argument("--repeat", type=int, default=3, help="times that each matrix is computed")
    parser.add_argument("--seed", type=int, default=1, help="of the random points")
    parser.add_argument(
        "--peer-python",
        default=os.environ.get("O2OROUTE_PEER_PYTHON"),
        help="Python 3.12 or newer for the peers' environment (default: $O2OROUTE_PEER_PYTHON or a search)",
    )
    parser.add_argument("--out", type=Path, default=ROOT / "bench-out")
    options = parser.parse_args()
    if not options.extract.is_file():
        parser.error(f"{options.extract} does not exist")
    return options


def random_points(extract: Path, count: int, seed: int) -> np.ndarray:
    """Return positions near random junctions, so that every contestant finds a road nearby."""
    network = RoadNetwork.from_osm(extract, profile="car")
    chance = np.random.default_rng(seed)
    junction = chance.integers(0, network.junction_lon.size, count)
    near = np.stack((network.junction_lon[junction], network.junction_lat[junction]), axis=1) / E7
    stretch = np.stack((1 / np.cos(np.radians(near[:, 1])), np.ones(count)), axis=1)
    return near + chance.normal(0.0, SPREAD, near.shape) * stretch


# --- interpreters ---


def interpreter_for(contestant: Contestant, wanted: str | None) -> str:
    """Return an interpreter that has the contestant's packages, in an environment made at first use."""
    if not contestant.packages:
        return sys.executable
    folder = ROOT / ".venv-peers"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        base = wanted or newer_python()
        subprocess.run([base, "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *contestant.packages], check=True)
    return os.fspath(python)


def newer_python() -> str:
    """Find a Python of 3.12 or newer: this one, one on the path, or one installed beside this one."""
    beside = sorted(Path(sys.base_prefix).parent.glob("3.1[2-9]*/bin/python3"))
    on_path = [shutil.which(f"python3.{minor}") for minor in range(12, 20)]
    for candidate in (sys.executable, *on_path, *map(os.fspath, beside)):
        if candidate and is_newer(candidate):
            return candidate
    raise SystemExit("no Python 3.12 or newer was found for the peers; name one with --peer-python")


def is_newer(python: str) -> bool:
    # some commands of that name only say that the version is not installed
    check = "import sys; sys.exit(sys.version_info < (3, 12))"
    return subprocess.run([python, "-c", check], check=False, capture_output=True).returncode == 0


# --- the contest ---


@dataclass(frozen=True)
class Outcome:
    """What a contestant wrote."""

    folder: Path
    result: dict[str, Any]

    def matrix(self, name: str, key: str) -> np.ndarray:
        with np.load(self.folder / f"{name}.npz") as parts:
            values = parts[key].astype(np.float64)
        return np.where(np.isfinite(values), values, np.inf)


def contest(name: str, python: str, job: dict[str, Any], scratch: Path) -> Outcome:
    folder = scratch / name
    folder.mkdir()
    (folder / "job.json").write_text(json.dumps(job))
    print(f"{name} ...", file=sys.stderr, flush=True)
    subprocess.run([python, HERE / "contestants" / CONTESTANTS[name].script, folder], check=True)
    return Outcome(folder, json.loads((folder / "result.json").read_text()))


def compare(ours: Outcome, peer: Outcome) -> dict[str, Any]:
    matrices = {}
    for name, seconds in ours.result["matrix"].items():
        entry: dict[str, Any] = {
            "ours": float(np.median(seconds)),
            "peer": float(np.median(peer.result["matrix"][name])),
        }
        entry["ratio"] = entry["ours"] / entry["peer"]
        if name.endswith("distances"):
            entry |= differences(ours, peer, name)
        matrices[name] = entry
    return {"peer": peer.result, "matrices": matrices}


def differences(ours: Outcome, peer: Outcome, name: str) -> dict[str, Any]:
    """Return how far the numbers lie apart, relative to the peer's, over pairs that both reach."""
    our_durations, durations = ours.matrix(name, "durations"), peer.matrix(name, "durations")
    both = np.isfinite(our_durations) & np.isfinite(durations)
    far = both & (durations > SHORTEST)
    found: dict[str, Any] = {
        "pairs": int(far.sum()),
        "only ours reaches": int((np.isfinite(our_durations) & ~np.isfinite(durations)).sum()),
        "only peer reaches": int((~np.isfinite(our_durations) & np.isfinite(durations)).sum()),
    }
    for key in ("durations", "distances"):
        theirs = peer.matrix(name, key)[far]
        relative = (ours.matrix(name, key)[far] - theirs) / theirs
        found[key] = {
            "median": float(np.median(relative)),
            "median absolute": float(np.median(np.abs(relative))),
            "p95 absolute": float(np.percentile(np.abs(relative), 95)),
        }
    return found


# --- the report ---


def as_markdown(report: dict[str, Any]) -> str:
    lines = [f"# {report['extract']}", ""]
    for side in (report["ours"], *(entry["peer"] for entry in report["peers"])):
        steps = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in side["prepare"].items())
        lines.append(f"- {side['name']}: {steps}")
    for entry in report["peers"]:
        lines += [
            "",
            f"## {report['ours']['name']} against {entry['peer']['name']}",
            "",
            f"Median of {report['repeat']} runs, one thread, from coordinates to matrix. Below 1: faster.",
            "",
            "| points, what | ours s | peer s | ratio |",
            "|---|---|---|---|",
        ]
        for name, row in entry["matrices"].items():
            size, what = name.split("-")
            what = "durations and distances" if what == "distances" else what
            lines.append(f"| {size}, {what} | {row['ours']:.4f} | {row['peer']:.4f} | {row['ratio']:.2f} |")
        lines += [
            "",
            f"Differences relative to the peer, over pairs above {SHORTEST:.0f} s that both reach.",
            "",
            "| points | pairs | what | median | median absolute | p95 absolute | only we / only they reach |",
            "|---|---|---|---|---|---|---|",
        ]
        for name, row in entry["matrices"].items():
            if "pairs" not in row:
                continue
            for key in ("durations", "distances"):
                numbers = " | ".join(f"{value:.1%}" for value in row[key].values())
                reach = f"{row['only ours reaches']} / {row['only peer reaches']}"
                lines.append(f"| {name.split('-')[0]} | {row['pairs']} | {key} | {numbers} | {reach} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
