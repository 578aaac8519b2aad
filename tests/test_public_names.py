"""The names of ``import o2oroute``: each found, each documented, each where type checkers see it."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import o2oroute

SOURCE = Path(o2oroute.__file__).read_text(encoding="utf-8")


def _typed_imports() -> dict[str, str]:
    """Return the names imported for type checkers, with their modules."""
    block = next(node for node in ast.parse(SOURCE).body if isinstance(node, ast.If))
    return {
        alias.name: str(node.module)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("name", o2oroute.__all__)
def test_public_name_is_found_and_documented(name):
    value = getattr(o2oroute, name)
    assert isinstance(value, str) or inspect.getdoc(value)


def test_names_load_from_where_type_checkers_look():
    assert _typed_imports() == {name: f"o2oroute.{home}" for name, home in o2oroute._HOME.items()}


def test_each_name_is_public_in_its_module():
    for name, home in _typed_imports().items():
        module = inspect.getmodule(getattr(o2oroute, name))
        assert module is not None
        assert module.__name__ == home
        assert name in module.__all__


def test_names_are_listed_once_and_sorted():
    assert o2oroute.__all__ == sorted(set(o2oroute.__all__))
    assert set(o2oroute._HOME) < set(o2oroute.__all__)


def test_dir_shows_names_before_they_are_loaded():
    assert set(o2oroute.__all__) <= set(dir(o2oroute))


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'rout'"):
        _ = o2oroute.rout


def test_submodules_remain_importable():
    from o2oroute import errors

    assert errors.InputError is o2oroute.InputError
