from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt

_Int32: TypeAlias = npt.NDArray[np.int32]
_Int64: TypeAlias = npt.NDArray[np.int64]

ANY_TIME: Final[int]
MAX_TIME: Final[int]
SETTINGS: Final[dict[str, float]]
UNLIMITED: Final[int]

class Model:
    tasks: int
    requests: int
    vehicles: int
    units: int
    cost_unit: int
    per_vehicle: int
    next_alike: _Int32
    def __new__(
        cls,
        *,
        durations: Sequence[_Int32],
        distances: Sequence[_Int32],
        node_point: _Int32,
        service: _Int64,
        window_first: _Int32,
        window_open: _Int64,
        window_close: _Int64,
        delivery: _Int64,
        capacity: _Int64,
        profile: _Int32,
        fixed: _Int64,
        per_tick: _Int64,
        per_length: _Int64,
        max_distance: _Int64,
        max_duty: _Int64,
        max_stops: _Int64,
        fewest_vehicles: bool = False,
        pairs: int = 0,
        vehicle_type: _Int32 | None = None,
        change: _Int64 | None = None,
        setup: _Int64 | None = None,
        place: _Int32 | None = None,
        release: _Int64 | None = None,
        choice: _Int32 | None = None,
        choice_cost: _Int64 | None = None,
        kind: _Int32 | None = None,
        kind_excludes: npt.NDArray[np.bool_] | None = None,
        per_travel: _Int64 | None = None,
        per_stop: _Int64 | None = None,
        max_travel: _Int64 | None = None,
        per_service: _Int64 | None = None,
        relation_kind: _Int32 | None = None,
        relation_first: _Int32 | None = None,
        relation_task: _Int32 | None = None,
        soft_first: _Int32 | None = None,
        soft_moment: _Int64 | None = None,
        soft_before: _Int64 | None = None,
        soft_after: _Int64 | None = None,
        overtime_after: _Int64 | None = None,
        overtime_per_tick: _Int64 | None = None,
        pause_first: _Int32 | None = None,
        pause_duration: _Int64 | None = None,
        pause_paid: npt.NDArray[np.bool_] | None = None,
        pause_dispensable: npt.NDArray[np.bool_] | None = None,
        pause_load: _Int64 | None = None,
        pause_window_first: _Int32 | None = None,
        pause_window_open: _Int64 | None = None,
        pause_window_close: _Int64 | None = None,
        reload_first: _Int32 | None = None,
        reload_point: _Int32 | None = None,
        reload_loading: _Int64 | None = None,
        reload_window_first: _Int32 | None = None,
        reload_window_open: _Int64 | None = None,
        reload_window_close: _Int64 | None = None,
        max_trips: _Int64 | None = None,
        max_ride: _Int64 | None = None,
    ) -> Self: ...

class Routes:
    model: Model
    def __new__(cls, model: Model) -> Self: ...
    def detours_of(self, vehicle: int) -> list[tuple[int, bool, int]]: ...
    def tasks_of(self, vehicle: int) -> _Int32: ...
    def is_served(self) -> npt.NDArray[np.bool_]: ...
    def totals(self) -> tuple[_Int64, _Int64, _Int64, _Int64]: ...
    def assign(self, vehicle: int, tasks: Iterable[int]) -> bool: ...
    def cost_of_insertion(
        self, request: int, vehicle: int, position: int, second: int | None = None
    ) -> int | None: ...
    def insert(self, request: int, vehicle: int, position: int, second: int | None = None) -> None: ...
    def cheapest(self, request: int) -> tuple[int, ...] | None: ...
    def insert_all(
        self,
        *,
        rank: _Int32,
        worth: _Int64,
        detour: float = 1.0,
        deadline: float | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> bool: ...
    def drop_unworthy(self, *, worth: _Int64) -> int: ...

class Neighbours:
    tasks: int
    near: int
    wide: int
    link_cost: npt.NDArray[np.float64]
    def __init__(
        self,
        model: Model,
        *,
        per_tick: float,
        per_length: float,
        waiting: float,
        near: int,
        wide: int,
        plane: npt.NDArray[np.float64] | None = None,
        deadline: float | None = None,
    ) -> None: ...
    def rows(self, name: Literal["before", "behind", "around"]) -> _Int32: ...
    def part(self, orders: _Int32) -> Neighbours: ...

def cut_legs(legs: _Int32, points: _Int32) -> _Int32: ...
def link_unit(link_cost: npt.NDArray[np.float64]) -> float: ...

class Improver:
    routes: Routes
    neighbours: Neighbours
    trace: list[tuple[float, int, int, int, int, int]]
    best_value: tuple[int, int]
    last_value: tuple[int, int] | None
    def __new__(
        cls,
        routes: Routes,
        *,
        importance: _Int64,
        prize: _Int64,
        ranks: _Int32,
        neighbours: Neighbours,
        seed: int,
        settings: Mapping[str, float] | None = None,
    ) -> Self: ...
    @property
    def iterations(self) -> int: ...
    @property
    def accepted(self) -> int: ...
    @property
    def improved(self) -> int: ...
    def run(
        self,
        *,
        iterations: int | None = None,
        deadline: float | None = None,
        progress: Callable[[int, int], object] | None = None,
        temperatures: tuple[float, float] | None = None,
        stopped: Callable[[], bool] | None = None,
        watch: Callable[[], object] | None = None,
    ) -> None: ...
    def last_tasks_of(self, vehicle: int) -> _Int32: ...
