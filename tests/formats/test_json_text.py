"""JSON text: strictly read, every fault a finding."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.errors import InputError
from o2oroute.formats.json_text import parse_json, read_bytes

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def faults(data):
    with pytest.raises(InputError) as error:
        parse_json(data)
    return [(finding.code, finding.pointer) for finding in error.value.findings]


@given(values, st.booleans(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"]))
def test_what_json_writes_is_read(value, ascii_only, encoding):
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert parse_json(text) == value
    assert parse_json(" " + text + "\r\n\t") == value
    if text.isascii():  # encodings are told apart by the first, ASCII, characters
        assert parse_json(text.encode(encoding)) == value


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "EMPTY_FILE"),
        (b" \r\n\t", "EMPTY_FILE"),
        (b"\xef\xbb\xbf", "EMPTY_FILE"),
        ("\ufeff", "EMPTY_FILE"),
        (b'{"a": "\xff"}', "ENCODING"),
        (b"\x80\x81\x82\x83", "ENCODING"),
        (b"\x00\x01\x02", "JSON_SYNTAX"),
        (b"PK\x03\x04\x14\x00\x08\x00", "JSON_SYNTAX"),
        (b"id,lon,lat\n1,2,3\n", "JSON_SYNTAX"),
        (b"{", "JSON_SYNTAX"),
        (b"{'a': 1}", "JSON_SYNTAX"),
        (b"[1, 2,]", "JSON_SYNTAX"),
        (b"{} {}", "JSON_SYNTAX"),
        (b'{"a": 01}', "JSON_SYNTAX"),
        (b"1" * 10_000, "JSON_SYNTAX"),
        (b"[" * 100_000, "TOO_DEEP"),
        (b'{"a":' * 100_000, "TOO_DEEP"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_texts_that_are_no_json(data, code):
    assert faults(data) == [(code, "")]


def test_syntax_errors_say_where():
    with pytest.raises(InputError, match="Line 2, column 8"):
        parse_json('{\n  "a": }')


def test_fields_that_stand_twice():
    text = '{"a": 1, "b": [{"c": 1, "x/y": 2, "x/y": 3}, {}], "a": {}}'
    assert sorted(faults(text)) == [("DUPLICATE_FIELD", "/a"), ("DUPLICATE_FIELD", "/b/0/x~1y")]


def test_a_field_that_stands_three_times_in_two_equal_objects():
    text = '[{"a": 1, "a": 1, "a": 1}, {"a": 1, "a": 1, "a": 1}]'
    assert sorted(faults(text)) == [("DUPLICATE_FIELD", "/0/a"), ("DUPLICATE_FIELD", "/1/a")]


def test_half_characters():
    assert parse_json(r'["\ud83d\ude9a"]') == ["🚚"]
    assert sorted(faults(r'{"a": ["\ud83d"], "b\ude9a": 1}')) == [("ENCODING", ""), ("ENCODING", "/a/0")]


def test_errors_with_half_characters_can_be_printed():
    with pytest.raises(InputError) as error:
        parse_json(r'{"b\ude9a": "\ude9a", "b\ude9a": 2}')
    str(error.value).encode()


@pytest.mark.parametrize("path", ["missing.json", ".", "a\0b"])
def test_files_that_cannot_be_read(tmp_path, path):
    with pytest.raises(InputError) as error:
        read_bytes(str(tmp_path) + "/" + path)
    assert [finding.code for finding in error.value.findings] == ["FILE_UNREADABLE"]


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_a_finding(data):
    try:
        parse_json(data)
    except InputError as error:
        assert error.findings  # noqa: PT017 - either way is right


def test_a_file_is_read(tmp_path):
    (tmp_path / "a.json").write_bytes(b"[1]")
    assert parse_json(read_bytes(tmp_path / "a.json")) == [1]
