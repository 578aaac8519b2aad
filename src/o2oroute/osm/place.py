"""Roads of a named place, downloaded through OSMnx and kept on disk."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from o2oroute.errors import InputError
from o2oroute.optional import load

__all__ = ["cache_folder", "download_place"]


def cache_folder() -> Path:
    """Return where downloads are kept if nothing else is said: ``o2oroute`` in the user's cache folder.

    ``XDG_CACHE_HOME`` is honoured on every system.
    """
    base = os.environ.get("XDG_CACHE_HOME")
    if base:
        return Path(base) / "o2oroute"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local"))) / "o2oroute"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "o2oroute"
    return Path.home() / ".cache" / "o2oroute"


def download_place(
    name: str,
    *,
    ways: Mapping[str, Collection[str]],
    keys: Collection[str],
    cache: str | os.PathLike[str] | None = None,
) -> Any:
    """Download the roads inside the boundary of a place.

    Answers are kept on disk, so the same place needs no network the second time. OSMnx brings no turn
    restrictions; where they matter, use an extract.

    Parameters
    ----------
    name : str
        As one would type it into a map search: ``"Mapo-gu, Seoul"``.
    ways : mapping of str to collection of str
        A way is fetched if it has one of these tags, as for :func:`~o2oroute.osm.pbf.read_osm`.
    keys : collection of str
        Tags of the ways to keep.
    cache : path-like, optional
        Folder for the answers; :func:`cache_folder` if not given.

    Returns
    -------
    networkx.MultiDiGraph
        As OSMnx makes it, simplified but never across ways.

    Raises
    ------
    InputError
        If the place is not found, has no roads, or the service cannot be reached.
    """
    osmnx = load("osmnx")
    filters = [f'["{key}"~"^({"|".join(sorted(values))})$"]' for key, values in ways.items()]
    folder = cache_folder() if cache is None else Path(cache)
    settings = {
        "use_cache": True,
        "cache_folder": str(folder),
        "useful_tags_way": ["name", "ref", *keys],
    }
    try:
        with _osmnx_settings(osmnx, settings):
            graph = osmnx.graph_from_place(
                name, custom_filter=filters, simplify=False, retain_all=True, truncate_by_edge=True
            )
        return osmnx.simplify_graph(graph, edge_attrs_differ=["osmid"])
    # OSMnx, requests and the parsers below them raise kinds of their own
    except Exception as error:
        raise InputError(
            f"roads of {name!r} could not be downloaded ({type(error).__name__}: {error}); check the "
            "spelling and the network connection, or give an OpenStreetMap extract (.osm.pbf)"
        ) from error


@contextmanager
def _osmnx_settings(osmnx: Any, settings: Mapping[str, Any]) -> Iterator[None]:
    """Set OSMnx's global settings for the time of one call."""
    before = {key: getattr(osmnx.settings, key) for key in settings}
    try:
        for key, value in settings.items():
            setattr(osmnx.settings, key, value)
        yield
    finally:
        for key, value in before.items():
            setattr(osmnx.settings, key, value)
