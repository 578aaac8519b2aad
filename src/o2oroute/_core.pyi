from typing import Any, Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt

_Int32: TypeAlias = npt.NDArray[np.int32]

INF: Final[int]

class Graph:
    nodes: int
    arcs: int
    first_out: _Int32
    node_ms: _Int32
    node_dm: _Int32
    def __new__(
        cls, first_out: _Int32, head: _Int32, weight_ms: _Int32, node_ms: _Int32, node_dm: _Int32
    ) -> Self: ...

class Seeds:
    graph: Graph
    points: int
    def __new__(cls, graph: Graph, first: _Int32, node: _Int32, ms: _Int32, dm: _Int32) -> Self: ...

class Workspace:
    graph: Graph
    def __new__(cls, graph: Graph) -> Self: ...

def dijkstra_rows(
    sources: Seeds,
    targets: Seeds,
    row_from: int,
    row_to: int,
    out_ms: _Int32,
    out_dm: _Int32 | None,
    workspace: Workspace,
) -> None: ...
def dijkstra_path(
    sources: Seeds, source: int, targets: Seeds, target: int, workspace: Workspace
) -> tuple[int, int, _Int32, int, int] | None: ...

ROOMS: Final[tuple[str, ...]]

def nested_dissection(
    tail: _Int32, head: _Int32, lon: _Int32, lat: _Int32, *, directions: int = 4, share: float = 0.3
) -> _Int32: ...

class Hierarchy:
    graph: Graph
    rank: _Int32
    entries: int
    depth: int
    def __new__(cls, graph: Graph, rank: _Int32) -> Self: ...

class Metric:
    hierarchy: Hierarchy
    graph: Graph
    rows: int
    longest_ms: float
    most_exact_ms: float
    def __new__(
        cls, hierarchy: Hierarchy, graph: Graph | None = None, before: Metric | None = None
    ) -> Self: ...

class Selection:
    hierarchy: Hierarchy
    points: Seeds
    departing: bool
    nodes: int
    arcs: int
    def __new__(cls, hierarchy: Hierarchy, points: Seeds, departing: bool = False) -> Self: ...

class Sweep:
    metric: Metric
    selection: Selection
    lengths: bool
    packed: bool
    def __new__(cls, metric: Metric, selection: Selection, *, lengths: bool) -> Self: ...

class ManyLanes:
    sweep: Sweep
    points: Seeds
    backwards: bool
    room: str
    width: int
    groups: int
    @property
    def shape(self) -> tuple[int, int]: ...
    def __new__(cls, sweep: Sweep, points: Seeds, *, room: str | None = None) -> Self: ...

class LaneMemory:
    hierarchy: Hierarchy
    def __new__(cls, hierarchy: Hierarchy) -> Self: ...

def lane_rows(
    lanes: ManyLanes,
    group_from: int,
    group_to: int,
    out_ms: npt.NDArray[Any],
    out_dm: npt.NDArray[Any] | None,
    memory: LaneMemory,
) -> bool: ...

class Labels:
    metric: Metric
    points: int
    def __new__(cls, metric: Metric) -> Self: ...
    def append(self, points: Seeds) -> None: ...
    def keep(self, indices: npt.NDArray[np.int64]) -> None: ...
    def write_lines(
        self, begin: int, out_ms: npt.NDArray[np.float32], out_dm: npt.NDArray[np.float32]
    ) -> bool: ...

class PathMemory:
    metric: Metric
    def __new__(cls, metric: Metric) -> Self: ...

def hierarchy_nodes(
    seeds: Seeds, points: _Int32, memory: PathMemory
) -> tuple[npt.NDArray[np.int64], _Int32]: ...
def hierarchy_path(
    sources: Seeds, source: int, targets: Seeds, target: int, memory: PathMemory
) -> tuple[int, int, _Int32, int, int] | None: ...

class Steps:
    steps: int
    def __new__(cls, ends: _Int32, priority: _Int32) -> Self: ...
    def nearest(
        self, points: npt.NDArray[np.float64], per_degree: npt.NDArray[np.float64]
    ) -> tuple[_Int32, npt.NDArray[np.float64], npt.NDArray[np.float64]]: ...
