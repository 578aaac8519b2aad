from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt

_Int32: TypeAlias = npt.NDArray[np.int32]
_Int64: TypeAlias = npt.NDArray[np.int64]

ANY_TIME: Final[int]
MAX_TIME: Final[int]
SETTINGS: Final[dict[str, float]]
UNLIMITED: Final[int]

class Model:
    orders: int
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
        order_load: _Int64,
        capacity: _Int64,
        profile: _Int32,
        fixed: _Int64,
        per_tick: _Int64,
        per_length: _Int64,
        max_distance: _Int64,
        max_duty: _Int64,
        max_stops: _Int64,
        fewest_vehicles: bool = False,
    ) -> Self: ...

class Routes:
    model: Model
    def __new__(cls, model: Model) -> Self: ...
    def orders_of(self, vehicle: int) -> _Int32: ...
    def is_served(self) -> npt.NDArray[np.bool_]: ...
    def totals(self) -> tuple[_Int64, _Int64, _Int64, _Int64]: ...
    def assign(self, vehicle: int, orders: Iterable[int]) -> bool: ...
    def cost_of_insertion(self, order: int, vehicle: int, position: int) -> int | None: ...
    def insert(self, order: int, vehicle: int, position: int) -> None: ...
    def cheapest(self, order: int) -> tuple[int, int, int] | None: ...
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

class Improver:
    routes: Routes
    trace: list[tuple[float, int, int, int]]
    def __new__(
        cls,
        routes: Routes,
        *,
        importance: _Int64,
        prize: _Int64,
        ranks: _Int32,
        per_tick: float,
        per_length: float,
        waiting: float,
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
    ) -> None: ...
