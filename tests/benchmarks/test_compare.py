"""The comparison of two benchmark results: ratios, and a failure above the limit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "compare.py"


def _result(path: Path, **fastest: float) -> Path:
    entries = [{"fullname": name, "stats": {"min": seconds}} for name, seconds in fastest.items()]
    path.write_text(json.dumps({"benchmarks": entries}), encoding="utf-8")
    return path


def _compare(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPT, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_within_the_limit(tmp_path):
    run = _compare(_result(tmp_path / "a", decode=0.1), _result(tmp_path / "b", decode=0.149))
    assert run.returncode == 0
    assert "1.49x  decode" in run.stdout


def test_too_slow(tmp_path):
    before = _result(tmp_path / "a", decode=0.1, snap=0.2)
    run = _compare(before, _result(tmp_path / "b", decode=0.151, snap=0.1))
    assert run.returncode == 1
    assert "1.51x  decode" in run.stdout
    assert run.stdout.count("TOO SLOW") == 1


def test_limit_can_be_set(tmp_path):
    before, after = _result(tmp_path / "a", decode=0.1), _result(tmp_path / "b", decode=0.19)
    assert _compare(before, after).returncode == 1
    assert _compare(before, after, "--limit", "2").returncode == 0


def test_new_and_gone_are_named_and_do_not_fail(tmp_path):
    run = _compare(_result(tmp_path / "a", old=1, same=1), _result(tmp_path / "b", fresh=1, same=1))
    assert run.returncode == 0
    assert "gone  old" in run.stdout
    assert "new  fresh" in run.stdout


def test_nothing_in_common_fails(tmp_path):
    assert _compare(_result(tmp_path / "a", old=1), _result(tmp_path / "b", fresh=1)).returncode == 1


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"benchmarks": [{"fullname": "a"}]}'])
def test_foreign_file_is_named(tmp_path, content):
    foreign = tmp_path / "foreign.json"
    foreign.write_text(content, encoding="utf-8")
    run = _compare(foreign, foreign)
    assert run.returncode == 1
    assert "foreign.json is no result of pytest-benchmark" in run.stderr
    assert "Traceback" not in run.stderr


def test_missing_file_is_named(tmp_path):
    run = _compare(tmp_path / "a.json", tmp_path / "b.json")
    assert run.returncode == 1
    assert "a.json: No such file" in run.stderr
