"""Travel matrices: what is kept, what is refused, and the round trip through a file."""

from __future__ import annotations

import gc
import io
import random
import warnings
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from o2oroute.errors import InputError
from o2oroute.matrix.travel_matrix import TravelMatrix

SQUARE = np.array([[0.0, 60.5], [np.inf, 0.0]])


@pytest.mark.parametrize(
    ("given_as", "kept_as"),
    [
        ("float16", "float32"),
        ("float32", "float32"),
        ("float64", "float32"),
        ("int8", "int32"),
        ("uint16", "int32"),
        ("int32", "int32"),
        ("uint32", "int64"),
        ("int64", "int64"),
        ("uint64", "int64"),
        (">f8", "float32"),
        (">i4", "int32"),
    ],
)
def test_floats_are_kept_as_float32_and_whole_numbers_as_whole_numbers(given_as, kept_as):
    values = np.array([[0, 7], [100, 0]], dtype=given_as)
    matrix = TravelMatrix(values, values)
    for kept in (matrix.durations, matrix.distances):
        assert kept.dtype == kept_as
        assert kept.tolist() == values.tolist()


def test_large_whole_numbers_never_pass_through_float32():
    matrix = TravelMatrix([[0, 2**24 + 1], [2**53 + 1, 0]])
    assert matrix.durations.tolist() == [[0, 2**24 + 1], [2**53 + 1, 0]]


def test_unsigned_numbers_beyond_int64_stay_out_of_reach():
    assert TravelMatrix(np.array([[0, 2**64 - 1]], np.uint64)).durations.tolist() == [[0, 2**63 - 1]]


def test_what_float32_cannot_hold_is_out_of_reach():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        matrix = TravelMatrix([[0.0, 1e300]])
    assert matrix.durations.tolist() == [[0.0, np.inf]]


def test_arrays_are_read_only_and_outlive_their_makers():
    values = np.array([[0.0, 2.0], [3.0, 0.0]], np.float32)
    matrix = TravelMatrix(values, values.copy(), points=[(1, 2), (3, 4)], snap_distance=[0.5, np.inf])
    del values
    gc.collect()
    assert matrix.durations.tolist() == [[0.0, 2.0], [3.0, 0.0]]
    for array in (matrix.durations, matrix.distances, matrix.points, matrix.snap_distance):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_it_may_be_rectangular_and_empty():
    wide = TravelMatrix(np.ones((1, 3)), points=[(0, 0)], targets=[(1, 1), (2, 2), (3, 3)])
    assert wide.shape == (1, 3)
    assert TravelMatrix(np.empty((0, 0))).shape == (0, 0)


def test_it_says_its_shape_and_kind():
    assert repr(TravelMatrix(SQUARE)) == "TravelMatrix(2 x 2, float32, no distances)"
    assert repr(TravelMatrix([[0]], [[0]])) == "TravelMatrix(1 x 1, int64, distances)"


@pytest.mark.parametrize(
    ("parts", "code", "pointer", "message"),
    [
        (
            {"durations": [[0, np.nan], [1, 0]]},
            "MATRIX_VALUE",
            "/durations/0/1",
            "durations/0/1 is nan; allowed is",
        ),
        (
            {"durations": [[0, -1], [-2, 0]]},
            "MATRIX_VALUE",
            "/durations/0/1",
            r"is -1 \(2 such values in all\)",
        ),
        ({"durations": [[-np.inf]]}, "MATRIX_VALUE", "/durations/0/0", "is -inf"),
        ({"distances": [[0, 1], [np.nan, 0]]}, "MATRIX_VALUE", "/distances/1/0", "is nan"),
        ({"snap_distance": [0, -1]}, "MATRIX_VALUE", "/snap_distance/1", "is -1"),
        ({"durations": [0, 1]}, "MATRIX_SHAPE", "/durations", r"has shape \(2,\); it must have 2 dimensions"),
        ({"durations": np.zeros((1, 2, 2))}, "MATRIX_SHAPE", "/durations", r"has shape \(1, 2, 2\)"),
        ({"durations": 5}, "MATRIX_SHAPE", "/durations", r"has shape \(\)"),
        ({"durations": [[0, 1], [2]]}, "MATRIX_SHAPE", "/durations", "is no array of the right shape"),
        (
            {"distances": np.zeros((2, 3))},
            "MATRIX_SHAPE",
            "/distances",
            r"has shape \(2, 3\); with durations",
        ),
        ({"points": [(0, 0)]}, "MATRIX_SHAPE", "/points", r"has shape \(1, 2\); .* must be \(2, 2\)"),
        ({"points": [(0, 0, 0)]}, "MATRIX_SHAPE", "/points", r"must be \(n, 2\)"),
        ({"targets": [(0, 0)]}, "MATRIX_SHAPE", "/targets", r"must be \(2, 2\)"),
        ({"snap_distance": [1.0]}, "MATRIX_SHAPE", "/snap_distance", r"must be \(2,\)"),
        ({"target_snap_distance": [1.0]}, "MATRIX_SHAPE", "/target_snap_distance", r"must be \(2,\)"),
        ({"durations": np.zeros((1, 2)), "points": [(0, 0)]}, "MATRIX_SHAPE", "/points", "must be square"),
        ({"durations": [["a", "b"], ["c", "d"]]}, "MATRIX_DTYPE", "/durations", "it must hold numbers"),
        ({"durations": [[True, False], [True, True]]}, "MATRIX_DTYPE", "/durations", "has dtype bool"),
        ({"durations": [[1j, 0], [0, 0]]}, "MATRIX_DTYPE", "/durations", "has dtype complex128"),
        ({"durations": [[None, 0], [0, 0]]}, "MATRIX_DTYPE", "/durations", "has dtype object"),
        ({"durations": None}, "MATRIX_DTYPE", "/durations", "has dtype object"),
        ({"distances": np.zeros((2, 2), "M8[s]")}, "MATRIX_DTYPE", "/distances", "has dtype datetime64"),
    ],
)
def test_what_is_wrong_is_a_finding_with_its_place(parts, code, pointer, message):
    with pytest.raises(InputError, match=message) as caught:
        TravelMatrix(**({"durations": SQUARE} | parts))
    (finding,) = caught.value.findings
    assert (finding.code, finding.pointer) == (code, pointer)
    assert finding.action


def test_everything_that_is_wrong_is_found_at_once():
    with pytest.raises(InputError) as caught:
        TravelMatrix([[np.nan]], [[-1]], points="nowhere")
    assert [finding.pointer for finding in caught.value.findings] == [
        "/durations/0/0",
        "/distances/0/0",
        "/points",
    ]


shapes = st.tuples(st.integers(0, 4), st.integers(0, 4))
seconds = st.floats(0, 1e6, width=32) | st.just(np.inf)


def tables(shape):
    return st.one_of(
        hnp.arrays(np.float32, shape, elements=seconds),
        hnp.arrays(np.int32, shape, elements=st.integers(0, 2**31 - 1)),
        hnp.arrays(np.int64, shape, elements=st.integers(0, 2**62)),
    )


@settings(deadline=None)
@given(shapes.flatmap(lambda shape: st.tuples(tables(shape), st.none() | tables(shape))), st.booleans())
def test_a_file_gives_back_every_bit(tmp_path_factory, parts, with_points):
    durations, distances = parts
    rows, columns = durations.shape
    more = {}
    if with_points:
        more = {
            "points": np.arange(2.0 * rows).reshape(rows, 2),
            "targets": np.ones((columns, 2)),
            "snap_distance": np.full(rows, np.inf, np.float32),
            "target_snap_distance": np.ones(columns, np.float32),
        }
    matrix = TravelMatrix(durations, distances, **more)
    path = tmp_path_factory.mktemp("matrix") / "m.any"
    matrix.save(path)
    again = TravelMatrix.load(str(path))
    for name in ("durations", "distances", "points", "targets", "snap_distance", "target_snap_distance"):
        before, after = getattr(matrix, name), getattr(again, name)
        if before is None:
            assert after is None
        else:
            assert after.dtype == before.dtype
            assert after.tobytes() == before.tobytes()
            assert not after.flags.writeable


def test_a_file_of_numpy_is_read(tmp_path):
    np.savez_compressed(tmp_path / "m.npz", durations=[[0, 5], [6, 0]], distances=[[0.0, 50.0], [60.0, 0.0]])
    matrix = TravelMatrix.load(tmp_path / "m.npz")
    assert matrix.durations.tolist() == [[0, 5], [6, 0]]
    assert matrix.distances.dtype == np.float32


def write_junk(path):
    path.write_bytes(b"this is no archive")


def write_empty(path):
    path.write_bytes(b"")


def write_pickle(path):
    with path.open("wb") as file:
        np.savez(file, durations=np.array([[None]], dtype=object))


def write_array(path):
    with path.open("wb") as file:
        np.save(file, SQUARE)


def write_foreign_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("durations.npy", "no array")


def write_truncated(path):
    TravelMatrix(SQUARE).save(path)
    path.write_bytes(path.read_bytes()[:-30])


def write_huge_shape(path):
    """A header that promises far more than there is."""
    with path.open("wb") as file:
        np.savez(file, durations=SQUARE)
    path.write_bytes(
        path.read_bytes().replace(b"(2, 2)", b"(999999999, 999999)").replace(b" " * 13 + b"\n", b"\n")
    )


@pytest.mark.parametrize(
    "write",
    [
        write_junk,
        write_empty,
        write_pickle,
        write_array,
        write_foreign_zip,
        write_truncated,
        write_huge_shape,
    ],
)
def test_a_file_that_is_no_matrix_is_one_clear_error(tmp_path, write):
    path = tmp_path / "m.npz"
    write(path)
    with pytest.raises(InputError, match=r"m\.npz") as caught:
        TravelMatrix.load(path)
    (finding,) = caught.value.findings
    assert finding.code in {"MATRIX_FILE", "MATRIX_DTYPE"}


def test_a_missing_file_and_a_folder_are_said(tmp_path):
    with pytest.raises(InputError, match=r"none\.npz does not exist"):
        TravelMatrix.load(tmp_path / "none.npz")
    with pytest.raises(InputError, match="cannot be read as a matrix"):
        TravelMatrix.load(tmp_path)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({}, "has no key 'durations'"),
        ({"distances": SQUARE}, "has no key 'durations'"),
        ({"durations": SQUARE, "distance": SQUARE}, r"has the unknown keys \['distance'\]; allowed are"),
    ],
)
def test_wrong_keys_are_said(tmp_path, keys, message):
    np.savez(tmp_path / "m.npz", **keys)
    with pytest.raises(InputError, match=message) as caught:
        TravelMatrix.load(tmp_path / "m.npz")
    assert caught.value.findings[0].code == "MATRIX_KEYS"


def test_wrong_values_in_a_file_name_the_file(tmp_path):
    np.savez(tmp_path / "m.npz", durations=[[0, -5]])
    with pytest.raises(InputError, match=r"m\.npz: MATRIX_VALUE /durations/0/1") as caught:
        TravelMatrix.load(tmp_path / "m.npz")
    assert caught.value.findings[0].value == -5


def test_a_damaged_header_is_an_error_or_still_a_matrix(tmp_path):
    """The archive is whole, but the header of its array is parsed as Python source by numpy."""
    buffer = io.BytesIO()
    np.save(buffer, SQUARE)
    chance = random.Random(1)
    path = tmp_path / "damaged.npz"
    messages = []
    for _ in range(1500):
        damaged = bytearray(buffer.getvalue())
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(80)] = chance.choice(b"()[]{}'\",:0123456789 \nTrueO-")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("durations.npy", bytes(damaged))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                matrix = TravelMatrix.load(path)
        except InputError as error:
            messages.append(str(error))
        else:
            assert (matrix.durations >= 0).all()
    assert len(messages) > 1000
    assert all("damaged.npz" in message for message in messages)


def test_a_damaged_file_is_an_error_or_still_a_matrix(tmp_path):
    """Flipped and missing bytes anywhere: never another kind of error, never a half-checked matrix."""
    TravelMatrix(SQUARE, SQUARE, points=[(1, 2), (3, 4)]).save(tmp_path / "whole.npz")
    whole = (tmp_path / "whole.npz").read_bytes()
    chance = random.Random(1)
    path = tmp_path / "damaged.npz"
    messages = []
    for _ in range(1500):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(len(damaged))] ^= chance.randint(1, 255)
        path.write_bytes(damaged[: chance.randrange(len(damaged))] if chance.random() < 0.2 else damaged)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                matrix = TravelMatrix.load(path)
        except InputError as error:
            messages.append(str(error))
        else:
            assert (matrix.durations >= 0).all()
    assert len(messages) > 1000
    assert all("damaged.npz" in message for message in messages)
