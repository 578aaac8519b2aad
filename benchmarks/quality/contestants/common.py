"""What the contestants share: the problem as arrays, and the routes they answer with.

A contestant is run as ``python SCRIPT PROBLEM.npz SECONDS SEED``. Its last line on standard output is JSON:
``{"seconds": ..., "routes": {vehicle: [order, ...]}}``, with the numbers of the arrays, and -1
where the vehicle loads again.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np

Routes = dict[int, list[int]]


def take_part(solve: Callable[[dict[str, np.ndarray], float, int], Callable[[], Routes]]) -> None:
    """Let `solve` build its model of the arrays, then time the search that it returns."""
    with np.load(sys.argv[1], allow_pickle=False) as file:
        arrays = dict(file)
    search = solve(arrays, float(sys.argv[2]), int(sys.argv[3]))
    begin = time.perf_counter()
    routes = search()
    print(json.dumps({"seconds": time.perf_counter() - begin, "routes": routes}))


def fleet(arrays: dict[str, np.ndarray]) -> list[list[int]]:
    """Return the vehicles in groups that differ in nothing."""
    columns = [array.reshape(len(array), -1) for name, array in arrays.items() if name.startswith("vehicle_")]
    _, group = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    return [np.flatnonzero(group.reshape(-1) == number).tolist() for number in range(int(group.max()) + 1)]
