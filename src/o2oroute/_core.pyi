from typing import Final, Self, TypeAlias

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
