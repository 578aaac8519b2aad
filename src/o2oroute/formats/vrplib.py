"""VRPLIB instances: capacitated vehicle routing and its dialects (windows, depots, fleets, prizes, matrices).

Format: TSPLIB 95 (:mod:`o2oroute.formats.keyword_file`) with the keywords of CVRPLIB, of the EURO-NeurIPS
2022 competition and of PyVRP's instances. A keyword that a problem cannot hold is an error.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Final

from o2oroute.formats.academic import ClientNode, DepotNode, Row, Source, academic_problem
from o2oroute.formats.conventions import Convention, convention_named
from o2oroute.formats.edge_weights import edge_weights
from o2oroute.formats.keyword_file import KeywordFile
from o2oroute.formats.vrplib_fleet import FLEET_HEADERS, FLEET_SECTIONS, allowed_vehicles, fleet_data
from o2oroute.model.legs import Legs
from o2oroute.model.problem import Problem

__all__ = ["parse_vrplib", "read_vrplib"]

#: Kinds of problem whose rules all stand in sections read here; others mean rules that no section names.
_TYPES: Final = (
    *("VRP", "CVRP", "ACVRP", "DCVRP", "HFVRP", "MDVRP", "PCVRP", "SDVRP"),
    *("VRPTW", "CVRPTW", "HFVRPTW", "MDVRPTW", "PCVRPTW", "SDVRPTW", "MTVRPTW", "MTVRPTWR"),
)
#: DISPLAY_DATA_TYPE and its section say how to draw the instance, NODE_COORD_TYPE what the sections show.
_HEADERS: Final = (
    *("NAME", "TYPE", "DIMENSION", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT", "SERVICE_TIME"),
    *("NODE_COORD_TYPE", "DISPLAY_DATA_TYPE"),
    *FLEET_HEADERS,
)
_SECTIONS: Final = (
    *("NODE_COORD_SECTION", "EDGE_WEIGHT_SECTION", "DISPLAY_DATA_SECTION", "DEPOT_SECTION"),
    *("DEMAND_SECTION", "SERVICE_TIME_SECTION", "TIME_WINDOW_SECTION", "PRIZE_SECTION"),
    "RELEASE_TIME_SECTION",
    *FLEET_SECTIONS,
)


def read_vrplib(
    path: str | os.PathLike[str], *, convention: str | None = None, strict: bool = False
) -> Problem:
    """Read a VRPLIB instance.

    Ids are node numbers less one, as in ``.sol`` files: with the depot as node 1, the depot is ``"0"`` and
    the first client ``"1"``. Vehicles are ``"1"``, ``"2"``, ... in the order of the file's vehicle sections.
    The problem carries its own legs, so it is solved without roads or matrix.

    Parameters
    ----------
    path : path-like
    convention : str or None
        Name of a convention (:mod:`o2oroute.formats.conventions`); None means ``"explicit"`` for files with a
        matrix and ``"euc2d"`` for others, which is what EDGE_WEIGHT_TYPE says.
    strict : bool
        Whether order-level findings (a demand above every capacity, say) are errors.

    Returns
    -------
    Problem

    Raises
    ------
    InputError
        If the file cannot be read, naming the line, or has a section that a problem cannot hold.
    """
    return parse_vrplib(Source.from_file(path), convention=convention, strict=strict)


def parse_vrplib(source: Source, *, convention: str | None = None, strict: bool = False) -> Problem:
    """Read an instance from its text; as :func:`read_vrplib`."""
    file = KeywordFile.parse(source)
    file.only(_HEADERS, _SECTIONS)
    kind = file.word("TYPE", "CVRP")
    if kind not in _TYPES:
        line = file.headers["TYPE"].line
        raise source.error(line, f"TYPE is {kind[:40]}", f"Allowed are {', '.join(_TYPES)}")
    rule = _convention(file, convention)
    file.word("DIMENSION")
    n = source.whole(file.headers["DIMENSION"], 0, "DIMENSION", least=2)
    legs = _legs(file, n, rule)
    depots = _depots(file, n)
    windows = _windows(file, n, rule)
    clients = _clients(file, n, depots, windows, rule)
    return academic_problem(
        source,
        convention=rule,
        legs=legs,
        depots=[DepotNode(node, windows[node]) for node in depots],
        vehicles=fleet_data(file, depots, clients, rule),
        clients=clients,
        properties={"name": " ".join(file.headers.get("NAME", Row(0, [])).tokens), "format": "vrplib"},
        strict=strict,
    )


def _convention(file: KeywordFile, name: str | None) -> Convention:
    weights = file.word("EDGE_WEIGHT_TYPE")
    line = file.headers["EDGE_WEIGHT_TYPE"].line
    if weights not in {"EXPLICIT", "EUC_2D"}:
        raise file.source.error(
            line, f"EDGE_WEIGHT_TYPE is {weights[:40]}", "Allowed are EUC_2D and EXPLICIT"
        )
    convention = convention_named(name or ("explicit" if weights == "EXPLICIT" else "euc2d"))
    if weights == "EXPLICIT" and convention.rounding != "given":
        raise file.source.error(
            line,
            f"the file carries its matrix, which convention {convention.name!r} would not use",
            "Use convention 'explicit'",
        )
    return convention


def _legs(file: KeywordFile, n: int, convention: Convention) -> Legs:
    if file.word("EDGE_WEIGHT_TYPE") == "EXPLICIT":
        weights = edge_weights(file, n)
        return Legs(weights, weights)
    number = file.source.number
    coordinates = [
        (float(number(row, 1, "x", least=None)), float(number(row, 2, "y", least=None)))
        for row in _rows(file, "NODE_COORD_SECTION", n, 2)
    ]
    return file.source.legs(coordinates, convention)


def _depots(file: KeywordFile, n: int) -> list[int]:
    """Return the depots' nodes, counted from 0; node 1 of the file where it does not say."""
    if "DEPOT_SECTION" not in file.sections:
        return [0]
    depots: list[int] = []
    for row in file.sections["DEPOT_SECTION"]:
        if row.tokens == ["-1"]:
            break
        if len(row.tokens) != 1:
            raise file.source.error(
                row.line,
                f"a row of DEPOT_SECTION has {len(row.tokens)} values",
                "Write one node, or -1 to end",
            )
        node = file.source.whole(row, 0, "node of the depot", least=1)
        if node > n or node - 1 in depots:
            problem = f"is above DIMENSION, {n}" if node > n else "comes twice"
            raise file.source.error(row.line, f"depot {node} {problem}", "Correct the line")
        depots.append(node - 1)
    if not 0 < len(depots) < n:
        raise file.source.error(
            file.lines["DEPOT_SECTION"],
            f"{len(depots)} of {n} nodes are depots",
            "Name at least one, and leave at least one client",
        )
    return depots


def _windows(file: KeywordFile, n: int, convention: Convention) -> Sequence[tuple[int, int] | None]:
    if "TIME_WINDOW_SECTION" not in file.sections:
        return [None] * n
    rows = _rows(file, "TIME_WINDOW_SECTION", n, 2)
    return [file.source.window(row, 1, f"node {row.tokens[0]}", convention) for row in rows]


def _clients(
    file: KeywordFile,
    n: int,
    depots: Sequence[int],
    windows: Sequence[tuple[int, int] | None],
    convention: Convention,
) -> list[ClientNode]:
    source = file.source
    demands = [source.number(row, 1, "demand") for row in _rows(file, "DEMAND_SECTION", n, 1)]
    services = _ticks(file, "SERVICE_TIME", n, "service time", convention)
    releases = _ticks(file, "RELEASE_TIME", n, "release time", convention)
    prizes = file.values("PRIZE", n, "node", partial(source.number, what="prize")) or [Decimal(0)] * n
    allowed = allowed_vehicles(file, n)
    for key in ("DEMAND_SECTION", "SERVICE_TIME_SECTION", "PRIZE_SECTION", "RELEASE_TIME_SECTION"):
        _nothing_at_depots(file, key, n, depots)
    return [
        ClientNode(
            node,
            demand=demands[node],
            service=services[node],
            window=windows[node],
            # a prize of 0 marks a client that must be served
            prize=convention.prize(prizes[node]) if prizes[node] else None,
            # time begins at 0, so that everything is ready by then
            release=releases[node] or None,
            vehicles=None if allowed is None else allowed[node],
        )
        for node in sorted(set(range(n)).difference(depots))
    ]


def _ticks(file: KeywordFile, key: str, n: int, what: str, convention: Convention) -> list[int]:
    """Return a time of each node; 0 where the file has none."""
    return (
        file.values(key, n, "node", partial(file.source.ticks, what=what, convention=convention)) or [0] * n
    )


def _nothing_at_depots(file: KeywordFile, key: str, n: int, depots: Sequence[int]) -> None:
    if key not in file.sections:
        return
    rows = _rows(file, key, n, 1)
    for depot in depots:
        if file.source.number(rows[depot], 1, key):
            raise file.source.error(
                rows[depot].line,
                f"depot {depot + 1} has {rows[depot].tokens[1]} in {key}",
                "It must be 0 at depots",
            )


def _rows(file: KeywordFile, key: str, n: int, values: int) -> list[Row]:
    if key not in file.sections:
        raise file.source.error(None, f"{key} is missing", "Check that the file is whole")
    return file.numbered(key, n, values, "node")
