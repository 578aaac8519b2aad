"""Compare two results of `make bench` as ratios, and fail if anything became much slower.

    python benchmarks/compare.py before.json after.json

The fastest round of each benchmark counts: on a shared machine it is disturbed least. Both files must come
from the same machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

#: Above this ratio of the times a benchmark fails.
LIMIT = 1.5


def fastest(path: Path) -> dict[str, float]:
    """Return the seconds of the fastest round of each benchmark of a pytest-benchmark file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {entry["fullname"]: float(entry["stats"]["min"]) for entry in content["benchmarks"]}
    except OSError as error:
        sys.exit(f"{path}: {error.strerror}")
    except (ValueError, KeyError, TypeError) as error:
        sys.exit(f"{path} is no result of pytest-benchmark: {error!r}")


def compare(
    before: dict[str, float], after: dict[str, float], *, limit: float = LIMIT
) -> tuple[list[str], bool]:
    """Return one line for each benchmark, and whether all that are in both stay within the limit."""
    lines, fine = [], True
    for name in sorted(before | after):
        if name not in after or name not in before:
            lines.append(f"{'gone' if name not in after else 'new':>8}  {name}")
            continue
        ratio = after[name] / before[name]
        slower = ratio > limit
        fine &= not slower
        times = f"{before[name] * 1e3:.3f} -> {after[name] * 1e3:.3f} ms"
        lines.append(f"{ratio:>7.2f}x  {name}  {times}{'  TOO SLOW' if slower else ''}")
    return lines, fine


def main(arguments: list[str] | None = None) -> int:
    """Print the comparison; return 1 if a benchmark is too slow or none can be compared."""
    parser = argparse.ArgumentParser(description="Compare two results of the micro-benchmarks as ratios.")
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument(
        "--limit", type=float, default=LIMIT, help="fail above this ratio (default %(default)s)"
    )
    options = parser.parse_args(arguments)
    before, after = fastest(options.before), fastest(options.after)
    lines, fine = compare(before, after, limit=options.limit)
    print("\n".join(lines))
    if not before.keys() & after.keys():
        print("no benchmark is in both files")
        return 1
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
