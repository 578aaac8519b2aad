"""The page of codes and the code that raises them, held together."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from o2oroute.model.structure import CODES
from o2oroute.model.validate import RULES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "errors.md"

#: Functions whose first argument is the code of a finding.
MAKERS = {"Finding", "Trouble", "PydanticCustomError", "finding", "_finding", "_error", "_file_error"}


def name_of(function):
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def raised_codes():
    codes = set(CODES) | set(RULES) | {f"FLEET_{of}" for of in ("LOAD", "STOPS", "TIME")}
    for path in (ROOT / "src" / "o2oroute").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or name_of(node.func) not in MAKERS or not node.args:
                continue
            first = node.args[0]
            if isinstance(first, ast.Constant) and re.fullmatch(r"[A-Z][A-Z_]+", str(first.value)):
                codes.add(first.value)
    return codes


def test_every_code_is_explained_and_every_explained_code_exists():
    explained = re.findall(r"^### (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(explained) == sorted(raised_codes())


def test_every_code_says_its_level():
    sections = re.split(r"^###? .+\n", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for text in sections[1:]:
        assert re.match(r"\s*$|(File|Order|File and order|Note) level\. ", text), text


def test_every_rule_begins_with_its_code():
    for code, rule in RULES.items():
        assert (rule.__doc__ or "").startswith(f"{code}: ")
