"""The quality benchmark: resumable results, and a table that hides nothing."""

from __future__ import annotations

import importlib.util
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

QUALITY = Path(__file__).resolve().parents[2] / "benchmarks" / "quality"


@pytest.fixture
def run(monkeypatch):
    """The script as a module."""
    monkeypatch.syspath_prepend(str(QUALITY))
    spec = importlib.util.spec_from_file_location("quality_run", QUALITY / "run.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "quality_run", module)  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    sys.modules.pop("instances", None)


def _result(run, name="R1_2_10", *, gap=1.0, unserved=0, seed=1, collection="homberger_200"):
    job = run.Job(collection, name, "dimacs", "ortools", 10.0, seed, 1, "0.1.0 abc")
    return run.asdict(job) | {
        "class": run.class_of(collection, name),
        "cost": 101.0,
        "vehicles": 20,
        "unserved": unserved,
        "best_known": 100.0,
        "best_known_vehicles": 18,
        "gap": gap,
        "seconds": 10.25,
    }


@pytest.mark.parametrize(
    ("collection", "name", "expected"),
    [
        ("solomon", "RC108", "solomon RC1"),
        ("solomon", "C201", "solomon C2"),
        ("homberger_1000", "R2_10_10", "homberger_1000 R2"),
        ("cvrp_x", "X-n101-k25", "cvrp_x"),
        ("lilim_1000", "LRC2_10_4", "lilim_1000 LRC2"),
        ("lilim_100", "lc101", "lilim_100 LC1"),
        ("pcvrptw_1000", "C1_10_1", "pcvrptw_1000 C1"),
    ],
)
def test_classes(run, collection, name, expected):
    assert run.class_of(collection, name) == expected


def test_evenly_takes_the_middle_of_each_step(run):
    assert run.evenly(list("abcdef"), 2) == ["b", "e"]
    assert run.evenly(list("abc"), 9) == ["a", "b", "c"]
    assert len(set(run.evenly([str(i) for i in range(40)], 6))) == 6


def test_results_are_appended_and_read_back(run, tmp_path):
    path = tmp_path / "out" / "quality.jsonl"
    results = [_result(run, seed=seed) for seed in (1, 2)]
    for result in results:
        run.append(path, result)
    assert run.read_results(path) == results
    assert run.read_results(tmp_path / "none.jsonl") == []


def test_a_line_that_was_cut_off_is_dropped_and_written_over(run, tmp_path):
    path = tmp_path / "quality.jsonl"
    first, second = _result(run, seed=1), _result(run, seed=2)
    run.append(path, first)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(second)[:40])
    assert run.read_results(path) == [first]
    run.append(path, second)
    assert run.read_results(path) == [first, second]


def test_a_broken_line_inside_is_said(run, tmp_path):
    path = tmp_path / "quality.jsonl"
    path.write_text("{\n" + json.dumps(_result(run)) + "\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="line 1 is no JSON"):
        run.read_results(path)


def _cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_table_has_a_line_a_class_and_the_mean_of_the_classes(run):
    results = [
        _result(run, "R1_2_1", gap=1.0),
        _result(run, "R1_2_2", gap=3.0),
        _result(run, "C1_2_1", gap=4.0),
    ]
    lines = run.table(results).splitlines()
    assert [_cells(line)[0] for line in lines[2:]] == [
        "homberger_200 C1",
        "homberger_200 R1",
        "homberger_200, all classes",
    ]
    assert _cells(lines[3])[1:] == ["dimacs", "ortools", "10", "2", "2.00", "3.00", "+2.0", "0", "10.2"]
    assert _cells(lines[4])[5] == "3.00"  # of the classes' means, not of the instances


def test_a_plan_that_leaves_orders_out_spoils_the_mean(run):
    lines = run.table([_result(run, gap=1.0), _result(run, gap=None, unserved=3, seed=2)]).splitlines()
    assert _cells(lines[2])[5:9] == [str(math.inf), str(math.inf), "+2.0", "1"]


def test_the_same_command_resumes(shared, tmp_path):
    results = tmp_path / "quality.jsonl"

    def lines_after(*names):
        command = [sys.executable, str(QUALITY / "run.py"), "solomon", "--instances", *names]
        command += ["--engine", "insertion", "--code", "here", "--results", str(results)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.splitlines(), results.read_text(encoding="utf-8").splitlines()

    first_table, first = lines_after("C101")
    assert [_cells(line)[0] for line in first_table[2:]] == ["solomon C1"]
    (result,) = map(json.loads, first)
    assert result["cost"] >= result["best_known"] == 827.3  # which is optimal
    assert result["gap"] == 100 * (result["cost"] / 827.3 - 1)
    second_table, second = lines_after("C101", "R101")
    assert second[:1] == first  # not run again
    assert [json.loads(line)["instance"] for line in second] == ["C101", "R101"]
    names = [_cells(line)[0] for line in second_table[2:]]
    assert names == ["solomon C1", "solomon R1", "solomon, all classes"]


def test_best_known_of_another_convention_is_another_value(run, shared, tmp_path):
    library = run.Library(tmp_path)
    assert library.best("solomon", "C101", "dimacs") == (827.3, None)
    assert library.best("solomon", "C101", "sintef") == (828.94, 10)
    with pytest.raises(SystemExit, match="not stored for convention euc2d"):
        library.best("solomon", "C101", "euc2d")
    assert library.names("homberger_1000")[:2] == ["C1_10_1", "C1_10_7"]
