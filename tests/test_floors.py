"""The house plan: modules import from the floors below their own; compiled code is entered by its doors."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import o2oroute

PACKAGE = Path(o2oroute.__file__).parent

FLOORS = (
    {"errors", "units", "arrays", "optional"},
    {"osm"},
    {"road"},
    {"matrix"},
    {"model"},
    {"plan"},
    {"engines"},
    {"dispatch", "learning"},
    {"formats", "viz"},
    {"cli", "service"},
)
FLOOR = {part: number for number, parts in enumerate(FLOORS) for part in parts}
DOORS = {"_core": {"road", "matrix"}, "_search": {"engines", "dispatch"}}
ORTOOLS_ADAPTER = "engines/ortools_base.py"


class Import(NamedTuple):
    """One imported module, with the class it is imported in, or TYPE_CHECKING, if any."""

    module: str
    line: int
    within: str | None


def _imports(tree: ast.AST, within: str | None = None) -> Iterator[Import]:
    """Yield every import of a module, those inside functions included."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, within) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are written in full"
            for alias in node.names:
                yield Import(f"{node.module}.{alias.name}", node.lineno, within)
        elif isinstance(node, ast.ClassDef):
            yield from _imports(node, node.name)
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name):
            yield from _imports(node, node.test.id)
        else:
            yield from _imports(node, within)


def _violations(path: str, source: str) -> list[str]:
    """Return what a module under the package imports against the house plan."""
    part = path.split("/", maxsplit=1)[0].removesuffix(".py")
    found = []
    for module, line, within in _imports(ast.parse(source)):
        names = module.split(".")
        if names[0] == "ortools" and path != ORTOOLS_ADAPTER:
            found.append(f"{path}:{line} imports {module}; OR-Tools belongs to {ORTOOLS_ADAPTER}")
        if names[0] != "o2oroute" or len(names) == 1:
            continue
        target = names[1]
        if target in DOORS:
            if part not in DOORS[target]:
                found.append(f"{path}:{line} opens {target}, the door of {sorted(DOORS[target])}")
        elif target in FLOOR:
            allowed = target == part or FLOOR[target] < FLOOR[part] or FLOOR[target] == FLOOR[part] == 0
            # the methods of RoadNetwork, and the annotations in their signatures
            hands_over = within in {"RoadNetwork", "TYPE_CHECKING"} and target == "matrix"
            if not (allowed or (path == "road/network.py" and hands_over)):
                found.append(f"{path}:{line} (floor {FLOOR[part]}) imports {module} (floor {FLOOR[target]})")
        elif target == "_kernel":
            found.append(f"{path}:{line} enters a room; rooms are entered by their doors")
    return found


def _modules() -> list[str]:
    return sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", [p for p in _modules() if "/" in p or p.removesuffix(".py") in FLOOR])
def test_module_keeps_to_its_floor(path):
    if path.startswith("_kernel/"):
        assert list(_imports(ast.parse((PACKAGE / path).read_text(encoding="utf-8")))) == []
        return
    assert _violations(path, (PACKAGE / path).read_text(encoding="utf-8")) == []


def test_each_module_stands_on_a_floor():
    parts = {path.split("/")[0].removesuffix(".py") for path in _modules()}
    assert parts - set(FLOOR) <= {"__init__", "__main__", "_kernel"}


@pytest.mark.parametrize("path", _modules())
def test_ortools_is_named_by_its_adapter_alone(path):
    """Strings count too: modules can be loaded by name."""
    if path in {ORTOOLS_ADAPTER, "optional.py"}:
        return
    tree = ast.parse((PACKAGE / path).read_text(encoding="utf-8"))
    names = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert [name for name in names if isinstance(name, str) and name.startswith("ortools.")] == []


@pytest.mark.parametrize(
    "path",
    sorted(p.relative_to(PACKAGE).as_posix() for p in [*PACKAGE.rglob("*.pyx"), *PACKAGE.rglob("*.pxd")]),
)
def test_compiled_code_uses_rooms_and_floor_zero(path):
    """Doors may raise the library's errors; rooms know nothing but rooms."""
    source = (PACKAGE / path).read_text(encoding="utf-8")
    parts = re.findall(r"^\s*(?:from|import|cimport)\s+o2oroute\.(\w+)", source, re.MULTILINE)
    allowed = {"_kernel"} if "/" in path else {"_kernel", *FLOORS[0]}
    assert set(parts) <= allowed


@pytest.mark.parametrize(
    ("path", "source", "count"),
    [
        ("osm/pbf.py", "from o2oroute.errors import InputError", 0),
        ("osm/pbf.py", "from o2oroute.road.network import RoadNetwork", 1),
        ("osm/pbf.py", "def f():\n    import o2oroute.cli.main", 1),
        ("osm/pbf.py", "from o2oroute import road", 1),
        ("units.py", "from o2oroute.errors import InputError", 0),
        ("formats/geojson.py", "from o2oroute.viz.colours import colour", 1),
        ("road/network.py", "class RoadNetwork:\n    def m(self):\n        import o2oroute.matrix.paths", 0),
        ("road/network.py", "def m():\n    import o2oroute.matrix.paths", 1),
        ("road/network.py", "class RoadNetwork:\n    def m(self):\n        import o2oroute.model.order", 1),
        ("plan/schedule.py", "from o2oroute import _search", 1),
        ("matrix/paths.py", "from o2oroute import _core", 0),
        ("matrix/paths.py", "from o2oroute._kernel import dijkstra", 1),
        ("plan/schedule.py", "from ortools.constraint_solver import pywrapcp", 1),
    ],
)
def test_rules_notice(path, source, count):
    assert len(_violations(path, source)) == count
