"""Run the search with changed parameters for a number of iterations, on instances kept for tuning.

    python benchmarks/quality/search_parameters.py polish=0 longest_string=20
    python benchmarks/quality/search_parameters.py PART_SIZE=400 PART_ROUTES=1 ROUNDS=10 STARTS_SHARE=1
    python benchmarks/quality/search_parameters.py --orders 250
    python benchmarks/quality/search_parameters.py vehicle_changes=0 --set hfvrp_x --instances X143-FSMF
    python benchmarks/quality/search_parameters.py TRIAL_ROUTES=1000 --iterations 3000000 --instances C1_8_8

Names in capitals are constants of ``o2oroute.engines.rounds`` and ``stages``. Prints the gap to the best
known and the iterations a second of processor time. With a number of iterations the gaps do not depend on the
machine, nor on what else it does. With ``--orders`` only the first orders of each instance are served;
nothing is known of those problems, and the cost is printed for a gap.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import mean

from instances import COLLECTIONS, Library

import o2oroute
from o2oroute._search import SETTINGS
from o2oroute.engines import rounds, stages
from o2oroute.engines.compiled import plan_value
from o2oroute.engines.insertion import construct
from o2oroute.engines.search import improve
from o2oroute.model.instance import build_instance
from o2oroute.units import cost_units

#: One of each class, of the only sets on which parameters are tuned.
INSTANCES = ("C1_8_10", "C2_8_6", "R1_8_2", "R2_8_3", "RC1_8_7", "RC2_8_3")
COLLECTION = "homberger_800"
#: Where constants are kept.
CONSTANTS = {
    name: module
    for module in (rounds, stages)
    for name in vars(module)
    if name.isupper() and not name.startswith("_")
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = ", ".join((*SETTINGS, *CONSTANTS))
    parser.add_argument("parameters", nargs="*", metavar="NAME=VALUE", help=names)
    parser.add_argument("--iterations", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", default=COLLECTION, choices=COLLECTIONS, help="another set")
    parser.add_argument("--instances", nargs="+", default=INSTANCES, help="others of the set")
    parser.add_argument("--orders", type=int, help="serve only the first so many of each instance")
    options = parser.parse_args()
    parameters = {name: float(value) for name, value in (pair.split("=") for pair in options.parameters)}
    for name in parameters.keys() & CONSTANTS.keys():
        value = parameters.pop(name)
        setattr(CONSTANTS[name], name, int(value) if value.is_integer() else value)
    with tempfile.TemporaryDirectory(prefix="o2oroute-quality-") as scratch:
        library = Library(Path(scratch))
        gaps = [run(library, name, options, parameters) for name in options.instances]
    print(f"{'mean':10}{mean(gaps):11.3f}")


def run(library: Library, name: str, options: argparse.Namespace, parameters: dict[str, float]) -> float:
    """Solve one instance, print its figures and return its gap in percent, or its cost."""
    collection = COLLECTIONS[options.set]
    path = library.file(options.set, name, collection.suffix)
    problem = o2oroute.read_problem(path, convention=collection.convention)
    if options.orders:
        problem = problem.replace(orders=problem.orders[: options.orders])
    instance = build_instance(problem)
    found = construct(instance)
    begin = time.process_time()
    improve(instance, found.routes, iterations=options.iterations, seed=options.seed, settings=parameters)
    speed = options.iterations / (time.process_time() - begin)
    value = plan_value(instance, found.routes)
    assert value.unserved_importance == 0, f"{name} leaves out {value.unserved_importance} orders"
    cost = value.cost * found.routes.model.cost_unit / cost_units(instance.problem.ticks_per_second)
    gap = 100 * (cost / library.best(options.set, name, collection.convention)[0] - 1)
    figure = cost if options.orders else gap
    print(f"{name:10}{figure:11.3f}{speed:9,.0f} iterations a second", flush=True)
    return figure


if __name__ == "__main__":
    main()
