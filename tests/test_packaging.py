"""What is shipped, and what it needs: data in the package, lowest versions, one version number."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import metadata
from importlib.resources import files
from pathlib import Path

import pytest

import o2oroute

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "name",
    [
        "py.typed",
        "_core.pyi",
        "_search.pyi",
        "data/helsinki_center.osm.pbf",
        "data/helsinki_orders.json",
        "data/README.md",
        "road/profiles/car.toml",
    ],
)
def test_file_is_in_the_package(name):
    assert (files("o2oroute") / name).is_file()


def test_data_files_of_the_package_are_shipped():
    """Whatever is neither code nor a cache matches a pattern of package-data."""
    package = Path(o2oroute.__file__).parent
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["o2oroute"]
    shipped = {path for pattern in patterns for path in package.glob(pattern)}
    code = {".py", ".pyx", ".pxi", ".c", ".so", ".pyd", ".pyc"}
    data = {path for path in package.rglob("*") if path.is_file() and path.suffix not in code}
    assert {path for path in data if "__pycache__" not in path.parts} <= shipped


def test_one_version():
    assert o2oroute.__version__ == PROJECT["project"]["version"]


def test_licence_is_told():
    told = metadata("o2oroute")
    assert told["License-Expression"] == "MIT"
    assert told.get_all("License-File") == ["LICENSE"]


def test_lowest_versions_are_those_of_the_project():
    lines = (ROOT / ".github" / "lowest.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.removesuffix(".*").split("==") for line in lines if not line.startswith("#"))
    needed = PROJECT["build-system"]["requires"] + PROJECT["project"]["dependencies"]
    lowest = dict(re.findall(r"^([\w-]+)>=([\d.]+)", "\n".join(needed), re.MULTILINE))
    assert len(lowest) == len(needed)
    assert pinned == lowest
