"""An order file with every field, and a way to look at findings."""

from __future__ import annotations

import copy

import pytest

from o2oroute.errors import InputError
from o2oroute.model.problem import Problem

ORDER_FILE = {
    "schema_version": 1,
    "date": "2026-11-23",
    "time_zone": "Asia/Seoul",
    "ticks_per_second": 1,
    "objective": "cost",
    "depots": [
        {"id": "hub", "location": [126.95, 37.55], "windows": [["06:00", "22:00"]], "properties": {"dock": 2}}
    ],
    "vehicles": [
        {
            "id": "van-1",
            "profile": "car",
            "start": "hub",
            "end": "hub",
            "capacity": {"parcels": 120, "kg": 600},
            "shift": ["08:00", "17:00"],
            "costs": {"fixed": 0, "per_hour": 20, "per_km": 0.3},
            "max_distance": 80000,
            "max_duty": 30000,
            "max_stops": 60,
        },
        {"id": 2, "start": [126.96, 37.56], "end": None, "capacity": {"parcels": 30}},
    ],
    "orders": [
        {
            "id": "o-1",
            "location": [126.94, 37.56],
            "delivery": {"parcels": 1, "kg": 2.5},
            "service": 180,
            "windows": [["09:00", "12:00"], ["14:00", "16:00"]],
            "importance": 1,
            "properties": {"phone": "..."},
        },
        {"id": 2, "location": [126.95, 37.54], "prize": 4.5},
    ],
}


@pytest.fixture
def order_file():
    return copy.deepcopy(ORDER_FILE)


@pytest.fixture
def found():
    """Return (code, pointer, level) of everything that is found in a problem, raised or kept."""

    def look(data):
        try:
            findings = Problem.from_dict(data).findings
        except InputError as error:
            findings = error.findings
        assert all(finding.message and finding.action for finding in findings)
        return [(finding.code, finding.pointer, finding.level) for finding in findings]

    return look
