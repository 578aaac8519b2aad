"""The examples in the docstrings of `matrix/` run as they stand."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("module", ["many_to_many", "reference", "straight_line", "travel_matrix"])
def test_examples_run(module):
    result = doctest.testmod(import_module(f"o2oroute.matrix.{module}"), report=True)
    assert result.attempted > 0
    assert result.failed == 0
