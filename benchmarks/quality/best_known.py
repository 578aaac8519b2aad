"""Time the stored best known routes by o2oroute's clock, check them, and compare with the stated costs.

    python benchmarks/quality/best_known.py [SET ...]

Exits with 1 if a cost differs or a rule is broken.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
import tempfile
from pathlib import Path

from instances import COLLECTIONS, Library

import o2oroute
from o2oroute.formats.vrplib_solution import read_routes
from o2oroute.model.instance import build_instance
from o2oroute.plan.check import check_plan
from o2oroute.plan.schedule import make_plan

#: Sets whose files come with routes.
WITH_ROUTES = (
    *("homberger_1000", "cvrp_x", "cvrp_xxl_belgium", "ortec_asymmetric"),
    *("pcvrptw_1000", "mdvrptw", "sdvrptw", "hfvrp_x", "pdptw_sartori_real", "multitrip_release"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", metavar="SET", help=", ".join(WITH_ROUTES))
    parser.add_argument("--largest", type=int, default=7000, help="leave out larger instances (7000 nodes)")
    options = parser.parse_args()
    if unknown := set(options.sets).difference(WITH_ROUTES):
        parser.error(f"no routes of {', '.join(sorted(unknown))}; sets are {', '.join(WITH_ROUTES)}")
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="o2oroute-quality-") as scratch:
        library = Library(Path(scratch))
        for collection in options.sets or WITH_ROUTES:
            wrong += check_collection(library, collection, options.largest)
    sys.exit(wrong > 0)


def check_collection(library: Library, collection: str, largest: int) -> int:
    """Print one line for a set, and one for each instance that is wrong; return how many are."""
    names = library.names(collection)
    wrong = too_large = 0
    for name in names:
        path = library.file(collection, name, COLLECTIONS[collection].suffix)
        if nodes_of(path) > largest:
            too_large += 1
            continue
        fault = fault_of(library, collection, name, path)
        if fault:
            wrong += 1
            print(f"{collection} {name}: {fault}")
    tried = len(names) - too_large
    print(f"{collection}: {tried - wrong} of {tried} stored routes keep all rules at the stated cost", end="")
    print(f" ({too_large} larger ones left out)" if too_large else "")
    return wrong


def fault_of(library: Library, collection: str, name: str, path: Path) -> str:
    """Return what is wrong with the stored routes of an instance, or nothing."""
    routes = library.file(collection, name, "sol")
    convention, stated, tolerance = statement(library, collection, name, routes)
    problem = o2oroute.read_problem(path, convention=convention)
    instance = build_instance(problem)
    plan = make_plan(instance, read_routes(routes, problem), reasons=False)
    violations = check_plan(instance, plan)
    if violations:
        return f"{len(violations)} violations, the first: {violations[0]}"
    if plan.summary.unserved_importance:
        return f"{plan.summary.unserved_importance} clients are not served"
    wrong = abs(plan.summary.cost - stated) > tolerance
    return f"costs {plan.summary.cost}, stated is {stated}" if wrong else ""


def statement(library: Library, collection: str, name: str, routes: Path) -> tuple[str, float, float]:
    """Return the convention of stored routes, their stated cost, and by how much it may differ."""
    convention = COLLECTIONS[collection].convention
    stated = library.best(collection, name, convention)[0]
    if collection != "hfvrp_x":
        return convention, stated, 0.0
    in_file = float(re.search(r"cost:?\s+(\S+)", routes.read_text(encoding="utf-8"), re.IGNORECASE)[1])
    if in_file > 1000 * stated:
        # these come from legs in thousandths and vehicle costs in hundredths, and count in units of both
        return "x1000", in_file / 1000, 0.0
    return convention, stated, 0.0051  # in double precision, published to two decimals


def nodes_of(path: Path) -> int:
    """Return how many nodes a file states, without reading it all; 0 where it does not say."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in itertools.islice(file, 20):
            if line.upper().startswith("DIMENSION"):
                return int(line.split(":")[1])
    return 0


if __name__ == "__main__":
    main()
