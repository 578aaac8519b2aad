"""Everything in examples/ runs: scripts as a user starts them, notebooks cell by cell."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
#: Scripts that notebooks are made of.
CUT_SCRIPTS = [path for path in SCRIPTS if path.read_text(encoding="utf-8").startswith("# %%")]


def test_there_are_examples():
    assert SCRIPTS
    assert NOTEBOOKS


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_script_runs(script, tmp_path):
    run = subprocess.run(
        [sys.executable, "-W", "error", script, tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    if script in CUT_SCRIPTS:
        assert "the checker finds 0 violations" in run.stdout
        served = re.search(r"^(\d+) (?:of (\d+) )?(?:parcels|meals|rides|jobs)", run.stdout)
        assert int(served[1]) >= 0.8 * int(served[2] or 60)
    if script.name == "plan_a_day.py":
        assert "60 orders served" in run.stdout
        assert "breaks 0 rules" in run.stdout
        plan = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
        assert plan["summary"]["unassigned"] == 0


@pytest.mark.parametrize("script", CUT_SCRIPTS, ids=lambda path: path.name)
def test_a_notebook_has_the_cells_of_its_script(script):
    made = runpy.run_path(str(EXAMPLES.parent / "tools" / "make_notebooks.py"))
    expected = made["notebook_of"](script.read_text(encoding="utf-8"))
    notebook = script.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert notebook == expected, "run python tools/make_notebooks.py"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_runs(path, tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    # the kernel runs in the interpreter of the tests, and leaves nothing behind in the user's folders
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    monkeypatch.setenv("IPYTHONDIR", os.fspath(tmp_path / "ipython"))
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": os.fspath(tmp_path)}}
    ).execute()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_is_stored_without_output(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert cells
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells)
