"""One checked conversion per kind of array, used wherever arrays enter the package."""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from o2oroute.errors import InputError

__all__ = ["as_int32", "as_points", "checked", "frozen", "ranges"]

_Array = TypeVar("_Array", bound=npt.NDArray[Any])


def as_points(points: npt.ArrayLike, *, name: str = "points") -> npt.NDArray[np.float64]:
    """Return positions as a C-contiguous float64 array of shape ``(n, 2)``, lon and lat in degrees.

    Positions that are out of range or not finite are the caller's to judge, one by one: a single bad
    coordinate must not cost the others.

    Raises
    ------
    InputError
        If the shape is not ``(n, 2)`` or the values are not numbers.

    Examples
    --------
    >>> as_points([(126.95, 37.55)]).shape
    (1, 2)
    """
    try:
        array = np.ascontiguousarray(points, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} must be numbers in an array of shape (n, 2): lon, lat; {error}") from None
    if array.size == 0 and array.ndim <= 2:  # [] and [[]] are both "no points"
        return np.empty((0, 2))
    if array.ndim != 2 or array.shape[1] != 2:
        raise InputError(
            f"{name} has shape {array.shape}; it must be (n, 2): one row lon, lat for each point"
        )
    return array


def as_int32(values: npt.ArrayLike, *, name: str) -> npt.NDArray[np.int32]:
    """Return whole numbers as a C-contiguous int32 array of one dimension.

    Raises
    ------
    InputError
        If values are not whole numbers, do not fit 32 bits, or have more than one dimension.

    Examples
    --------
    >>> as_int32([1, 2], name="ids").dtype
    dtype('int32')
    """
    array = np.asarray(values)
    if array.size == 0:
        array = array.astype(np.int32)
    if array.ndim != 1:
        raise InputError(f"{name} has {array.ndim} dimensions; it must have 1")
    if array.dtype.kind not in "iu":
        raise InputError(f"{name} has dtype {array.dtype}; it must hold whole numbers")
    if array.size and (int(array.min()) < -(2**31) or int(array.max()) >= 2**31):
        raise InputError(f"{name} has values from {array.min()} to {array.max()}; they must fit 32 bits")
    return np.ascontiguousarray(array, dtype=np.int32)


def checked(
    array: Any,
    name: str,
    dtype: npt.DTypeLike,
    shape: tuple[int, ...],
    *,
    low: float = -math.inf,
    high: float = math.inf,
) -> npt.NDArray[Any]:
    """Return an array if compiled code can use it as it is: nothing is converted at a compiled door.

    Parameters
    ----------
    array : ndarray
    name : str
        What messages call it.
    dtype : dtype
    shape : tuple of int
        -1 stands for any length.
    low, high : int
        Range of the values, both ends included.

    Raises
    ------
    InputError
        If it has another dtype, shape, byte order or memory layout, or a value out of range.

    Examples
    --------
    >>> checked(np.array([3, 1]), "ids", np.int64, (-1,), low=0).sum()
    np.int64(4)
    """
    wanted = np.dtype(dtype)
    if not isinstance(array, np.ndarray):
        raise InputError(f"{name} is of type {type(array).__name__}; it must be a numpy array of {wanted}")
    if array.dtype != wanted:
        raise InputError(
            f"{name} has dtype {array.dtype!r}; it must be {wanted}, in this machine's byte order"
        )
    if len(array.shape) != len(shape) or any(
        w not in (-1, n) for n, w in zip(array.shape, shape, strict=True)
    ):
        lengths = ", ".join("any" if length < 0 else str(length) for length in shape)
        raise InputError(f"{name} has shape {array.shape}; it must be ({lengths})")
    if not array.flags.c_contiguous or not array.flags.aligned:
        raise InputError(f"{name} is strided or unaligned; pass numpy.ascontiguousarray of it")
    # a matrix of thousands of points is not read through for nothing; with fractions, it may hold no number
    is_limited = low > -math.inf or high < math.inf or wanted.kind == "f"
    if is_limited and array.size and not (low <= int(array.min()) and int(array.max()) <= high):
        place = tuple(int(i) for i in np.argwhere((array < low) | (array > high))[0])
        raise InputError(f"{name} at {place} is {array[place]}; it must be from {low} to {high}")
    return array


def frozen(array: _Array) -> _Array:
    """Return a read-only view of an array; the array itself stays as it is."""
    view = array.view()
    view.flags.writeable = False
    return view


def ranges(first: npt.NDArray[Any], count: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return ``first[i], first[i] + 1, ...``, ``count[i]`` numbers of each, one range after the other.

    The way to walk parts of a CSR layout without a Python loop.

    Examples
    --------
    >>> ranges(np.array([5, 1]), np.array([2, 3])).tolist()
    [5, 6, 1, 2, 3]
    """
    ends = np.cumsum(count, dtype=np.int64)
    total = int(ends[-1]) if ends.size else 0
    start_minus_place: npt.NDArray[np.int64] = first.astype(np.int64) - (ends - count)
    return np.arange(total) + np.repeat(start_minus_place, count)
