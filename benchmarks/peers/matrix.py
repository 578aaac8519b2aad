"""Travel matrices side by side with peers, asked in turn in one run.

    python benchmarks/peers/matrix.py milan.osm.pbf

See README.md in this folder for the protocol. Each contestant runs in a process of its own, under its own
interpreter, and answers one question at a time, on the same coordinates. Each answer is appended to a file
as it comes, so that a run that was stopped goes on with ``--resume``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
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
#: Seconds after which a peer is not asked the same again.
PATIENCE = 20.0
#: The matrix whose numbers are compared.
COMPARED = 500


#: glibc then uses freed memory again instead of giving it back. On a virtual machine, getting fresh pages for
#: a large matrix from the host may take longer than computing it; nobody's method is measured by that.
KEEP_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(2**40), "MALLOC_TOP_PAD_": str(2**26)}


@dataclass(frozen=True)
class Contestant:
    """A script in ``contestants/`` and what its interpreter must have installed."""

    script: str
    #: None: it runs under the interpreter that runs this script.
    packages: tuple[str, ...] = ()
    #: Points of the largest matrix that it is asked for.
    most: int = 1_000_000


CONTESTANTS = {
    "o2oroute": Contestant("o2oroute_matrix.py"),
    "osrm": Contestant("osrm_table.py", ("osrm-bindings", "numpy")),
    "routingkit": Contestant("routingkit_pinned.py", ("routingkit-cch", "numpy"), most=5000),
    "scipy": Contestant("scipy_dijkstra.py", most=100),
    "osmnx": Contestant("osmnx_networkx.py", most=100),
}


@dataclass(frozen=True)
class Question:
    """What a contestant is asked; see ``contestants/common.py``."""

    kind: str
    size: int
    distances: bool = False
    threads: int = 1

    @property
    def label(self) -> str:
        what = self.kind
        if self.kind == "matrix":
            what = "durations and distances" if self.distances else "durations"
        return f"{self.size:,}, {what}" + (f", {self.threads} threads" if self.threads > 1 else "")


def questions(sizes: list[int]) -> list[Question]:
    """Return what o2oroute is asked; peers are asked for the durations among it, on one thread."""
    asked = [Question("matrix", size, distances) for size in sizes for distances in (False, True)]
    if 5000 in sizes:
        asked += [Question("matrix", size, distances=True, threads=2) for size in (5000, 10_000)]
        asked.append(Question("memory", 10_000, distances=True, threads=2))
    asked.append(Question("recustomize", 1))
    if 1000 in sizes:
        asked.append(Question("add a point", 1001))
    return asked


def main() -> None:
    options = parse_options()
    base = options.out / f"peers-matrix-{options.extract.name.split('.')[0]}"
    options.out.mkdir(parents=True, exist_ok=True)
    record = base.with_suffix(".jsonl")
    if not options.resume:
        record.unlink(missing_ok=True)
    names = ["o2oroute", *options.peers]
    python = {name: interpreter_for(CONTESTANTS[name], options.peer_python) for name in names}
    with tempfile.TemporaryDirectory(prefix="o2oroute-peers-") as folder:
        scratch = Path(folder)
        job = write_job(options, scratch)
        contest = [Running(name, python[name], job, scratch, record) for name in names]
        for number, (running, asked) in enumerate(rounds(contest, options)):
            running.ask(asked, number, resume=options.resume)
        differences = compare_numbers(contest) if "osrm" in options.peers else {}
        for running in contest:
            running.end()
    report = {
        "extract": options.extract.name,
        "machine": f"{processor()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
        "prepare": {running.name: running.prepare for running in contest},
        "answers": [json.loads(line) for line in record.read_text().splitlines()],
        "differences": differences,
    }
    base.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    table = as_markdown(report)
    base.with_suffix(".md").write_text(table)
    print(table)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare travel matrices with peers.")
    parser.add_argument("extract", type=Path, help="an .osm.pbf file")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[100, 1000, 2000, 5000], help="numbers of points"
    )
    parser.add_argument(
        "--peers", nargs="*", default=["osrm"], choices=sorted(set(CONTESTANTS) - {"o2oroute"})
    )
    parser.add_argument("--repeat", type=int, default=5, help="times that each question is asked")
    parser.add_argument("--seed", type=int, default=1, help="of the random points")
    parser.add_argument("--resume", action="store_true", help="keep the answers of a run that was stopped")
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


def write_job(options: argparse.Namespace, scratch: Path) -> dict[str, str]:
    """Write the points, and the routing graph for those without roads of their own."""
    network = RoadNetwork.from_osm(options.extract, profile="car")
    points = random_points(network, max(*options.sizes, 10_000), options.seed)
    snap = network.snap(points, limit=np.inf)
    np.save(scratch / "points.npy", points)
    np.savez(
        scratch / "graph.npz",
        first_out=network.first_out,
        head=network.head,
        weight_ms=network.weight_ms,
        lat=network.junction_lat[network.junction_tail] / E7,
        lon=network.junction_lon[network.junction_tail] / E7,
        point_node=snap.seed_node[snap.seed_first[:-1]],
    )
    paths = {"points": scratch / "points.npy", "graph": scratch / "graph.npz", "extract": options.extract}
    return {name: os.fspath(path.resolve()) for name, path in paths.items()}


def random_points(network: RoadNetwork, count: int, seed: int) -> np.ndarray:
    """Return positions near random junctions, so that every contestant finds a road nearby."""
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


class Running:
    """A contestant that has prepared itself and waits for questions."""

    def __init__(self, name: str, python: str, job: dict[str, str], scratch: Path, record: Path) -> None:
        self.name, self.record, self.folder = name, record, scratch / name
        self.folder.mkdir()
        (self.folder / "job.json").write_text(json.dumps(job))
        print(f"{name} prepares ...", file=sys.stderr, flush=True)
        self.process = subprocess.Popen(
            [python, HERE / "contestants" / CONTESTANTS[name].script, self.folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | KEEP_MEMORY,
            text=True,
        )
        said = self._read()
        self.title, self.prepare = said["name"], said["prepare"]
        self.spent: dict[Question, float] = {}

    def ask(self, asked: Question, number: int, *, resume: bool) -> None:
        """Ask, and append the answer to the record, if it does not have it yet."""
        key = {"contestant": self.name, "number": number, **asdict(asked)}
        if resume and any(line.items() >= key.items() for line in read_lines(self.record)):
            return
        answer = self._answer(asked, None)
        self.spent[asked] = self.spent.get(asked, 0.0) + answer["seconds"]
        with self.record.open("a") as file:
            file.write(json.dumps({**key, "title": self.title, **answer}) + "\n")
        print(f"{self.name}: {asked.label}: {answer['seconds']:.4f} s", file=sys.stderr, flush=True)

    def numbers(self, asked: Question) -> dict[str, np.ndarray]:
        """Return durations and distances, ``inf`` where there is no way."""
        path = self.folder / "numbers.npz"
        self._answer(asked, os.fspath(path))
        with np.load(path) as parts:
            values = {key: parts[key].astype(np.float64) for key in parts.files}
        return {key: np.where(np.isfinite(part), part, np.inf) for key, part in values.items()}

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def _answer(self, asked: Question, save: str | None) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({**asdict(asked), "save": save}) + "\n")
        self.process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended with {self.process.wait()}; see above")
        return json.loads(line)


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def rounds(contest: list[Running], options: argparse.Namespace) -> Iterator[tuple[Running, Question]]:
    """Ask everybody the same in turn; small questions more often, as they are over soon."""
    for asked in questions(options.sizes):
        peers_too = asked.kind == "matrix" and not asked.distances and asked.threads == 1
        for _ in range(options.repeat * (4 if asked.size <= 100 else 1)):
            for running in contest:
                served = peers_too and asked.size <= CONTESTANTS[running.name].most
                if running.name == "o2oroute" or (served and running.spent.get(asked, 0.0) < PATIENCE):
                    yield running, asked


def compare_numbers(contest: list[Running]) -> dict[str, Any]:
    """Return how far the numbers lie apart, relative to OSRM's, over pairs that both reach."""
    by_name = {running.name: running for running in contest}
    asked = Question("matrix", COMPARED, distances=True)
    ours, theirs = (by_name[name].numbers(asked) for name in ("o2oroute", "osrm"))
    reached, also = np.isfinite(ours["durations"]), np.isfinite(theirs["durations"])
    far = reached & also & (theirs["durations"] > SHORTEST)
    found: dict[str, Any] = {
        "pairs": int(far.sum()),
        "only ours reaches": int((reached & ~also).sum()),
        "only peer reaches": int((~reached & also).sum()),
    }
    for key in ("durations", "distances"):
        relative = (ours[key][far] - theirs[key][far]) / theirs[key][far]
        found[key] = {
            "median": float(np.median(relative)),
            "median absolute": float(np.median(np.abs(relative))),
            "p95 absolute": float(np.percentile(np.abs(relative), 95)),
        }
    return found


# --- the report ---


def processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def as_markdown(report: dict[str, Any]) -> str:
    seconds: dict[tuple[str, str], list[float]] = {}
    titles: dict[str, str] = {}
    peak = 0
    for line in report["answers"]:
        label = Question(line["kind"], line["size"], line["distances"], line["threads"]).label
        seconds.setdefault((line["contestant"], label), []).append(line["seconds"])
        titles[line["contestant"]] = line["title"]
        peak = max(peak, line.get("peak over output", 0))
    median = {key: float(np.median(values)) for key, values in seconds.items()}
    lines = [f"# {report['extract']}", "", f"{report['machine']}, Python {report['python']}.", ""]
    for name, steps in report["prepare"].items():
        said = ", ".join(f"{step} {value:.1f} s" for step, value in steps.items())
        lines.append(f"- {titles.get(name, name)}: {said}; {sum(steps.values()):.1f} s in all")
    lines += [
        "",
        "Medians in milliseconds, on one thread if not said otherwise. In brackets how many times as long as",
        "o2oroute a peer takes for the durations of the same size.",
        "",
        "| what | " + " | ".join(titles.values()) + " |",
        "|---" * (1 + len(titles)) + "|",
    ]
    for label in dict.fromkeys(label for _, label in median):
        cells = []
        for name in titles:
            value = median.get((name, label))
            ratio = (
                "" if value is None or name == "o2oroute" else f" ({value / median['o2oroute', label]:.1f})"
            )
            cells.append("" if value is None else f"{value * 1000:.1f}{ratio}")
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    lines += ["", *goals(median, report["prepare"], peak), "", *numbers(report["differences"])]
    return "\n".join(lines) + "\n"


#: Times as fast as OSRM's durations of the same size: durations, durations and distances.
WANTED = {100: (8, 6), 1000: (25, 15), 2000: (30, 18), 5000: (40, 25)}


def goals(
    median: dict[tuple[str, str], float], prepare: dict[str, dict[str, float]], peak: int
) -> Iterator[str]:
    """Yield what was set out to be reached, what was measured, and whether it was."""

    def ours(kind: str, size: int, **options: Any) -> float | None:
        return median.get(("o2oroute", Question(kind, size, **options).label))

    def osrm(size: int) -> float | None:
        return median.get(("osrm", Question("matrix", size).label))

    both = {"distances": True, "threads": 2}
    rows = [
        (
            f"{size:,} x {size:,}, {what}",
            osrm(size),
            ours("matrix", size, distances=distances),
            wanted[distances],
        )
        for size, wanted in WANTED.items()
        for distances, what in ((False, "durations"), (True, "durations and distances"))
    ]
    rows += [
        (
            "10,000 x 10,000, both, 2 threads, against 2,000 x 2,000",
            osrm(2000),
            ours("matrix", 10_000, **both),
            1,
        ),
        ("customize new speeds, against 2,000 x 2,000", osrm(2000), ours("recustomize", 1), 15),
        ("add one point, against 1,000 x 1,000", osrm(1000), ours("add a point", 1001), 300),
        (
            "2 threads at 5,000 x 5,000",
            ours("matrix", 5000, distances=True),
            ours("matrix", 5000, **both),
            1.5,
        ),
    ]
    if "osrm" in prepare:
        ready = sum(seconds for step, seconds in prepare["o2oroute"].items() if step != "snap index")
        theirs = prepare["osrm"]["extract"] + prepare["osrm"]["contract"]
        rows.append(("from file to ready, against extract and contract", theirs, ready, 4))
    yield "| times as fast | wanted | measured | |"
    yield "|---|---|---|---|"
    for what, slow, fast, least in rows:
        if slow is not None and fast is not None:
            yield f"| {what} | {least} | {slow / fast:.2f} | {'yes' if slow >= least * fast else 'no'} |"
    if peak:
        reached = "yes" if peak <= 200e6 else "no"
        yield f"| 10,000 x 10,000, MB of memory over the output | 200 | {peak / 1e6:.0f} | {reached} |"


def numbers(differences: dict[str, Any]) -> Iterator[str]:
    if not differences:
        return
    yield (
        f"Relative to OSRM, over {differences['pairs']:,} pairs above {SHORTEST:.0f} s that both reach "
        f"({differences['only ours reaches']} only o2oroute, {differences['only peer reaches']} only OSRM):"
    )
    yield ""
    yield "| what | median | median absolute | p95 absolute |"
    yield "|---|---|---|---|"
    for key in ("durations", "distances"):
        yield f"| {key} | " + " | ".join(f"{value:.1%}" for value in differences[key].values()) + " |"


if __name__ == "__main__":
    main()
