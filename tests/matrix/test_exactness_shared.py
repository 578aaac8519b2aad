"""Real extracts against the reference, as ``benchmarks/exactness.py`` does it at full size."""

from __future__ import annotations

import runpy

import numpy as np
import pytest

from conftest import ROOT

EXTRACTS = [
    "monaco",
    "helsinki_center",
    "washington_dc_nw",
    "porto_alegre_center",
    "seoul/west_central_merged_roads",
]


@pytest.mark.parametrize("name", EXTRACTS)
def test_each_cell_is_the_references(shared, name, capsys):
    script = runpy.run_path(str(ROOT / "benchmarks" / "exactness.py"))
    script["check_extract"](shared / "osm" / f"{name}.osm.pbf", [100, 1000], 20, 3)
    assert " 26000 cells" in capsys.readouterr().out


@pytest.mark.parametrize("how", ["off by one", "lost"])
def test_a_wrong_cell_is_found(how):
    script = runpy.run_path(str(ROOT / "benchmarks" / "exactness.py"))
    right = np.arange(6).reshape(2, 3)
    wrong = right.copy()
    wrong[1, 2] = 6 if how == "off by one" else 2**30 - 1
    with pytest.raises(SystemExit, match=r"1 cells differ; at \(.*1.*2.*\)"):
        script["same"](wrong, right)
    script["same"](right, right.copy())
