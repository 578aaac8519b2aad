"""Roads side by side with OSRM's: travel times, lengths, and how soon roads are ready.

    python benchmarks/peers/roads.py FOLDER/milan.osm.pbf FOLDER/porto.osm.pbf
    python benchmarks/peers/roads.py FOLDER/milan.osm.pbf --build FOLDER/large.osm.pbf --page osrm.md

See README.md in this folder for the protocol. For each extract both sides build their roads and answer the
same random pairs of coordinates, in one run. The pairs that differ most are followed up: each side's way is
driven on the other side's roads, so that the cause of the difference can be told.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from road_trace import SAME_PLACE, RoadsOfFile, Tracer

from matrix import CONTESTANTS, HERE, ROOT, SHORTEST, SPREAD, interpreter_for, processor
from o2oroute.formats.network_file import load_network
from o2oroute.matrix.paths import Path as Way
from o2oroute.matrix.paths import PathFinder
from o2oroute.osm.pbf import read_osm
from o2oroute.osm.records import OsmRecords
from o2oroute.road.geometry import E7
from o2oroute.road.profile import load_profile
from o2oroute.road.region import region_of

#: Pairs that are followed up.
WORST = 20
#: Most that differences over all pairs may be: median and 95th percentile.
WANTED = {"durations": (0.03, 0.12), "distances": (0.01, 0.08)}
#: How many times as fast as OSRM's extract and contract roads are wanted to be read and built.
WANTED_BUILD = 6.0


@dataclass
class Roads:
    """What both sides answered for one extract."""

    extract: Path
    points: np.ndarray
    ways: list[Way | None]
    theirs: list[dict[str, Any]]
    built: dict[str, dict[str, Any]]
    tracer: Tracer

    def snapped_alike(self, pair: int) -> bool:
        """Tell whether both sides found the same places on the roads."""
        return max(self.tracer.apart(2 * pair, self.theirs[pair])) <= SAME_PLACE

    def values(self, what: str) -> tuple[np.ndarray, np.ndarray]:
        """Return ours and theirs for each pair, NaN where there is no way."""
        key = what.removesuffix("s")
        ours = [np.nan if way is None else getattr(way, key) for way in self.ways]
        theirs = [answer["legs"][0][key] if answer else np.nan for answer in self.theirs]
        return np.array(ours), np.array(theirs)


def main() -> None:
    options = parse_options()
    python = interpreter_for(CONTESTANTS["osrm"], options.peer_python)
    options.out.mkdir(parents=True, exist_ok=True)
    reports = {}
    for extract in options.extracts:
        with tempfile.TemporaryDirectory(prefix="o2oroute-roads-") as folder:
            roads = compare(extract, python, Path(folder), options)
            name = extract.name.split(".")[0]
            reports[name] = report(roads, options.worst, python, Path(folder))
        (options.out / f"peers-roads-{name}.json").write_text(json.dumps(reports[name], indent=1) + "\n")
        (options.out / f"peers-roads-{name}.md").write_text(worst_as_markdown(name, reports[name]))
    for extract in options.build:
        with tempfile.TemporaryDirectory(prefix="o2oroute-roads-") as folder:
            say(f"{extract.name}: is built ...")
            built = called(sys.executable, "o2oroute_roads.py", extract, folder)
        reports[extract.name.split(".")[0]] = {"built": {"o2oroute": built}}
    table = as_markdown(reports)
    (options.out / "peers-roads.md").write_text(table)
    if options.page:
        options.page.write_text(as_page(table, reports))
    print(table)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare travel times and lengths with OSRM's.")
    parser.add_argument("extracts", type=Path, nargs="+", help=".osm.pbf files")
    parser.add_argument("--build", type=Path, nargs="*", default=[], help="only built, for time and memory")
    parser.add_argument("--page", type=Path, help="also write tables and causes as a page of the docs")
    parser.add_argument("--pairs", type=int, default=5000, help="random pairs for each extract")
    parser.add_argument("--worst", type=int, default=WORST, help="pairs that are followed up")
    parser.add_argument("--seed", type=int, default=1, help="of the random points")
    parser.add_argument("--threads", type=int, default=2, help="of OSRM's extract and contract")
    parser.add_argument("--peer-python", default=os.environ.get("O2OROUTE_PEER_PYTHON"))
    parser.add_argument("--out", type=Path, default=ROOT / "bench-out")
    options = parser.parse_args()
    for extract in (*options.extracts, *options.build):
        if not extract.is_file():
            parser.error(f"{extract} does not exist")
    return options


# --- both sides ---


def compare(extract: Path, python: str, folder: Path, options: argparse.Namespace) -> Roads:
    profile = load_profile("car")
    records = read_osm(extract, ways=profile.ways, keys=profile.keys)
    points = random_points(records, 2 * options.pairs, options.seed)
    say(f"{extract.name}: OSRM prepares ...")
    built = {
        "osrm": called(python, "osrm_roads.py", "prepare", extract, folder, options.threads),
        "o2oroute": called(sys.executable, "o2oroute_roads.py", extract, folder),
    }
    say(f"{extract.name}: {options.pairs} ways each ...")
    theirs = ask_osrm(python, folder, [{"coordinates": pair} for pair in points.reshape(-1, 2, 2).tolist()])
    network = load_network(folder / "roads.o2r")
    # OSRM knows no limit
    finder = PathFinder(network, points, limit=np.inf)
    ways = [finder.path(2 * pair, 2 * pair + 1) for pair in range(options.pairs)]
    tracer = Tracer(network, finder.snap, RoadsOfFile.read(extract), points)
    return Roads(extract, points, ways, theirs, built, tracer)


def random_points(records: OsmRecords, count: int, seed: int) -> np.ndarray:
    """Return positions near random nodes of roads, open or closed: neither side's network is asked."""
    chance = np.random.default_rng(seed)
    row = chance.integers(0, records.node_id.size, count)
    near = np.stack((records.lon[row], records.lat[row]), axis=1) / E7
    stretch = np.stack((1 / np.cos(np.radians(near[:, 1])), np.ones(count)), axis=1)
    # whole units of 1e-6 degrees, as OSRM reads them
    return np.round(near + chance.normal(0.0, SPREAD, near.shape) * stretch, 6)


def called(python: str, script: str, *arguments: object) -> dict[str, Any]:
    done = subprocess.run(
        [python, HERE / "contestants" / script, *map(str, arguments)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def ask_osrm(python: str, folder: Path, questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    asked, answered = folder / "asked.jsonl", folder / "answered.jsonl"
    asked.write_text("".join(json.dumps(question) + "\n" for question in questions))
    script = HERE / "contestants" / "osrm_roads.py"
    subprocess.run([python, script, "route", folder, asked, answered], check=True)
    return [json.loads(line) for line in answered.read_text().splitlines()]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- the report ---


def report(roads: Roads, worst: int, python: str, folder: Path) -> dict[str, Any]:
    durations, their_durations = roads.values("durations")
    reached, also = np.isfinite(durations), np.isfinite(their_durations)
    far = reached & also & (their_durations > SHORTEST)
    found: dict[str, Any] = {
        "built": roads.built,
        "pairs": reached.size,
        "compared": int(far.sum()),
        "agree on reachability": float((reached == also).mean()),
        # then times are not OSRM's by intention, and reach is all that is compared
        "own speeds": bool((region_of(*roads.points.T) >= 0).any()),
        "only ours reaches": int((reached & ~also).sum()),
        "only peer reaches": int((~reached & also).sum()),
    }
    for what in WANTED:
        ours, theirs = roads.values(what)
        relative = ours[far] / theirs[far] - 1
        found[what] = {
            "median": float(np.median(relative)),
            "median absolute": float(np.median(np.abs(relative))),
            "p95 absolute": float(np.percentile(np.abs(relative), 95)),
            "largest absolute": float(np.abs(relative).max()),
        }
    apart = np.abs(durations[far] / their_durations[far] - 1)
    ranked = np.flatnonzero(far)[np.argsort(-apart, kind="stable")]
    alike = ranked[[roads.snapped_alike(pair) for pair in ranked.tolist()]]
    found["snapped alike"] = {
        "pairs": alike.size,
        **{
            what: {
                "median absolute": float(np.median(differences)),
                "p95 absolute": float(np.percentile(differences, 95)),
            }
            for what in WANTED
            for ours, theirs in (roads.values(what),)
            for differences in (np.abs(ours[alike] / theirs[alike] - 1),)
        },
    }
    found["worst"] = followed_up(roads, ranked[:worst].tolist(), python, folder)
    found["worst of those snapped alike"] = followed_up(roads, alike[:worst].tolist(), python, folder)
    odd = np.flatnonzero(reached != also)[:worst].tolist()
    found["reached by one"] = [
        {
            "pair": roads.points[2 * pair : 2 * pair + 2].tolist(),
            "by": "o2oroute" if reached[pair] else "OSRM",
            "snapped": roads.tracer.snapped(2 * pair),
        }
        for pair in odd
    ]
    return found


def followed_up(roads: Roads, pairs: list[int], python: str, folder: Path) -> list[dict[str, Any]]:
    """Say of some pairs how their ways differ, and why."""
    asked = [roads.tracer.along(roads.ways[pair]) for pair in pairs]
    answers = iter(ask_osrm(python, folder, [question for questions in asked for question in questions]))
    return [
        {"pair": roads.points[2 * pair : 2 * pair + 2].tolist()}
        | roads.tracer.explained(
            2 * pair, roads.ways[pair], roads.theirs[pair], list(islice(answers, len(questions)))
        )
        for pair, questions in zip(pairs, asked, strict=True)
    ]


def as_markdown(reports: dict[str, dict[str, Any]]) -> str:
    lines = [f"{processor()}, {os.cpu_count()} processors.", ""]
    lines += [
        (
            "| extract | pairs compared | both or neither reach | duration: median | p95 "
            "| distance: median | p95 | duration, signed median |"
        ),
        "|---|---|---|---|---|---|---|---|",
    ]
    compared = {name: found for name, found in reports.items() if "compared" in found}
    for name, found in compared.items():
        cells = [f"{found['compared']:,}", f"{found['agree on reachability']:.2%}"]
        for what, wanted in WANTED.items():
            for key, most in zip(("median absolute", "p95 absolute"), wanted, strict=True):
                missed = found[what][key] > most and not found["own speeds"]
                cells.append(f"{found[what][key]:.1%}" + (" (!)" if missed else ""))
        cells.append(f"{found['durations']['median']:+.1%}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines += ["", *alike_lines(compared), "", *built_lines(reports)]
    return "\n".join(lines) + "\n"


def alike_lines(reports: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield f"Over the pairs whose ends both sides snap to the same places (within {SAME_PLACE:.0f} m):"
    yield ""
    yield "| extract | pairs | duration: median | p95 | distance: median | p95 |"
    yield "|---|---|---|---|---|---|"
    for name, found in reports.items():
        alike = found["snapped alike"]
        cells = [f"{value:.1%}" for what in WANTED for value in alike[what].values()]
        yield f"| {name} | {alike['pairs']:,} | " + " | ".join(cells) + " |"


def built_lines(reports: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield (
        "| extract | OSRM extract + contract, s | o2oroute read and build, s | times as fast "
        f"({WANTED_BUILD:.0f} wanted) | order, contract, s | load, ms | peak, MB |"
    )
    yield "|---|---|---|---|---|---|---|"
    for name, found in reports.items():
        theirs = sum(found["built"]["osrm"]["seconds"].values()) if "osrm" in found["built"] else np.nan
        ours = found["built"]["o2oroute"]["seconds"]
        build = ours["read and build"]
        yield (
            f"| {name} | {_number(theirs, 2)} | {build:.2f} | {_number(theirs / build, 1)} | "
            f"{ours['order'] + ours['contract']:.2f} | {ours['load'] * 1000:.1f} | "
            f"{found['built']['o2oroute']['peak'] / 1e6:.0f} |"
        )


def _number(value: float, digits: int) -> str:
    return "" if np.isnan(value) else f"{value:.{digits}f}"


def as_page(table: str, reports: dict[str, dict[str, Any]]) -> str:
    """Return a page of the docs: the tables, and a cause for each of the pairs that differ most."""
    lines = [
        "# Roads compared with OSRM's",
        "",
        "Made by `benchmarks/peers/roads.py`, see its README; (!) marks what misses its goal. Where the",
        "profile has measured speeds of its own (Seoul), times differ by intention, and only reach counts.",
        "",
        table.rstrip(),
    ]
    for name, found in reports.items():
        for title, key in (("all pairs", "worst"), ("pairs snapped alike", "worst of those snapped alike")):
            if key not in found:
                continue
            lines += ["", f"## {name}: what differs most, of {title}", ""]
            lines += ["| OSRM, s | o2oroute, s | OSRM, m | o2oroute, m | cause |", "|---|---|---|---|---|"]
            for pair in found[key]:
                cells = [f"{pair[what][side]:,.0f}" for what in ("duration", "distance") for side in (1, 0)]
                lines.append(f"| {' | '.join(cells)} | {pair['cause'].replace('|', '/')} |")
    return "\n".join(lines) + "\n"


def worst_as_markdown(name: str, found: dict[str, Any]) -> str:
    lines = [f"# {name}: the pairs that differ most from OSRM", ""]
    for title, key in (("Of all", "worst"), ("Of those snapped alike", "worst of those snapped alike")):
        lines += [f"## {title}", ""]
        for number, pair in enumerate(found[key], 1):
            lines += [f"### {number}. {pair['cause']}", "", "```json", json.dumps(pair, indent=1), "```", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
