"""Ways in which an array can be of the wrong kind for a compiled door."""

from __future__ import annotations

import numpy as np


def foreign_order(array):
    return array.astype(array.dtype.newbyteorder())


def unaligned(array):
    raw = np.zeros(array.nbytes + 1, np.uint8)
    view = raw[1:].view(array.dtype)
    view[...] = array
    return view


#: ways in which any array can be of the wrong kind
SPOILT = {
    "int64": lambda array: array.astype(np.int64),
    "uint32": lambda array: array.astype(np.uint32),
    "float64": lambda array: array.astype(np.float64),
    "bool": lambda array: array.astype(bool),
    "object": lambda array: array.astype(object),
    "text": lambda array: array.astype(str),
    "foreign byte order": foreign_order,
    "unaligned": unaligned,
    "strided": lambda array: np.repeat(array, 2)[::2],
    "reversed": lambda array: array[::-1],
    "two dimensions": lambda array: array.reshape(1, -1),
    "no dimension": lambda array: array[:1].reshape(()),
    "too short": lambda array: array[:-1],
    "too long": lambda array: np.append(array, np.int32(-1)),
    "empty": lambda array: array[:0],
    "list": lambda array: array.tolist(),
    "None": lambda _: None,
}
