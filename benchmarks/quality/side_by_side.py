"""Print the results of two engines on the same instances side by side, by set, limit and class.

    python benchmarks/quality/side_by_side.py bench-out/quality.jsonl --engines combined pyvrp

An instance counts where both engines have a result under the same convention, limit and seed; where a file
holds several of one engine, the last one. "ahead" counts instances on which the first engine's cost is lower,
"level" those on which it is the same.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from pathlib import Path
from statistics import mean

from run import percent, read_results

HEAD = (
    "| set | limit s | instances | mean gap % {0} | {1} | worst % {0} | {1} | ahead | level | longest s |\n"
    + "|---" * 10
    + "|"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--engines", nargs=2, default=("combined", "pyvrp"), metavar="ENGINE")
    options = parser.parse_args()
    results = [result for path in options.results for result in read_results(path)]
    print(table(results, *options.engines))


def table(results: list[dict], one: str, other: str) -> str:
    """Return a row for each class of each set and limit, and one for the set where it has classes."""
    found: dict[str, dict[tuple, dict]] = {one: {}, other: {}}
    for result in results:
        if result["engine"] in found:
            key = tuple(
                result[name] for name in ("collection", "time_limit", "convention", "instance", "seed")
            )
            found[result["engine"]][key] = result
    groups: dict[tuple, list[tuple[dict, dict]]] = defaultdict(list)
    for key in found[one].keys() & found[other].keys():
        pair = found[one][key], found[other][key]
        groups[(*key[:2], pair[0]["class"])].append(pair)
    sets: dict[tuple, list[list[tuple[dict, dict]]]] = defaultdict(list)
    lines = [HEAD.format(one, other)]
    for key in sorted(groups):
        lines.append(row(key[2], key[1], [groups[key]]))
        sets[key[:2]].append(groups[key])
    lines += [row(f"{key[0]}, all", key[1], classes) for key, classes in sets.items() if len(classes) > 1]
    return "\n".join(lines)


def row(name: str, limit: float, classes: list[list[tuple[dict, dict]]]) -> str:
    """Return a row; the mean of several classes is that of their means."""
    pairs = [pair for of_class in classes for pair in of_class]
    means = [mean(mean(gap(pair[side]) for pair in of_class) for of_class in classes) for side in (0, 1)]
    worst = [max(gap(pair[side]) for pair in pairs) for side in (0, 1)]
    level = sum(math.isclose(a["cost"], b["cost"], rel_tol=1e-9) for a, b in pairs)
    ahead = sum(gap(a) < gap(b) for a, b in pairs if not math.isclose(a["cost"], b["cost"], rel_tol=1e-9))
    longest = max(pair[0]["seconds"] for pair in pairs)
    cells = (
        *(name, f"{limit:g}", len(pairs), *map(percent, means), *map(percent, worst)),
        *(ahead, level, f"{longest:.2f}"),
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def gap(result: dict) -> float:
    """Return the gap in percent; of a plan that leaves out what must be served, infinity."""
    return math.inf if result["gap"] is None else result["gap"]


if __name__ == "__main__":
    main()
