"""Arrays of numbers, one for each thing, in which a limit may be missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen

__all__ = ["UNLIMITED", "column", "limits"]

Int64 = npt.NDArray[np.int64]

#: Stands for "no limit" in integer arrays of capacities and limits.
UNLIMITED: Final = 2**62


def column(values: Iterable[int]) -> Int64:
    """Return numbers as a read-only array."""
    return frozen(np.fromiter(values, np.int64))


def limits(values: Iterable[int | None]) -> Int64:
    """Return limits as a read-only array, :data:`UNLIMITED` where there is none."""
    return column(UNLIMITED if value is None else value for value in values)
