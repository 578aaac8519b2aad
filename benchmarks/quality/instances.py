"""Where the academic instances and their best known costs are, and under which convention each set counts."""

from __future__ import annotations

import json
import os
import re
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Collection:
    """A set of instances whose rules a problem can hold."""

    name: str
    suffix: str
    convention: str


COLLECTIONS = {
    collection.name: collection
    for collection in (
        Collection("solomon", "txt", "dimacs"),
        *(Collection(f"homberger_{size}", "txt", "dimacs") for size in (200, 400, 600, 800, 1000)),
        Collection("cvrp_x", "vrp", "euc2d"),
        Collection("cvrp_xxl_belgium", "vrp", "euc2d"),
        Collection("ortec_asymmetric", "txt", "explicit"),
        Collection("pcvrptw_1000", "vrp", "x10"),
        Collection("multitrip_release", "vrp", "x10"),
        Collection("mdvrptw", "vrp", "x1000"),
        Collection("sdvrptw", "vrp", "x1000"),
        Collection("pdptw_sartori_real", "txt", "minutes"),
        Collection("hfvrp_x", "vrp", "exact"),
        *(Collection(f"lilim_{size}", "txt", "sintef") for size in (100, 200, 400, 600, 800, 1000)),
    )
}


class Library:
    """Instances in the shared data folder (O2OROUTE_SHARED, by default ``../shared``), unpacked on demand."""

    def __init__(self, scratch: Path) -> None:
        folder = Path(os.environ.get("O2OROUTE_SHARED", str(ROOT.parent / "shared"))) / "data" / "instances"
        if not folder.is_dir():
            sys.exit(f"the instances are not at {folder}; set O2OROUTE_SHARED to the folder that holds data/")
        self.folder = folder
        self.scratch = scratch

    def names(self, collection: str) -> list[str]:
        """Return the names of a set's instances, sorted, C1_10_10 behind C1_10_9."""
        return sorted(self._best_known(collection), key=_natural)

    def file(self, collection: str, name: str, suffix: str) -> Path:
        """Return the path of an instance (its set's suffix) or of its stored routes (``"sol"``)."""
        plain = self.folder / collection / f"{name}.{suffix}"
        if plain.is_file():
            return plain
        unpacked = self.scratch / collection
        if not unpacked.is_dir():
            with tarfile.open(self.folder / collection / "instances.tar.gz") as archive:
                archive.extractall(self.scratch, filter="data")
        # one set has vehicles and cost in the names of its routes: bar-n100-1.6_732.sol
        named = sorted(unpacked.glob(f"{name}.*.{suffix}"))
        return named[0] if named else unpacked / f"{name}.{suffix}"

    def best(self, collection: str, name: str, convention: str) -> tuple[float, int | None]:
        """Return the best known cost under a convention, and its vehicles where they are known."""
        entry = self._best_known(collection)[name]
        if convention == "sintef" != COLLECTIONS[collection].convention:
            entries = [other for other in entry["alternatives"] if other["convention"].startswith("SINTEF")]
            if not entries:
                sys.exit(f"no best known cost of {name} is stored for convention sintef")
            entry = entries[0]
        elif convention != COLLECTIONS[collection].convention:
            sys.exit(f"the best known costs of {collection} are not stored for convention {convention}")
        return entry["cost"], entry["vehicles"]

    def _best_known(self, collection: str) -> dict[str, dict]:
        path = self.folder / collection / "best_known.json"
        return json.loads(path.read_text(encoding="utf-8"))


def class_of(collection: str, name: str) -> str:
    """Return the class of an instance: C1 to RC2 for Solomon, Homberger, Li and Lim (LC1), else the set."""
    match = re.match(r"L?(?:RC|R|C)[12](?=\d\d$|_)", name, re.IGNORECASE)
    return f"{collection} {match[0].upper()}" if match else collection


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)]
