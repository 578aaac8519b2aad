"""One checked conversion per kind of array, used wherever arrays enter the package."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from o2oroute.errors import InputError

__all__ = ["as_int32", "as_points", "frozen"]

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


def frozen(array: _Array) -> _Array:
    """Return a read-only view of an array; the array itself stays as it is."""
    view = array.view()
    view.flags.writeable = False
    return view
