"""Solve academic instances, append each result to a file, and print the gaps to the best known by class.

    python benchmarks/quality/run.py homberger_200 --evenly 6 --time-limit 10 --seeds 1 2 3

Results that the file already holds are not computed again: run the same command to resume. See README.md in
this folder for the protocol.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean

import peers
from instances import COLLECTIONS, ROOT, Library, class_of

import o2oroute
from o2oroute.model.instance import build_instance


@dataclass(frozen=True)
class Job:
    """One run; two runs with the same job are repetitions of each other."""

    collection: str
    instance: str
    convention: str
    engine: str
    time_limit: float
    seed: int
    threads: int
    #: Version, and commit where there is one: results of other code are other results.
    code: str


def main() -> None:
    options = parse_options()
    with tempfile.TemporaryDirectory(prefix="o2oroute-quality-") as scratch:
        library = Library(Path(scratch))
        jobs = jobs_of(options, library)
        results = read_results(options.results)
        done = {job_of(result) for result in results}
        waiting = [] if options.report else [job for job in jobs if job not in done]
        for number, job in enumerate(waiting, start=1):
            result = run(job, library)
            append(options.results, result)
            results.append(result)
            print(f"[{number}/{len(waiting)}] {line_of(result)}", file=sys.stderr)
    wanted = set(jobs)
    print(table([result for result in results if job_of(result) in wanted]))


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="+", metavar="SET", help=", ".join(COLLECTIONS))
    parser.add_argument("--instances", nargs="+", metavar="NAME", help="only these, of the one set named")
    parser.add_argument(
        "--evenly", type=int, metavar="N", help="only N instances of each set, evenly spaced by name"
    )
    parser.add_argument(
        "--convention", help="instead of the set's own; sintef compares with its own best known"
    )
    parser.add_argument(
        "--engine", default="combined", help=f"of o2oroute's (combined), or a peer: {', '.join(peers.PEERS)}"
    )
    parser.add_argument("--threads", type=int, default=2, help="of o2oroute's engines (2)")
    parser.add_argument("--time-limit", type=float, default=10.0, metavar="SECONDS", help="for each run (10)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--results", type=Path, default=ROOT / "bench-out" / "quality.jsonl", metavar="FILE")
    parser.add_argument("--code", default=None, help="name of the code in the results (version and commit)")
    parser.add_argument("--report", action="store_true", help="only print the table of what the file holds")
    options = parser.parse_args()
    if unknown := set(options.sets).difference(COLLECTIONS):
        parser.error(f"no set {', '.join(sorted(unknown))}; there are {', '.join(COLLECTIONS)}")
    if options.instances and len(options.sets) > 1:
        parser.error("--instances goes with one set")
    if options.evenly is not None and options.evenly < 1:
        parser.error("--evenly needs at least 1")
    return options


def jobs_of(options: argparse.Namespace, library: Library) -> list[Job]:
    """Return the runs that the options ask for; the first seed of all instances comes first."""
    peer = peers.PEERS.get(options.engine)
    code = peer.package if peer else options.code or code_name()
    jobs = []
    for seed in options.seeds:
        for collection in options.sets:
            names = library.names(collection)
            if options.instances:
                if unknown := set(options.instances).difference(names):
                    sys.exit(f"{collection} has no {', '.join(sorted(unknown))}; it has {', '.join(names)}")
                names = options.instances
            if options.evenly:
                names = evenly(names, options.evenly)
            convention = options.convention or COLLECTIONS[collection].convention
            jobs += [
                Job(
                    *(collection, name, convention, options.engine),
                    *(options.time_limit, seed, options.threads, code),
                )
                for name in names
            ]
    return jobs


def evenly(names: list[str], count: int) -> list[str]:
    """Return `count` names in even steps, the middle one of each step."""
    count = min(count, len(names))
    return [names[(2 * i + 1) * len(names) // (2 * count)] for i in range(count)]


def run(job: Job, library: Library) -> dict:
    """Solve one instance; the time is wall clock from the call to the plan."""
    best, best_vehicles = library.best(job.collection, job.instance, job.convention)
    path = library.file(job.collection, job.instance, COLLECTIONS[job.collection].suffix)
    problem = o2oroute.read_problem(path, convention=job.convention)
    started = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    start = time.perf_counter()
    if job.engine in peers.PEERS:
        plan, seconds = peers.solve(build_instance(problem), job.engine, job.time_limit, job.seed)
    else:
        plan = o2oroute.solve(
            problem, engine=job.engine, time_limit=job.time_limit, seed=job.seed, threads=job.threads
        )
        seconds = time.perf_counter() - start
    if plan.run.interrupted:
        sys.exit("interrupted; this run is not kept, give the same command again to go on")
    complete = plan.summary.unserved_importance == 0
    return asdict(job) | {
        "class": class_of(job.collection, job.instance),
        "cost": plan.summary.cost,
        "vehicles": plan.summary.vehicles,
        "unserved": plan.summary.unserved_importance,
        "best_known": best,
        "best_known_vehicles": best_vehicles,
        "gap": 100 * (plan.summary.cost / best - 1) if complete else None,
        "seconds": round(seconds, 3),
        "started": started,
        "machine": machine(),
    }


def table(results: Iterable[dict]) -> str:
    """Return mean and worst gap by class, and for each set the mean of its classes' means.

    Plans that leave out orders which must be served have no gap: they are counted, and the class has no mean.
    """
    groups: dict[tuple, list[dict]] = defaultdict(list)
    for result in results:
        settings = (result["convention"], result["engine"], result["time_limit"])
        groups[(result["collection"], *settings, result["class"])].append(result)
    rows = [
        (
            "class",
            "convention",
            "engine",
            "limit s",
            "runs",
            "mean gap %",
            "worst %",
            "vehicles",
            "unserved",
            "longest s",
        )
    ]
    means: dict[tuple, list[float]] = defaultdict(list)
    for key in sorted(groups):
        group = groups[key]
        gaps = [math.inf if result["gap"] is None else result["gap"] for result in group]
        means[key[:-1]].append(mean(gaps))
        rows.append((key[-1], *settings_of(key), *figures_of(group, gaps)))
    for key, of_classes in means.items():
        if len(of_classes) > 1:
            rows.append(
                (f"{key[0]}, all classes", *settings_of(key), "", percent(mean(of_classes)), "", "", "", "")
            )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def settings_of(key: tuple) -> tuple[str, str, str]:
    return key[1], key[2], f"{key[3]:g}"


def figures_of(group: list[dict], gaps: list[float]) -> tuple[str, ...]:
    """Return the cells of a class: runs, gaps, vehicles beyond the best known, unserved, longest time."""
    known = [result for result in group if result["best_known_vehicles"] is not None]
    more = sum(result["vehicles"] - result["best_known_vehicles"] for result in known)
    unserved = sum(result["unserved"] > 0 for result in group)
    return (
        str(len(group)),
        percent(mean(gaps)),
        percent(max(gaps)),
        f"{more / len(known):+.1f}" if known else "",
        str(unserved),
        f"{max(result['seconds'] for result in group):.1f}",
    )


def percent(gap: float) -> str:
    return f"{round(gap, 2) + 0.0:.2f}"  # + 0.0 makes -0.0 a plain 0


def line_of(result: dict) -> str:
    """Return a result as one line for the log."""
    gap = "unserved orders" if result["gap"] is None else f"{percent(result['gap'])} %"
    return (
        f"{result['collection']} {result['instance']} seed {result['seed']}: {result['cost']:g}, {gap}, "
        f"{result['vehicles']} vehicles, {result['seconds']:.1f} s"
    )


def read_results(path: Path) -> list[dict]:
    """Return the results of a file; a last line that was cut off is left out."""
    if not path.is_file():
        return []
    results = []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        try:
            results.append(json.loads(line))
        except json.JSONDecodeError:
            if number < len(lines):
                sys.exit(f"{path}, line {number} is no JSON; repair or remove the file")
    return results


def append(path: Path, result: dict) -> None:
    """Add a result to a file, behind a line end if the last run was cut off while writing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                cut_last_line(file)
        file.write(json.dumps(result).encode() + b"\n")


def cut_last_line(file) -> None:
    file.seek(0)
    file.truncate(file.read().rfind(b"\n") + 1)


def job_of(result: dict) -> Job:
    return Job(**{name: result[name] for name in Job.__dataclass_fields__})


def code_name() -> str:
    """Return the version, with the commit and a + for changes on top of it where git knows them."""
    git = shutil.which("git")
    if git is None:
        return o2oroute.__version__
    command = [git, "describe", "--always", "--dirty=+"]
    commit = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return f"{o2oroute.__version__} {commit}".strip()


def machine() -> str:
    """Return a short description of the machine."""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    )


if __name__ == "__main__":
    main()
