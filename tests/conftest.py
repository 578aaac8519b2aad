"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _shared_folder() -> Path:
    return Path(os.environ.get("O2OROUTE_SHARED", str(ROOT.parent / "shared"))) / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the shared data set; where it is absent, tests skip, or fail if it is required."""
    folder = _shared_folder()
    if not folder.is_dir():
        if os.environ.get("O2OROUTE_REQUIRE_SHARED") == "1":
            pytest.fail(f"O2OROUTE_REQUIRE_SHARED=1, but {folder} is not there; set O2OROUTE_SHARED")
        pytest.skip(f"needs the shared data set at {folder} (set O2OROUTE_SHARED)")
    return folder
