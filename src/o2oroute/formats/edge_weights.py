"""Matrices inside keyword files: EDGE_WEIGHT_SECTION in the formats of TSPLIB 95, section 2.2."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.formats.academic import Row
from o2oroute.formats.keyword_file import KeywordFile
from o2oroute.units import INF

__all__ = ["edge_weights"]

_WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,10}")


def edge_weights(file: KeywordFile, n: int) -> npt.NDArray[np.int32]:
    """Return the matrix that a file carries; triangles are mirrored.

    Parameters
    ----------
    file : KeywordFile
    n : int
        Number of nodes.

    Returns
    -------
    ndarray of int32, shape (n, n)
        Read-only.

    Raises
    ------
    InputError
        If the format is unknown, numbers are missing or too many, or one of them is no weight.
    """
    rows = file.sections.get("EDGE_WEIGHT_SECTION", [])
    form = file.word("EDGE_WEIGHT_FORMAT")
    sizes = {
        "FULL_MATRIX": n * n,
        "LOWER_ROW": n * (n - 1) // 2,
        "UPPER_ROW": n * (n - 1) // 2,
        "LOWER_DIAG_ROW": n * (n + 1) // 2,
        "UPPER_DIAG_ROW": n * (n + 1) // 2,
    }
    if form not in sizes:
        line = file.headers["EDGE_WEIGHT_FORMAT"].line
        raise file.source.error(line, f"EDGE_WEIGHT_FORMAT is {form[:40]}", f"Allowed are {', '.join(sizes)}")
    found = sum(len(row.tokens) for row in rows)
    if found != sizes[form]:
        raise file.source.error(
            file.lines.get("EDGE_WEIGHT_SECTION"),
            f"EDGE_WEIGHT_SECTION has {found} numbers; {form} of {n} nodes has {sizes[form]}",
            "Check that the file is whole",
        )
    values = np.concatenate([_weights_of(file, row) for row in rows])
    if form == "FULL_MATRIX":
        return frozen(values.reshape(n, n))
    diagonal = int("DIAG" not in form)
    cells = np.tril_indices(n, -diagonal) if form.startswith("LOWER") else np.triu_indices(n, diagonal)
    weights = np.zeros((n, n), dtype=np.int32)
    weights[cells] = values
    weights.T[cells] = values
    return frozen(weights)


def _weights_of(file: KeywordFile, row: Row) -> npt.NDArray[np.int32]:
    for token in row.tokens:
        if not _WHOLE_NUMBER.fullmatch(token) or int(token) >= INF:
            raise file.source.error(
                row.line,
                f"{token[:40]!r} is no edge weight",
                f"Allowed are whole numbers from 0 to {INF - 1}",
            )
    return np.array([int(token) for token in row.tokens], dtype=np.int32)
