"""``import o2oroute`` and ``o2oroute --help`` are light: heavy packages load at first use."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "folium",
    "geopandas",
    "matplotlib",
    "networkx",
    "ortools",
    "osmium",
    "osmnx",
    "pandas",
    "plotly",
    "requests",
    "scipy",
    "shapely",
)


def _loaded_after(code: str) -> list[str]:
    """Return the heavy packages that a fresh interpreter has loaded after running the code."""
    script = f"{code}\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return run.stdout.splitlines()[-1].split() if run.stdout.strip() else []


HELP = """
import sys
from o2oroute.cli import main
sys.argv = ["o2oroute", "--help"]
try:
    main()
except SystemExit:
    pass
"""


@pytest.mark.parametrize(
    "code",
    ["import o2oroute", "from o2oroute import Problem, Plan, TravelMatrix", "import o2oroute.cli", HELP],
)
def test_nothing_heavy_is_loaded(code):
    assert _loaded_after(code) == []


def test_heavy_packages_are_noticed():
    assert _loaded_after("import scipy") == ["scipy"]
