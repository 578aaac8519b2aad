"""Academic instances of the shared data set, unpacked as tests ask for them."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def academic_file(shared, tmp_path_factory) -> Callable[[str, str], Path]:
    """Function of a set and a file name that returns the file's path."""
    folder = tmp_path_factory.mktemp("academic")

    def find(collection: str, name: str) -> Path:
        plain = shared / "instances" / collection / name
        if plain.is_file():
            return plain
        with tarfile.open(shared / "instances" / collection / "instances.tar.gz") as archive:
            archive.extract(f"{collection}/{name}", folder, filter="data")
        return folder / collection / name

    return find


@pytest.fixture(scope="session")
def best_known(shared) -> Callable[[str, str], float]:
    """Function of a set and an instance that returns its best known cost."""

    def cost(collection: str, name: str) -> float:
        text = (shared / "instances" / collection / "best_known.json").read_text(encoding="utf-8")
        return json.loads(text)[name]["cost"]

    return cost
