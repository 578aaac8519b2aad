"""The page that lists all rules: each has its row, each row its test, and peers' names are real."""

from __future__ import annotations

import importlib.metadata
import re
from itertools import chain
from pathlib import Path

import pytest

from o2oroute.formats import vroom_input
from o2oroute.model.features import FEATURES

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "rules.md"
COLUMNS = ("rule", "VROOM", "PyVRP", "OR-Tools", "jsprit", "vrp", "test")


def _rows():
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert all(len(row) == len(COLUMNS) for row in rows)
    return [
        dict(zip(COLUMNS, row, strict=True))
        for row in rows
        if row[0] != "rule" and not row[0].startswith("-")
    ]


def _names(cell):
    return re.findall(r"`([^`]+)`", cell)


def test_every_feature_has_a_row():
    rules = " ".join(row["rule"].replace("`", "") for row in _rows())
    missing = [name for name in FEATURES if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", rules)]
    assert missing == []


def test_every_row_leads_to_its_test():
    linked = set()
    for row in _rows():
        targets = re.findall(r"\]\(([^)]+)\)", row["test"])
        assert targets, row["rule"]
        for target in targets:
            path = (PAGE.parent / target).resolve()
            assert path.is_file(), target
            assert "def test_" in path.read_text(encoding="utf-8"), target
            linked.add(path)
    features = set((ROOT / "tests" / "features").glob("test_*.py"))
    assert features <= linked


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["rule"])
def test_a_row_says_something_of_every_peer(row):
    for peer in COLUMNS[1:-1]:
        assert row[peer] in ("—", "by hand", "starts, ends") or _names(row[peer]), (row["rule"], peer)


def test_what_vroom_has_is_what_its_input_has():
    kinds = [getattr(vroom_input, name) for name in vroom_input.__all__ if name.startswith("Vroom")]
    fields = set(chain.from_iterable(getattr(kind, "model_fields", {}) for kind in kinds)) | {"shipments"}
    assert {name for row in _rows() for name in _names(row["VROOM"])} - fields == set()


def test_what_or_tools_has_is_what_is_installed():
    pywrapcp = pytest.importorskip("ortools.constraint_solver.pywrapcp")
    known = {*dir(pywrapcp.RoutingModel), *dir(pywrapcp.RoutingDimension)}
    assert {name for row in _rows() for name in _names(row["OR-Tools"])} - known == set()
    text = PAGE.read_text(encoding="utf-8")
    stated = re.search(r"OR-Tools (\d+\.\d+)", text)[1]
    assert importlib.metadata.version("ortools").startswith(f"{stated}.")
