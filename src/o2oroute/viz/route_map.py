"""One self-contained page of a plan: map, timeline, lists; it opens from a disk, without any network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, Final
from urllib.parse import urlsplit

from o2oroute.errors import InputError
from o2oroute.plan.plan import Plan
from o2oroute.road.network import RoadNetwork
from o2oroute.viz.extent import plan_extent
from o2oroute.viz.payload import plan_payload
from o2oroute.viz.roads_layer import road_layers

__all__ = ["draw_map", "map_html"]

#: Roads are left out, the least important first, before a page grows beyond this many bytes.
_LARGEST_PAGE: Final = 5_000_000
#: Roads are shown this far about the plan: a share of its size, but at least so many metres.
_MARGIN: Final = (0.2, 500.0)
#: Shapes of window that roads should fill while the whole plan is shown: width to height, height to width.
_SHAPES: Final = (2.2, 1.3)
#: In the order in which they build on each other.
_SCRIPTS: Final = (
    "data.js",
    "state.js",
    "tiles.js",
    "map.js",
    "pointer.js",
    "timeline.js",
    "lists.js",
    "card.js",
    "main.js",
)


def draw_map(
    plan: Plan,
    path: str | os.PathLike[str],
    *,
    roads: RoadNetwork | Mapping[str, RoadNetwork] | None = None,
    tiles: str | None = None,
    title: str | None = None,
) -> Path:
    """Write a plan as one page with map, timeline and lists.

    The page is a single file that any browser opens. It asks the network for nothing, except for background
    tiles if their address is given.

    Parameters
    ----------
    plan : Plan
        A plan whose orders have no places (from a matrix alone) gets a timeline and lists, but no map.
    path : path-like
        File to write, ``plan.html`` for instance.
    roads : RoadNetwork or mapping of str to RoadNetwork, optional
        Streets to draw behind the routes; of several profiles the network with the most roads.
    tiles : str, optional
        Address of background tiles such as ``"https://tile.example.org/{z}/{x}/{y}.png"``. Mind the terms of
        use of who serves them.
    title : str, optional
        Heading of the page.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InputError
        If `tiles` is no address of tiles.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> o2oroute.draw_map(plan, "plan.html", roads=network)  # doctest: +SKIP
    PosixPath('plan.html')
    """
    target = Path(path)
    target.write_text(map_html(plan, roads=roads, tiles=tiles, title=title), encoding="utf-8", newline="\n")
    return target


def map_html(
    plan: Plan,
    *,
    roads: RoadNetwork | Mapping[str, RoadNetwork] | None = None,
    tiles: str | None = None,
    title: str | None = None,
) -> str:
    """Return the page that :func:`draw_map` writes.

    Parameters
    ----------
    plan, roads, tiles, title
        As for :func:`draw_map`.

    Returns
    -------
    str
        HTML. It stays below 5 MB by leaving out small roads first.

    Raises
    ------
    InputError
        If `tiles` is no address of tiles.
    """
    tiles_origin = None if tiles is None else _tiles_origin(tiles)
    heading = title or "Delivery plan"
    extent = plan_extent(plan)
    network = _largest(roads)
    payload = plan_payload(plan, extent)
    payload |= {
        "title": heading,
        "tiles": tiles,
        "attribution": _attribution(plan, network, tiles),
        "roads": [],
        "all_roads": True,
    }
    script, style = "\n".join(map(_asset, _SCRIPTS)), _asset("page.css")
    parts = {
        "policy": html.escape(_policy(script, style, tiles_origin)),
        "title": html.escape(heading),
        "style": style,
        "script": script,
    }
    page = Template(_asset("page.html"))
    if network is not None and extent is not None:
        shown = extent.wider(*_MARGIN).filled_up(*_SHAPES)
        bare = page.substitute(parts, plan=_json(payload))
        budget = _LARGEST_PAGE - len(bare.encode()) - 1000
        payload["roads"], payload["all_roads"] = road_layers(network, shown, extent.origin, budget=budget)
    return page.substitute(parts, plan=_json(payload))


def _largest(roads: RoadNetwork | Mapping[str, RoadNetwork] | None) -> RoadNetwork | None:
    """Return the network to draw."""
    if isinstance(roads, Mapping):
        return max(roads.values(), key=lambda network: network.segments, default=None)
    return roads


def _attribution(plan: Plan, network: RoadNetwork | None, tiles: str | None) -> str:
    """Return whose data the map shows, each source once."""
    sources = [plan.attribution, None if network is None else network.meta.get("attribution")]
    if tiles is not None:
        sources.append(f"tiles: {urlsplit(tiles).hostname}")
    return " · ".join(dict.fromkeys(str(source) for source in sources if source))


def _tiles_origin(tiles: str) -> str:
    """Return the scheme and host of an address of tiles, after checking it.

    Raises
    ------
    InputError
        If it is no address of tiles.
    """
    parts = urlsplit(tiles) if isinstance(tiles, str) else urlsplit("")
    host = re.fullmatch(r"[A-Za-z0-9.-]+(:\d+)?", parts.netloc)
    holes = set(re.findall(r"\{(.*?)\}", str(tiles)))
    if parts.scheme not in {"http", "https"} or host is None or holes != {"z", "x", "y"}:
        raise InputError(
            f"tiles is {tiles!r}; it must be an address with {{z}}, {{x}} and {{y}} and no other gap, as in "
            '"https://tile.example.org/{z}/{x}/{y}.png"; leave it out for a page that needs no network'
        )
    return f"{parts.scheme}://{parts.netloc}"


def _policy(script: str, style: str, tiles_origin: str | None) -> str:
    """Return a Content Security Policy: nothing but the page's own script and style runs, nothing is fetched.

    A second wall behind the escaping: text from a file that slipped through could still do nothing.
    """
    images = tiles_origin or "'none'"
    return (
        f"default-src 'none'; img-src {images}; script-src '{_digest(script)}'; style-src '{_digest(style)}'"
    )


def _digest(text: str) -> str:
    """Return a text's hash as a Content Security Policy has it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _json(payload: dict[str, Any]) -> str:
    """Return JSON that is safe in a script element: no text in it can end the element or open a comment."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    # half of a surrogate pair is valid in JSON, but no UTF-8
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _asset(name: str) -> str:
    """Return a file of the page."""
    return files("o2oroute.viz").joinpath("assets", name).read_text(encoding="utf-8")
