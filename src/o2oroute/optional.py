"""Packages that load at first use, so that ``import o2oroute`` stays light."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from o2oroute.errors import MissingExtraError

__all__ = ["load"]

#: What each package is needed for and how to get it.
_NEEDED_FOR = {
    "geopandas": ("orders from a GeoDataFrame", "pip install geopandas"),
    "networkx": ("networks from OSMnx graphs", "pip install osmnx"),
    "opening_hours": ("conditions with times of day", "pip install opening-hours-py"),
    "ortools.constraint_solver.pywrapcp": ("the OR-Tools engine", 'pip install "ortools>=9.12,<9.16"'),
    "osmium": ("reading OpenStreetMap files", "pip install osmium"),
    "osmnx": ("roads of a named place", "pip install osmnx"),
    "pandas": ("tables", "pip install pandas"),
}


def load(name: str) -> Any:
    """Import a package at first use.

    Parameters
    ----------
    name : str
        Dotted module name.

    Returns
    -------
    module

    Raises
    ------
    MissingExtraError
        If it is not installed; the message says what it is needed for and how to install it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        purpose, command = _NEEDED_FOR.get(name, ("this", f"pip install {name.split('.', maxsplit=1)[0]}"))
        raise MissingExtraError(
            f"{name} is needed for {purpose} and could not be imported ({error}); {command}"
        ) from error
