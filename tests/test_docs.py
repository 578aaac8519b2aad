"""README and docs: samples run, each option has its line, docstring examples hold, pages build."""

from __future__ import annotations

import doctest
import importlib
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import o2oroute
from o2oroute.cli.app import app
from o2oroute.road.profile import profile_names

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(o2oroute.__file__).parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Pages whose samples start with more than the demo's roads and orders.
PLANNED_BEFORE = {"job.md", "cli.md"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _blocks(page: Path, *languages: str) -> list[tuple[str, str]]:
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [(language, text) for language, text in found if language in languages]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working folder with the files that samples name."""
    shutil.copyfile(PACKAGE / "data" / "helsinki_center.osm.pbf", tmp_path / "city.osm.pbf")
    shutil.copyfile(PACKAGE / "data" / "helsinki_orders.json", tmp_path / "orders.json")
    (tmp_path / "points.csv").write_text(
        "id,lon,lat\na,24.9384,60.1699\nb,24.9525,60.1693\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run_commands(text: str) -> None:
    """Run the lines of a shell sample that call the library, with little time to search."""
    for line in text.splitlines():
        command = line.partition("#")[0].split()
        if not command or command[0] != "o2oroute":
            continue
        if command[1] in {"solve", "demo"}:
            command += ["--time-limit", "1"]
        run = subprocess.run(
            [sys.executable, "-m", *command], capture_output=True, text=True, check=False, env=os.environ
        )
        assert run.returncode == 0, f"{line}\n{run.stderr}"


@pytest.mark.parametrize("page", [page for page in PAGES if _blocks(page, "python", "sh")], ids=_name)
def test_samples_run(page, folder):
    if page.name in PLANNED_BEFORE:
        _run_commands("o2oroute prepare city.osm.pbf -o city.o2r")
        _run_commands("o2oroute solve orders.json --roads city.o2r -o plan.json")
    names: dict[str, object] = {"__name__": "sample"}
    for language, text in _blocks(page, "python", "sh"):
        if language == "sh":
            _run_commands(text)
        else:
            exec(compile(text, _name(page), "exec"), names)  # noqa: S102 - our own pages


def test_pages_of_profiles_hold_what_the_profiles_do():
    tool = runpy.run_path(str(ROOT / "tools" / "make_profile_pages.py"))
    advice = "run python tools/make_profile_pages.py"
    assert sorted(tool["NAMES"]) == sorted(profile_names())
    overview = tool["OVERVIEW"].read_text(encoding="utf-8")
    assert tool["overview_of"](overview) == overview, advice
    for name in tool["NAMES"]:
        page = (tool["PAGES"] / f"{name}.md").read_text(encoding="utf-8")
        assert tool["page_of"](name, page) == page, advice


def test_sample_orders_of_the_quick_start_are_an_order_file():
    ((_, text),) = _blocks(ROOT / "docs" / "quickstart.md", "json")
    assert len(o2oroute.read_problem(json.loads(text)).orders) == 2


def _options() -> Iterator[tuple[str, str]]:
    for name, command in typer.main.get_command(app).commands.items():
        for parameter in command.params:
            for option in (*parameter.opts, *parameter.secondary_opts):
                # the page names the form that is not the default
                if option.startswith("--") and option not in {"--help", "--distances"}:
                    yield name, option


@pytest.mark.parametrize(("command", "option"), list(_options()))
def test_page_of_the_command_line_names_each_option(command, option):
    page = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    section = page.split(f"## {command}\n")[1].split("\n## ")[0]
    assert f"`{option}`" in section


def _modules() -> Iterator[str]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[-1] not in {"__main__", "_worker"}:
            yield ".".join(["o2oroute", *(part for part in parts if part != "__init__")])


@pytest.mark.parametrize("name", list(_modules()))
def test_docstring_examples_hold(name):
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0


def test_pages_build_without_warnings(tmp_path):
    pytest.importorskip("material")
    pytest.importorskip("mkdocstrings")
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "--site-dir",
        str(tmp_path / "site"),
    ]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=quiet)
    assert run.returncode == 0, run.stdout + run.stderr
    page = (tmp_path / "site" / "reference" / "api" / "index.html").read_text(encoding="utf-8")
    for name in o2oroute.__all__:
        assert name == "__version__" or f".{name}" in page
