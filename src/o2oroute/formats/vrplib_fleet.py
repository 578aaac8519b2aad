"""The vehicles of VRPLIB instances: from one capacity for all to a section for each property."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from math import ceil
from typing import Any, Final

from o2oroute.formats.academic import ClientNode, Row, vehicle_data
from o2oroute.formats.conventions import Convention
from o2oroute.formats.keyword_file import KeywordFile

__all__ = ["FLEET_HEADERS", "FLEET_SECTIONS", "allowed_vehicles", "fleet_data"]

#: What may be one header for all vehicles or a section with a row for each.
_PROPERTIES: Final = (
    *("CAPACITY", "VEHICLES_FIXED_COST", "VEHICLES_UNIT_DISTANCE_COST"),
    *("VEHICLES_MAX_DURATION", "VEHICLES_MAX_DISTANCE", "VEHICLES_MAX_RELOADS"),
)
FLEET_HEADERS: Final = ("VEHICLES", "DISTANCE", *_PROPERTIES)
#: A row for each vehicle: its number, and the nodes of the clients that it may serve.
_ALLOWED: Final = "VEHICLES_ALLOWED_CLIENTS_SECTION"
#: A row for each vehicle: its number, and the nodes of the depots where it may load again.
_RELOADS: Final = "VEHICLES_RELOAD_DEPOT_SECTION"
FLEET_SECTIONS: Final = (
    *(f"{key}_SECTION" for key in _PROPERTIES),
    *("VEHICLES_DEPOT_SECTION", _RELOADS, _ALLOWED),
)


def fleet_data(
    file: KeywordFile, depots: Sequence[int], clients: Sequence[ClientNode], convention: Convention
) -> list[dict[str, Any]]:
    """Return the vehicles of a file as in an order file.

    Parameters
    ----------
    file : KeywordFile
    depots : sequence of int
        Nodes of the depots, counted from 0.
    clients : sequence of ClientNode
        They tell how many vehicles are enough where the file does not say.
    convention : Convention

    Raises
    ------
    InputError
        If a section is wrong, or the file does not say which depot vehicles belong to.
    """
    source, size = file.source, _size(file, clients)
    number = partial(file.values, count=size, what="vehicle")
    capacity = number("CAPACITY", read=partial(source.number, what="capacity"))
    fixed = number("VEHICLES_FIXED_COST", read=partial(source.number, what="fixed cost"))
    unit = number("VEHICLES_UNIT_DISTANCE_COST", read=partial(source.number, what="unit distance cost"))
    rules = _limits(file, size, convention) | _trips(file, size, depots)
    homes = _homes(file, size, depots)
    return [
        vehicle_data(
            i + 1,
            depot=homes[i],
            capacity=None if capacity is None else capacity[i],
            fixed=0.0 if fixed is None else convention.fixed_cost(fixed[i]),
            per_km=convention.per_km(None if unit is None else unit[i]),
            **{key: values[i] for key, values in rules.items()},
        )
        for i in range(size)
    ]


def allowed_vehicles(file: KeywordFile, nodes: int) -> list[list[str]] | None:
    """Return the ids of the vehicles that may serve each node; None where the file leaves that open.

    Raises
    ------
    InputError
        If a row names what there is not, or a vehicle has two rows.
    """
    if _ALLOWED not in file.sections:
        return None
    allowed: list[list[str]] = [[] for _ in range(nodes)]
    for row, vehicle, clients in _rows_of_nodes(file, _ALLOWED, "client"):
        for node in clients:
            if node > nodes:
                raise file.source.error(row.line, f"there is no node {node}", f"Nodes are 1 to {nodes}")
            allowed[node - 1].append(str(vehicle))
    return allowed


def _trips(file: KeywordFile, size: int, depots: Sequence[int]) -> dict[str, list[Any]]:
    """Return for each vehicle where and how often it may load again, if the file lets any."""
    source = file.source
    most = file.values("VEHICLES_MAX_RELOADS", size, "vehicle", partial(source.whole, what="reloads"))
    if _RELOADS not in file.sections:
        return {}
    trips: list[Any] = [None] * size
    for row, vehicle, nodes in _rows_of_nodes(file, _RELOADS, "depot"):
        if vehicle > size:
            raise source.error(row.line, f"there is no vehicle {vehicle}", f"Vehicles are 1 to {size}")
        for node in nodes:
            if node - 1 not in depots:
                raise source.error(row.line, f"{node} is no depot", "Name a node of DEPOT_SECTION")
        limit = {} if most is None else {"max": most[vehicle - 1] + 1}
        trips[vehicle - 1] = {"depots": [str(node - 1) for node in nodes], **limit} if nodes else None
    return {"trips": trips}


def _rows_of_nodes(file: KeywordFile, section: str, what: str) -> Iterator[tuple[Row, int, list[int]]]:
    """Yield the rows of a section, the vehicle of each, and the nodes that it names; counted from 1."""
    seen: set[int] = set()
    for row in file.sections[section]:
        vehicle = file.source.whole(row, 0, "number of the vehicle", least=1)
        if vehicle in seen:
            raise file.source.error(row.line, f"vehicle {vehicle} of {section} comes twice", "Leave one row")
        seen.add(vehicle)
        columns = range(1, len(row.tokens))
        yield row, vehicle, [file.source.whole(row, column, what, least=1) for column in columns]


def _size(file: KeywordFile, clients: Sequence[ClientNode]) -> int:
    if "VEHICLES" in file.headers:
        file.word("VEHICLES")
        return file.source.fleet_size(file.headers["VEHICLES"], 0, "VEHICLES")
    for key in FLEET_SECTIONS:
        if key in file.sections:
            raise file.source.error(file.lines[key], f"{key} stands without VEHICLES", "Add VEHICLES : ...")
    return _enough(file, clients)


def _enough(file: KeywordFile, clients: Sequence[ClientNode]) -> int:
    """Return a number of vehicles that does not bind: in general as many as clients.

    Where only capacity limits a route and distances keep the triangle inequality, two routes whose loads fit
    one vehicle cost no less than both in one; so some best plan has no two such routes, and then it has fewer
    than 2 x demand / capacity. That makes models of large instances much smaller.
    """
    row = file.headers.get("CAPACITY")
    binding = {"TIME_WINDOW_SECTION", "VEHICLES_MAX_DURATION", "VEHICLES_MAX_DISTANCE", "DISTANCE"}
    explicit = file.word("EDGE_WEIGHT_TYPE") == "EXPLICIT"
    if row is None or explicit or binding & {*file.headers, *file.sections}:
        return len(clients)
    capacity = file.source.number(row, 0, "capacity")
    demand = sum(client.demand for client in clients)
    return max(1, min(len(clients), ceil(2 * demand / capacity))) if capacity else len(clients)


def _limits(file: KeywordFile, size: int, convention: Convention) -> dict[str, list[int]]:
    """Return limits of vehicles by name, for those that the file has; DISTANCE limits travel and service."""
    if "DISTANCE" in file.headers and _has(file, "VEHICLES_MAX_DURATION"):
        raise file.source.error(
            file.headers["DISTANCE"].line, "DISTANCE stands beside VEHICLES_MAX_DURATION", "Leave one"
        )
    duty = "DISTANCE" if "DISTANCE" in file.headers else "VEHICLES_MAX_DURATION"
    ticks = partial(file.source.ticks, what=duty, convention=convention)
    length = partial(file.source.whole, what="VEHICLES_MAX_DISTANCE")
    limits = {
        "max_duty": file.values(duty, size, "vehicle", ticks),
        "max_distance": file.values("VEHICLES_MAX_DISTANCE", size, "vehicle", length),
    }
    return {name: values for name, values in limits.items() if values is not None}


def _homes(file: KeywordFile, size: int, depots: Sequence[int]) -> list[int]:
    def home(row: Row, column: int) -> int:
        node = file.source.whole(row, column, "depot", least=1) - 1
        if node not in depots:
            raise file.source.error(row.line, f"{node + 1} is no depot", "Name a node of DEPOT_SECTION")
        return node

    homes = file.values("VEHICLES_DEPOT", size, "vehicle", home)
    if homes is None and len(depots) > 1:
        raise file.source.error(
            file.lines["DEPOT_SECTION"],
            f"there are {len(depots)} depots, but no VEHICLES_DEPOT_SECTION",
            "Say which depot each vehicle belongs to",
        )
    return [depots[0]] * size if homes is None else homes


def _has(file: KeywordFile, key: str) -> bool:
    return key in file.headers or f"{key}_SECTION" in file.sections
