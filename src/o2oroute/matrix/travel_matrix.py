"""Travel times and lengths between points: checked, read-only, saved as one ``.npz`` file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import as_points, frozen
from o2oroute.errors import Finding, InputError

__all__ = ["RawMatrix", "TravelMatrix"]

_KEYS: Final = ("durations", "distances", "points", "targets", "snap_distance", "target_snap_distance")


class RawMatrix(NamedTuple):
    """The exact integers behind a :class:`TravelMatrix`, both of shape ``(n, m)``.

    They are a kind of their own: milliseconds taken for seconds would make silent nonsense.
    """

    #: Milliseconds, int32; :data:`~o2oroute.units.INF` where there is no way.
    ms: npt.NDArray[np.int32]
    #: Decimetres of the shortest of the fastest ways, int32; None if not asked for.
    dm: npt.NDArray[np.int32] | None


@dataclass(frozen=True, eq=False, repr=False)
class TravelMatrix:
    """Travel times, and lengths, from ``n`` points to ``m`` points.

    Get one from :meth:`RoadNetwork.matrix`, from a file by :meth:`load`, from
    :func:`~o2oroute.matrix.straight_line.straight_line_matrix`, or make it from your own arrays.

    Parameters
    ----------
    durations : array_like, shape (n, m)
        Seconds from point ``i`` to target ``j``; ``inf`` where there is no way. Floating point numbers
        are kept as float32; whole numbers stay whole numbers (int32 or int64), in which
        :data:`~o2oroute.units.INF` or more means no way.
    distances : array_like, shape (n, m), optional
        Metres of the same ways.
    points : array_like of float, shape (n, 2), optional
        Longitude and latitude of the points in degrees.
    targets : array_like of float, shape (m, 2), optional
        The same of the targets; None if the points are the targets.
    snap_distance, target_snap_distance : array_like of float, shapes (n,) and (m,), optional
        Metres from each point to the roads.

    Attributes
    ----------
    durations, distances, points, targets, snap_distance, target_snap_distance
        As above, as read-only arrays or None. An array that is already of the kept kind is not copied:
        whoever hands it over does not change it afterwards.

    Raises
    ------
    InputError
        If shapes do not match, or values are negative, not numbers (NaN), or of another kind; with a finding
        for each array that is wrong.

    Examples
    --------
    >>> matrix = TravelMatrix([[0, 60], [75, 0]])
    >>> matrix.durations.dtype, matrix.shape
    (dtype('int64'), (2, 2))
    """

    durations: npt.NDArray[Any]
    distances: npt.NDArray[Any] | None = None
    points: npt.NDArray[np.float64] | None = None
    targets: npt.NDArray[np.float64] | None = None
    snap_distance: npt.NDArray[np.float32] | None = None
    target_snap_distance: npt.NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        """Check all parts, and close them for writing."""
        findings: list[Finding] = []
        for name in _KEYS:
            values = getattr(self, name)
            if values is None and name != "durations":
                continue
            part = _checked(name, values)
            if isinstance(part, Finding):
                findings.append(part)
            else:
                object.__setattr__(self, name, frozen(part))
        if findings := findings or self._misfits():
            raise InputError(findings=findings)

    @classmethod
    def trusted(cls, **parts: npt.NDArray[Any] | None) -> TravelMatrix:
        """Return a matrix of arrays that are known to be right, without a pass over them.

        Parameters
        ----------
        **parts
            The attributes, of the kinds that they are kept in. Whoever hands them over does not change them
            afterwards.
        """
        matrix = object.__new__(cls)
        for name in _KEYS:
            part = parts.get(name)
            object.__setattr__(matrix, name, None if part is None else frozen(part))
        return matrix

    @property
    def shape(self) -> tuple[int, int]:
        """Number of points and of targets."""
        rows, columns = self.durations.shape
        return rows, columns

    def __repr__(self) -> str:
        """Return shape and kind."""
        distances = "no distances" if self.distances is None else "distances"
        return f"TravelMatrix({self.shape[0]} x {self.shape[1]}, {self.durations.dtype}, {distances})"

    def save(self, path: str | Path) -> None:
        """Write the matrix as an ``.npz`` file that :meth:`load` reads back bit for bit.

        Parameters
        ----------
        path : str or Path
            Written as given; no suffix is added.
        """
        parts = {name: getattr(self, name) for name in _KEYS if getattr(self, name) is not None}
        with Path(path).open("wb") as file:
            np.savez(file, **parts)

    @classmethod
    def load(cls, path: str | Path) -> TravelMatrix:
        """Read a matrix from an ``.npz`` file.

        Parameters
        ----------
        path : str or Path
            File with the keys ``durations`` and, optionally, ``distances``, ``points``, ``targets``,
            ``snap_distance`` and ``target_snap_distance``, each as in :class:`TravelMatrix`. Pickled objects
            are not read.

        Returns
        -------
        TravelMatrix

        Raises
        ------
        InputError
            If the file is missing, damaged, of another kind, or holds a wrong matrix.
        """
        parts = _read_archive(Path(path))
        unknown = [key for key in parts if key not in _KEYS]
        if unknown or "durations" not in parts:
            wrong = f"the unknown keys {unknown}" if unknown else "no key 'durations'"
            raise _file_error(
                "MATRIX_KEYS",
                f"{path} has {wrong}; allowed are {list(_KEYS)}.",
                "Write it with numpy.savez(path, durations=..., distances=...).",
                value=sorted(parts),
            )
        try:
            return cls(**parts)
        except InputError as error:
            raise InputError(f"{path}: {error}", findings=error.findings) from None

    def _misfits(self) -> list[Finding]:
        """Compare the shapes of the parts."""
        rows, columns = self.shape
        if self.points is not None and self.targets is None and rows != columns:
            problem = f"are the targets too, so durations must be square; they are {rows} x {columns}"
            return [_finding("MATRIX_SHAPE", "points", problem, len(self.points))]
        findings = []
        for name, shape in (
            ("distances", (rows, columns)),
            ("points", (rows, 2)),
            ("targets", (columns, 2)),
            ("snap_distance", (rows,)),
            ("target_snap_distance", (columns,)),
        ):
            array = getattr(self, name)
            if array is not None and array.shape != shape:
                problem = (
                    f"has shape {array.shape}; with durations of shape {(rows, columns)} it must be {shape}"
                )
                findings.append(_finding("MATRIX_SHAPE", name, problem, array.shape))
        return findings


def _checked(name: str, values: Any) -> npt.NDArray[Any] | Finding:
    """Return one part in the dtype that it is kept in, or what is wrong with it."""
    try:
        if name in ("points", "targets"):
            return as_points(values, name=name)
        array = np.asarray(values)
    except ValueError as error:  # also rows of different lengths
        return _finding("MATRIX_SHAPE", name, f"is no array of the right shape: {error}", None)
    dimensions = 2 if name in ("durations", "distances") else 1
    if array.dtype.kind not in "fiu":
        problem = f"has dtype {array.dtype}; it must hold numbers"
        return _finding("MATRIX_DTYPE", name, problem, str(array.dtype))
    if array.ndim != dimensions:
        problem = f"has shape {array.shape}; it must have {dimensions} dimensions"
        return _finding("MATRIX_SHAPE", name, problem, array.shape)
    # a NaN makes the smallest value NaN, and each comparison with NaN is false
    if array.size and not array.min() >= 0:
        return _bad_value(name, array)
    return _kept(array, whole=dimensions == 2 and array.dtype.kind in "iu")


def _kept(array: npt.NDArray[Any], *, whole: bool) -> npt.NDArray[Any]:
    if not whole:
        with np.errstate(over="ignore"):  # what is too large for float32 is out of reach: inf
            return np.ascontiguousarray(array, dtype=np.float32)
    if array.dtype == np.uint64:  # int64 holds all but what is out of reach anyway
        array = np.minimum(array, np.iinfo(np.int64).max)
    return np.ascontiguousarray(array, dtype=np.int32 if np.can_cast(array.dtype, np.int32) else np.int64)


def _bad_value(name: str, array: npt.NDArray[Any]) -> Finding:
    bad = np.argwhere(~(array >= 0))
    place = tuple(int(i) for i in bad[0])
    value = array[place].item()
    return _finding(
        "MATRIX_VALUE",
        "/".join([name, *map(str, place)]),
        f"is {value}{_and_more(len(bad))}; allowed is zero or more, and inf where there is no way",
        value,
    )


def _and_more(count: int) -> str:
    return f" ({count} such values in all)" if count > 1 else ""


def _finding(code: str, place: str, problem: str, value: Any) -> Finding:
    return Finding(code, f"/{place}", f"{place} {problem}.", "Correct the matrix.", value=value)


def _file_error(code: str, message: str, action: str, *, value: Any = None) -> InputError:
    return InputError(findings=[Finding(code, "", message, action, value=value)])


def _read_archive(path: Path) -> dict[str, npt.NDArray[Any]]:
    action = "Give an .npz file written by numpy.savez or TravelMatrix.save."
    try:
        with path.open("rb") as file:  # numpy itself leaves a damaged file open
            archive = np.load(file, allow_pickle=False)
            if isinstance(archive, np.lib.npyio.NpzFile):
                return {key: archive[key] for key in archive.files}
    except FileNotFoundError:
        raise _file_error("MATRIX_FILE", f"{path} does not exist.", "Check the path.") from None
    except MemoryError as error:
        raise _file_error("MATRIX_FILE", f"{path} does not fit the memory: {error}.", action) from None
    # a damaged header is parsed as Python source, so that errors of many kinds come out of it
    except Exception as error:  # noqa: BLE001
        raise _file_error("MATRIX_FILE", f"{path} cannot be read as a matrix: {error}.", action) from None
    raise _file_error("MATRIX_FILE", f"{path} holds one array, not an archive of named arrays.", action)
