"""JSON text read strictly: whatever is wrong is a finding, whatever is ambiguous is not guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from o2oroute.errors import Finding, InputError
from o2oroute.model.structure import json_pointer, show

__all__ = ["parse_json", "read_bytes"]

#: Escapes of half a character; most come in pairs, which is right.
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def read_bytes(path: str | Path) -> bytes:
    """Return the contents of a file.

    Raises
    ------
    InputError
        If it cannot be read; the message says why.
    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}."
    except ValueError:  # a NUL in the name
        message = f"{show(str(path))} is no name of a file."
    raise InputError(findings=[Finding("FILE_UNREADABLE", "", message, "Check the path.", str(path))])


def parse_json(data: bytes | str) -> Any:
    """Return what a JSON text says.

    Parameters
    ----------
    data : bytes or str
        UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Raises
    ------
    InputError
        If the text is empty, is no JSON, is nested too deeply, has a field twice in one object, or text with
        half a character. ``NaN`` and ``Infinity`` are read: who knows the fields can say where they stand.

    Examples
    --------
    >>> parse_json('{"a": [1, 2]}')
    {'a': [1, 2]}
    """
    text = data.removeprefix("\ufeff") if isinstance(data, str) else _decoded(data)
    if not text.strip(" \t\r\n"):
        raise _error("EMPTY_FILE", "The file is empty.", "Check how it was written.")
    twice: list[tuple[dict[str, Any], str]] = []

    def as_dict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) != len(pairs):
            names = [name for name, _ in pairs]
            twice.extend((fields, name) for name in fields if names.count(name) > 1)
        return fields

    try:
        value = json.loads(text, object_pairs_hook=as_dict)
    except json.JSONDecodeError as error:
        message = f"Line {error.lineno}, column {error.colno}: {error.msg}."
        raise _error("JSON_SYNTAX", message, "Correct the JSON there, or just before.") from None
    except RecursionError:
        raise _error("TOO_DEEP", "The file is nested too deeply.", "Flatten it.") from None
    except ValueError as error:  # more digits than Python takes
        raise _error("JSON_SYNTAX", f"A number cannot be read: {error}.", "Shorten it.") from None
    findings = [_twice(value, fields, name) for fields, name in twice]
    if _SURROGATE.search(text):
        findings += _half_characters(value)
    if findings:
        raise InputError(findings=findings)
    return value


def _decoded(data: bytes) -> str:
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"Byte {error.start} is no {encoding.removesuffix('-sig').upper()}: {error.reason}."
        raise _error("ENCODING", message, "Save the file as UTF-8.") from None


def _twice(value: Any, fields: dict[str, Any], name: str) -> Finding:
    path = next(path for path, found in _walk(value) if found is fields)
    message = f"The field {show(name)} stands there twice; only one can count."
    return Finding("DUPLICATE_FIELD", _printable(*path, name), message, "Remove one.", fields[name])


def _half_characters(value: Any) -> Iterator[Finding]:
    for path, found in _walk(value):
        texts = [found] if isinstance(found, str) else found if isinstance(found, dict) else []
        for text in texts:
            if any("\ud800" <= character <= "\udfff" for character in text):
                message = f"{show(text)} has half a character (a lone surrogate)."
                yield Finding("ENCODING", _printable(*path), message, "Write whole characters.")


def _printable(*path: str | int) -> str:
    """Return a JSON Pointer that can be printed, whatever fields are called."""
    return json_pointer(*path).encode(errors="replace").decode()


def _walk(value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield each value inside a value with its path, without recursion."""
    todo: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while todo:
        path, found = todo.pop()
        yield path, found
        if isinstance(found, dict):
            todo.extend(((*path, name), inner) for name, inner in found.items())
        elif isinstance(found, list):
            todo.extend(((*path, i), inner) for i, inner in enumerate(found))


def _error(code: str, message: str, action: str) -> InputError:
    return InputError(findings=[Finding(code, "", message, action)])
