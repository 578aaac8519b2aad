"""One door for every file that holds a problem: what it is shows in its contents."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from o2oroute.errors import Finding, InputError
from o2oroute.formats.academic import Source
from o2oroute.formats.json_text import parse_json, read_bytes
from o2oroute.formats.keyword_file import is_keyword_file
from o2oroute.formats.pairs import is_li_lim, is_sartori, parse_li_lim, parse_sartori
from o2oroute.formats.solomon import is_solomon, parse_solomon
from o2oroute.formats.vroom_input import is_vroom
from o2oroute.formats.vroom_problem import read_vroom
from o2oroute.formats.vrplib import parse_vrplib
from o2oroute.model.problem import Problem
from o2oroute.model.structure import show

__all__ = ["read_problem"]


def read_problem(
    source: str | os.PathLike[str] | Mapping[str, Any], *, convention: str | None = None, strict: bool = False
) -> Problem:
    """Read a problem: an order file or a VROOM input (JSON), or a Solomon, Homberger or VRPLIB instance.

    Parameters
    ----------
    source : path, str or dict
        Path of the file, or its text (a str of several lines, or one that starts with ``{``), or the dict
        that an order file or a VROOM input holds.
    convention : str, optional
        How an academic instance counts; see :mod:`o2oroute.formats.conventions`. None takes what its format
        is used with: ``"dimacs"`` for Solomon files, what the file says for VRPLIB.
    strict : bool
        Raise for orders that cannot be planned, too, instead of setting them aside.

    Returns
    -------
    Problem
        Orders that cannot be planned are in its ``findings``.

    Raises
    ------
    InputError
        With a finding for everything that is wrong.

    Examples
    --------
    >>> read_problem({"vehicles": [{"id": 1}], "orders": []}).vehicles[0].profile
    'car'
    """
    if isinstance(source, Mapping):
        _no_convention(convention)
        return _of_json(source, strict=strict)
    name, data = _contents(source)
    # old files have comments in any encoding
    text = data.decode("utf-8-sig", errors="replace")
    if is_solomon(text):
        return parse_solomon(Source(name, text), convention=convention or "dimacs", strict=strict)
    if is_li_lim(text):
        return parse_li_lim(Source(name, text), convention=convention or "sintef", strict=strict)
    if is_sartori(text):
        return parse_sartori(Source(name, text), convention=convention or "minutes", strict=strict)
    if is_keyword_file(text):
        return parse_vrplib(Source(name, text), convention=convention, strict=strict)
    _no_convention(convention)
    try:
        content = parse_json(data)
    except InputError as error:
        if error.findings[0].code != "JSON_SYNTAX" or text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
            raise
        raise _unknown_format(name, text) from None
    return _of_json(content, strict=strict)


def _of_json(content: Any, *, strict: bool) -> Problem:
    if is_vroom(content):
        return read_vroom(content, strict=strict).problem
    return Problem.from_dict(content, strict=strict)


def _unknown_format(name: str, text: str) -> InputError:
    message = f"{name} starts with {show(text.strip()[:30])}: it is of no known format."
    action = (
        "Order files and VROOM inputs are JSON and start with '{'; Solomon files have the headings VEHICLE "
        "and CUSTOMER, VRPLIB files a line DIMENSION."
    )
    return InputError(findings=[Finding("UNKNOWN_FORMAT", "", message, action)])


def _contents(source: Any) -> tuple[str, bytes]:
    """Return a name for messages, and the bytes of a file or text."""
    if isinstance(source, str) and ("\n" in source or source.lstrip("\ufeff \t\r").startswith("{")):
        return "the text", source.encode(errors="surrogatepass")
    if isinstance(source, str | os.PathLike):
        return os.fsdecode(source), read_bytes(os.fsdecode(source))
    message = f"The problem is {show(source)}; it must be a path, the text of a file, or a dict."
    raise InputError(findings=[Finding("WRONG_TYPE", "", message, "Give one of these.", source)])


def _no_convention(convention: str | None) -> None:
    if convention is not None:
        message = f"A convention ({show(convention)}) was given; order files have none."
        raise InputError(
            findings=[
                Finding("CONVENTION", "", message, "Leave --convention out, or check the file.", convention)
            ]
        )
