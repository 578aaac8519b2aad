"""What the tests of the command line share: a runner, a small city, and orders in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import o2oroute
from o2oroute.cli.app import app

DATA = Path(o2oroute.__file__).parent / "data"
EXTRACT = DATA / "helsinki_center.osm.pbf"


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        """The lines that tell what is wrong."""
        return [line for line in self.err.splitlines() if line.startswith("error: ")]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Return a function that runs the command line in this process."""

    def run(*arguments: object) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            app([str(argument) for argument in arguments], prog_name="o2oroute")
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, out, err)

    return run


@pytest.fixture
def shell() -> Callable[..., Ended]:
    """Return a function that runs the command line in a process of its own."""

    def run(*arguments: object, folder: Path | None = None) -> Ended:
        command = [sys.executable, "-m", "o2oroute", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=120)
        assert "Traceback" not in done.stderr
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the prepared roads of the demo's city centre."""
    path = tmp_path_factory.mktemp("city") / "city.o2r"
    o2oroute.save_network(o2oroute.RoadNetwork.from_osm(EXTRACT), path)
    return path


@pytest.fixture
def day() -> dict[str, Any]:
    """Return a small order file, as plain values to be changed: four orders, two vans."""
    places = [[24.9490, 60.1735], [24.9529, 60.1739], [24.9474, 60.1641], [24.9420, 60.1700]]
    return {
        "schema_version": 1,
        "date": "2026-11-23",
        "time_zone": "Europe/Helsinki",
        "depots": [{"id": "hub", "location": [24.9391, 60.1651], "windows": [["07:00", "19:00"]]}],
        "vehicles": [
            {
                "id": f"van-{number}",
                "start": "hub",
                "end": "hub",
                "capacity": {"parcels": 10, "kg": 50},
                "shift": ["08:00", "17:00"],
            }
            for number in (1, 2)
        ],
        "orders": [
            {
                "id": f"o-{number}",
                "location": place,
                "delivery": {"parcels": 1, "kg": 2.5},
                "service": 180,
                "windows": [["09:00", "12:00"]],
            }
            for number, place in enumerate(places, start=1)
        ],
    }


@pytest.fixture
def order_file(tmp_path: Path) -> Callable[[Any], Path]:
    """Return a function that writes an order file, from plain values or as it is."""

    def write(content: Any, name: str = "orders.json") -> Path:
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    return write
