"""Hundreds of wrong files: each gets findings that point at what is wrong, and exit code 2."""

from __future__ import annotations

import json

import pytest

from malformed import DAY, LI_LIM, SOLOMON, VRPLIB, WORLD, malformed_files
from o2oroute.cli.exits import Exit, explained
from o2oroute.errors import InputError
from o2oroute.formats.reading import read_problem

FILES = malformed_files()


def test_there_are_at_least_three_hundred():
    assert len(FILES) >= 300
    assert len({file.text for file in FILES}) == len(FILES)


@pytest.mark.parametrize("good", [json.dumps(DAY), json.dumps(WORLD), SOLOMON, LI_LIM, VRPLIB])
def test_what_they_are_made_from_is_good(good):
    assert read_problem(good).findings == ()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_findings_point_at_what_is_wrong(file, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(file.text)
    with pytest.raises(InputError) as caught:
        read_problem(path)
    findings = caught.value.findings
    assert any(finding.level == "file" for finding in findings)
    assert all(finding.message and finding.action for finding in findings)
    lines, code = explained(caught.value)
    assert code is Exit.INPUT
    assert len(lines) == len(findings)
    if file.pointer is None:
        assert str(path) in str(caught.value)
    else:  # at the place, in it, or at what holds it
        assert any(_near(finding.pointer, file.pointer) for finding in findings if finding.level == "file")


def _near(found, wrong):
    return found == wrong or found.startswith(f"{wrong}/") or wrong.startswith(f"{found}/") or not wrong
