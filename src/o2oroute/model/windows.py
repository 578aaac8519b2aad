"""Time windows: put in order, intersected, and packed into arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.model.part import Window

__all__ = ["ANY_TIME", "Windows", "common_windows", "merge_windows", "packed_windows"]

#: First and last tick of a window that does not bind; times in files stay within half of it.
ANY_TIME: Final = (-(2**30), 2**30)


class Windows(NamedTuple):
    """Time windows of many things as a CSR layout.

    Those of thing ``i`` are ``first[i]`` up to ``first[i + 1]``: in ascending order, no two of them touch,
    and one of :data:`ANY_TIME` stands for "at any time". A thing without any has no moment at all.
    """

    #: int32, shape (things + 1,).
    first: npt.NDArray[np.int32]
    #: First and last tick, both included: int64, shape (windows,).
    open: npt.NDArray[np.int64]
    close: npt.NDArray[np.int64]


def merge_windows(windows: Sequence[Window]) -> list[Window]:
    """Return windows in ascending order, with those that overlap or touch made one; any time for none.

    Examples
    --------
    >>> merge_windows([(900, 1000), (0, 300), (301, 500)])
    [(0, 500), (900, 1000)]
    """
    merged: list[Window] = []
    for first, last in sorted(windows) or [ANY_TIME]:
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def common_windows(some: Iterable[Window], others: Sequence[Window]) -> list[Window]:
    """Return the moments in windows of both kinds; each kind ascends and does not overlap.

    Examples
    --------
    >>> common_windows([(0, 10), (20, 30)], [(5, 22)])
    [(5, 10), (20, 22)]
    """
    pairs = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return [(first, last) for first, last in pairs if first <= last]


def packed_windows(windows_of: Sequence[Sequence[Window]]) -> Windows:
    """Return windows, which must be in order and not touch, by thing."""
    flat = np.array([window for windows in windows_of for window in windows], np.int64).reshape(-1, 2)
    first = np.concatenate(([0], np.cumsum([len(windows) for windows in windows_of], dtype=np.int64)))
    return Windows(
        first=frozen(first.astype(np.int32)),
        open=frozen(np.ascontiguousarray(flat[:, 0])),
        close=frozen(np.ascontiguousarray(flat[:, 1])),
    )
