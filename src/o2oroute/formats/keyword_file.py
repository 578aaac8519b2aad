"""Keyword files of the TSPLIB family: ``KEY : value`` lines and sections of numbered rows.

Format: G. Reinelt, TSPLIB 95, 1995, sections 1 and 2; VRPLIB and others extend it by keywords of their own.
This module knows the shape only; what the keywords mean is for :mod:`o2oroute.formats.vrplib`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from o2oroute.formats.academic import Row, Source

__all__ = ["KeywordFile", "is_keyword_file"]

_Value = TypeVar("_Value")

_SECTION: Final = re.compile(r"([A-Z][A-Z0-9_]*_SECTION)\s*:?", re.ASCII | re.IGNORECASE)
_HEADER: Final = re.compile(r"([A-Z][A-Z0-9_]*)\s*:\s*(.*)", re.ASCII | re.IGNORECASE)
_SIGN: Final = re.compile(r"^\s*(DIMENSION|EDGE_WEIGHT_TYPE)\s*:", re.MULTILINE | re.IGNORECASE)


def is_keyword_file(text: str) -> bool:
    """Whether a text looks like a file of this family: it states a DIMENSION or EDGE_WEIGHT_TYPE."""
    return _SIGN.search(text[:10_000]) is not None


@dataclass(frozen=True)
class KeywordFile:
    """Headers and sections of a keyword file; keywords are in upper case.

    Attributes
    ----------
    source : Source
    headers : dict of str to Row
        The value's words by keyword.
    sections : dict of str to list of Row
        Rows by keyword of the section.
    lines : dict of str to int
        Where each section starts.
    """

    source: Source
    headers: dict[str, Row] = field(default_factory=dict)
    sections: dict[str, list[Row]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, source: Source) -> KeywordFile:
        """Cut a text into headers and sections; what follows ``EOF`` does not count.

        Raises
        ------
        InputError
            If a keyword comes twice, or a line belongs to no section.
        """
        file = cls(source)
        rows: list[Row] | None = None
        for row in source.rows:
            text = " ".join(row.tokens[:100])  # only a comment is longer; rows of a matrix are much longer
            if text.upper() == "EOF":
                break
            if section := _SECTION.fullmatch(text):
                rows = file._new_section(section[1].upper(), row.line)
            elif header := _HEADER.fullmatch(text):
                rows = None
                file._add_header(header[1].upper(), Row(row.line, header[2].split()))
            elif rows is None:
                raise source.error(row.line, f"{text[:40]!r} belongs to no section", 'Write "KEY : value"')
            else:
                rows.append(row)
        return file

    def word(self, key: str, default: str | None = None) -> str:
        """Return a header's value as one upper-case word."""
        if key not in self.headers:
            if default is None:
                raise self.source.error(None, f"{key} is missing", f'Add the line "{key} : ..."')
            return default
        row = self.headers[key]
        if len(row.tokens) != 1:
            raise self.source.error(row.line, f"{key} has {len(row.tokens)} values", "Write one")
        return row.tokens[0].upper()

    def values(
        self, key: str, count: int, what: str, read: Callable[[Row, int], _Value]
    ) -> list[_Value] | None:
        """Return a value for each node or vehicle: from ``KEY_SECTION``, or the header ``KEY`` for all alike.

        Parameters
        ----------
        key : str
        count : int
            How many nodes or vehicles there are.
        what : str
            ``"node"`` or ``"vehicle"``, for messages.
        read : callable
            Gives the value of a row and a column.

        Returns
        -------
        list or None
            Of length `count`; None where the file has neither.
        """
        section = f"{key}_SECTION"
        if key in self.headers:
            self.word(key)
            if section in self.sections:
                raise self.source.error(self.lines[section], f"{section} stands beside {key}", "Leave one")
            return [read(self.headers[key], 0)] * count
        if section not in self.sections:
            return None
        return [read(row, 1) for row in self.numbered(section, count, 1, what)]

    def numbered(self, key: str, count: int, values: int, what: str) -> list[Row]:
        """Return the rows of a section in the order of their numbers, 1 to `count`.

        Parameters
        ----------
        key : str
            Keyword of a section that the file has.
        count : int
            How many rows there must be, each number once.
        values : int
            How many values follow the number in each row.
        what : str
            ``"node"`` or ``"vehicle"``, for messages.

        Raises
        ------
        InputError
            If a row is missing, comes twice or has another number of values.
        """
        found: dict[int, Row] = {}
        for row in self.sections[key]:
            if len(row.tokens) != values + 1:
                raise self.source.error(
                    row.line,
                    f"a row of {key} has {len(row.tokens)} values; it must have {values + 1}",
                    f"Write the number of the {what} and {values} more",
                )
            number = self.source.whole(row, 0, f"number of the {what}", least=1)
            if number > count or number in found:
                problem = "comes twice" if number in found else f"is above the number of {what}s, {count}"
                raise self.source.error(row.line, f"{what} {number} of {key} {problem}", "Correct the line")
            found[number] = row
        if len(found) < count:
            # found has fewer rows than count, so this looks at no more than one number beyond them
            missing = next(number for number in range(1, count + 1) if number not in found)
            raise self.source.error(
                self.lines[key],
                f"{key} has {len(found)} of {count} {what}s; the first missing is {missing}",
                "Check that the file is whole",
            )
        return [found[number] for number in range(1, count + 1)]

    def only(self, headers: Sequence[str], sections: Sequence[str]) -> None:
        """Refuse keywords that a reader does not know, so that no rule of a file is passed over in silence.

        Raises
        ------
        InputError
            If there is another one; the message names it.
        """
        for key, row in self.headers.items():
            if key not in headers:
                raise self.source.error(
                    row.line,
                    f"{key} says something that a problem cannot hold",
                    f"Known are {', '.join(headers)}; taking the line out makes another problem",
                )
        for key, line in self.lines.items():
            if key not in sections:
                raise self.source.error(
                    line,
                    f"{key} says something that a problem cannot hold",
                    f"Known are {', '.join(sections)}; taking the section out makes another problem",
                )

    def _new_section(self, key: str, line: int) -> list[Row]:
        if key in self.sections:
            raise self.source.error(line, f"{key} comes twice", "Leave one")
        self.lines[key] = line
        self.sections[key] = []
        return self.sections[key]

    def _add_header(self, key: str, row: Row) -> None:
        if key == "COMMENT":  # comes any number of times
            return
        if key in self.headers:
            raise self.source.error(row.line, f"{key} comes twice", "Leave one")
        self.headers[key] = row
