"""Fixtures that every test may use."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from html import escape
from pathlib import Path

import hypothesis
import pytest

# what a shell starts in the background ignores Ctrl-C, which tests of it would wait for without end
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# no test fails for being slow on a busy machine
hypothesis.settings.register_profile("o2oroute", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "o2oroute"))

ROOT = Path(__file__).resolve().parents[1]


def _shared_folder() -> Path:
    return Path(os.environ.get("O2OROUTE_SHARED", str(ROOT.parent / "shared"))) / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the shared data set; where it is absent, tests skip, or fail if it is required."""
    folder = _shared_folder()
    if not folder.is_dir():
        if os.environ.get("O2OROUTE_REQUIRE_SHARED") == "1":
            pytest.fail(f"O2OROUTE_REQUIRE_SHARED=1, but {folder} is not there; set O2OROUTE_SHARED")
        pytest.skip(f"needs the shared data set at {folder} (set O2OROUTE_SHARED)")
    return folder


@pytest.fixture
def town(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a small map, drawn as text, into an ``.osm`` file.

    ``node a 0 0 b 1 0`` places nodes (one unit is a thousandth of a degree, from 10 E 45 N). ``way abc
    oneway=yes`` draws a way along nodes, residential if not said otherwise. ``tag a barrier=gate`` puts tags
    on a node. ``turn abc c cd
    restriction=no_left_turn`` restricts a turn (from, via, to; several ways are joined by ``+``). A ``_``
    in a value stands for itself, ``%20`` for a space. The id of a node is the code of its letter; that of a
    way or restriction is its line number.
    """

    def write(text: str, name: str = "town.osm") -> Path:
        path = tmp_path / name
        path.write_text(_osm_xml(text), encoding="utf-8")
        return path

    return write


def _osm_xml(text: str) -> str:
    nodes, ways, relations = [], [], []
    way_id: dict[str, int] = {}
    tags_of: dict[str, list[str]] = {}
    for line, (kind, *words) in enumerate((line.split() for line in text.strip().splitlines()), start=1):
        if kind == "node":
            for letter, x, y in zip(words[::3], words[1::3], words[2::3], strict=True):
                lon, lat = 10 + float(x) / 1000, 45 + float(y) / 1000
                nodes.append((letter, f'id="{ord(letter)}" version="1" lon="{lon:.7f}" lat="{lat:.7f}"'))
        elif kind == "tag":
            tags_of.setdefault(words[0], []).extend(words[1:])
        elif kind == "way":
            way_id[words[0]] = line
            refs = "".join(f'<nd ref="{ord(letter)}"/>' for letter in words[0])
            ways.append(
                f'<way id="{line}" version="1">{refs}{_xml_tags("highway=residential", *words[1:])}</way>'
            )
        elif kind == "turn":
            members = [("way", way_id[way], "from") for way in words[0].split("+")]
            if len(words[1]) == 1:
                members.append(("node", ord(words[1]), "via"))
            else:
                members += [("way", way_id[way], "via") for way in words[1].split("+")]
            members += [("way", way_id[way], "to") for way in words[2].split("+")]
            refs = "".join(
                f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members
            )
            tags = _xml_tags("type=restriction", *words[3:])
            relations.append(f'<relation id="{line}" version="1">{refs}{tags}</relation>')
        else:
            raise ValueError(f"line {line} of the town begins with {kind}")
    tagged = [
        f"<node {attributes}>{_xml_tags(*tags_of.get(letter, ()))}</node>" for letter, attributes in nodes
    ]
    return f'<osm version="0.6">{"".join(tagged + ways + relations)}</osm>'


def _xml_tags(*words: str) -> str:
    tags = dict(word.split("=", maxsplit=1) for word in words)  # the last value of a key counts
    return "".join(f'<tag k="{escape(k)}" v="{escape(v.replace("%20", " "))}"/>' for k, v in tags.items())
