"""Files that are wrong in one known place, made from good ones of each format."""

from __future__ import annotations

import copy
import json
from typing import Any, NamedTuple

from o2oroute.model.structure import json_pointer

DAY = {
    "schema_version": 1,
    "date": "2026-11-23",
    "time_zone": "Asia/Seoul",
    "ticks_per_second": 1,
    "objective": "cost",
    "join_within": 0,
    "depots": [{"id": "hub", "location": [126.95, 37.55], "windows": [["06:00", "22:00"]]}],
    "vehicles": [
        {
            "id": "van",
            "type": "big",
            "skills": ["cold"],
            "profile": "car",
            "speed_factor": 1.0,
            "start": "hub",
            "end": "hub",
            "capacity": {"kg": 600},
            "shift": ["08:00", "17:00"],
            "costs": {"fixed": 0, "per_hour": 20, "per_km": 0.3, "per_stop": 1},
            "max_distance": 80_000,
            "max_duty": 28_800,
            "max_travel": 20_000,
            "max_stops": 60,
            "max_on_board": 4,
        }
    ],
    "orders": [
        {
            "id": "o-1",
            "location": [126.94, 37.56],
            "delivery": {"kg": 2.5},
            "pickup": {"kg": 1},
            "service": 180,
            "setup": 60,
            "service_by_type": {"big": 200},
            "windows": [["09:00", "12:00"]],
            "release": "07:00",
            "importance": 2,
            "skills": ["cold"],
            "vehicles": {"allowed": ["van"], "not_preferred_cost": 2.0},
        },
        {"id": "o-2", "location": [126.96, 37.54], "prize": 4.5},
    ],
    "shipments": [
        {
            "id": "s-1",
            "pickup": {"location": [126.94, 37.55], "service": 60},
            "delivery": {"location": [126.93, 37.55], "windows": [["09:00", "15:00"]]},
            "load": {"kg": 3},
        }
    ],
}
WORLD = {
    "vehicles": [
        {
            "id": 1,
            "start_index": 0,
            "end_index": 0,
            "capacity": [4],
            "skills": [1],
            "time_window": [0, 9000],
            "costs": {"fixed": 10, "per_hour": 3600},
            "max_tasks": 9,
            "max_travel_time": 8000,
            "speed_factor": 1.5,
            "steps": [{"type": "job", "id": 1}],
        }
    ],
    "jobs": [
        {
            "id": 1,
            "location_index": 1,
            "setup": 5,
            "service": 60,
            "delivery": [1],
            "skills": [1],
            "priority": 3,
            "time_windows": [[10, 900]],
        }
    ],
    "shipments": [
        {
            "amount": [1],
            "pickup": {"id": 4, "location_index": 1, "service": 6},
            "delivery": {"id": 3, "location_index": 0, "time_windows": [[0, 9000]]},
        }
    ],
    "matrices": {"car": {"durations": [[0, 100], [120, 0]]}},
}
SOLOMON = """tiny

VEHICLE
NUMBER CAPACITY
2 20

CUSTOMER
CUST NO. XCOORD. YCOORD. DEMAND READY DUE SERVICE
0 0 0 0 0 1000 0
1 3 4 5 10 200 10
2 6 8 5 20 300 10
"""
LI_LIM = "3 20 1\n0 0 0 0 0 1000 0 0 0\n1 3 4 10 5 50 90 0 2\n2 6 8 -10 10 500 90 1 0\n"
VRPLIB = """NAME : t
TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 9
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
DEMAND_SECTION
1 0
2 4
3 5
EOF
"""


class Malformed(NamedTuple):
    """A wrong file: its text, and the pointer of what is wrong (None where the file is no JSON)."""

    name: str
    text: bytes
    pointer: str | None


def malformed_files() -> list[Malformed]:
    """Return them all; each is wrong at file level."""
    files = []
    for name, good in (("day", DAY), ("world", WORLD)):
        files += list(_wrong_values(name, good))
        files += list(_unknown_or_missing(name, good))
        files += list(_cut(name, json.dumps(good)))
    for name, text in (("solomon", SOLOMON), ("li-lim", LI_LIM), ("vrplib", VRPLIB)):
        files += list(_wrong_words(name, text))
    return files


def _paths(value: Any, path: tuple[Any, ...] = ()):
    """Yield the path of every leaf."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from _paths(inner, (*path, key))
    if not isinstance(value, dict | list):
        yield path


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _wrong_values(name, good):
    for path in _paths(good):
        wrongs = {"object": {"?": 1}, "nan": float("nan"), "true": True}
        # an id may be any number, and a place that is none concerns its order only
        if not {"id", "location", "allowed"} & set(path):
            wrongs["minus"] = -(10**18)
        for label, wrong in wrongs.items():
            bad = copy.deepcopy(good)
            _at(bad, path[:-1])[path[-1]] = wrong
            pointer = json_pointer(*path)
            yield Malformed(f"{name}{pointer} {label}", json.dumps(bad).encode(), pointer)


def _unknown_or_missing(name, good):
    if name == "day":  # VROOM passes over unknown keys
        for path in (
            (),
            ("depots", 0),
            ("vehicles", 0),
            ("vehicles", 0, "costs"),
            ("orders", 0),
            ("shipments", 0),
        ):
            bad = copy.deepcopy(good)
            _at(bad, path)["servce"] = 1
            yield Malformed(
                f"{name} unknown at {path}", json.dumps(bad).encode(), json_pointer(*path, "servce")
            )
    required = [("vehicles", 0, "id"), ("shipments", 0, "pickup"), ("shipments", 0, "delivery")]
    required += [("orders", 0, "id"), ("orders", 1, "location")] if name == "day" else [("jobs", 0, "id")]
    for path in required:
        bad = copy.deepcopy(good)
        del _at(bad, path[:-1])[path[-1]]
        yield Malformed(f"{name} without {path}", json.dumps(bad).encode(), json_pointer(*path))


def _cut(name, text):
    for share in range(1, 12):
        yield Malformed(f"{name} cut at {share}/12", text[: len(text) * share // 12].encode(), "")
    yield Malformed(f"{name} in no UTF-8", b'{"\xff": 1}' + text.encode(), "")
    yield Malformed(f"{name} twice", (text + text).encode(), "")


def _wrong_words(name, text):
    lines = text.splitlines()
    for i, line in enumerate(lines):
        words = line.split()
        if not all(word.lstrip("-").isdigit() for word in words) or not words:
            continue
        for wrong in ("x", "1e99", " ".join([words[0], "1", "2", "3", *words])):
            changed = [*lines[:i], " ".join([*words[:-1], wrong]), *lines[i + 1 :]]
            yield Malformed(f"{name} line {i + 1} {wrong}", "\n".join(changed).encode(), None)
