"""Vehicles can be told apart by colour, whoever looks."""

from __future__ import annotations

import itertools
import re

import pytest

from o2oroute.viz.colours import DISTINCT, vehicle_colours

#: A just noticeable difference in L*a*b*.
NOTICEABLE = 2.3


def linear(colour: str) -> list[float]:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    """CIE 1976 L*a*b* of linear sRGB: another space than the one the colours are chosen in."""
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    x, y, z = (
        (value / w) ** (1 / 3) if value / w > 0.008856 else 7.787 * value / w + 16 / 116
        for value, w in zip(
            (sum(a * b for a, b in zip(r, rgb, strict=True)) for r in rows), white, strict=True
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def deuteranope(rgb: list[float]) -> list[float]:
    """Viénot, Brettel, Mollon (1999): another simulation than the one the colours are chosen with."""
    lms = ((17.8824, 43.5161, 4.11935), (3.45565, 27.1554, 3.86714), (0.0299566, 0.184309, 1.46709))
    back = (
        (0.0809444479, -0.130504409, 0.116721066),
        (-0.0102485335, 0.0540193266, -0.113614708),
        (-0.000365296938, -0.00412161469, 0.693511405),
    )
    long, _, short = (sum(a * b for a, b in zip(row, rgb, strict=True)) for row in lms)
    seen = (long, 0.494207 * long + 1.24827 * short, short)
    return [min(1.0, max(0.0, sum(a * b for a, b in zip(row, seen, strict=True)))) for row in back]


def nearest(colours: list[str], seen: object = None) -> float:
    places = [lab(seen(linear(c)) if callable(seen) else linear(c)) for c in colours]
    return min(
        sum((a - b) ** 2 for a, b in zip(p, q, strict=True)) ** 0.5
        for p, q in itertools.combinations(places, 2)
    )


@pytest.mark.parametrize(("count", "steps"), [(5, 10), (12, 7), (20, 5), (40, 4), (DISTINCT, 3)])
def test_colours_are_apart(count: int, steps: int) -> None:
    assert nearest(vehicle_colours(count)) >= steps * NOTICEABLE


@pytest.mark.parametrize(("count", "steps"), [(5, 3), (12, 2), (20, 1)])
def test_colours_are_apart_for_deuteranopes(count: int, steps: int) -> None:
    assert nearest(vehicle_colours(count), deuteranope) >= steps * NOTICEABLE


def test_every_colour_shows_on_paper_and_on_a_dark_screen() -> None:
    for colour in vehicle_colours(DISTINCT):
        assert re.fullmatch("#[0-9a-f]{6}", colour)
        red, green, blue = linear(colour)
        luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        assert 1.05 / (luminance + 0.05) > 1.6, f"{colour} on white"
        assert (luminance + 0.05) / (0.011 + 0.05) > 1.3, f"{colour} on a dark screen"


def test_a_vehicle_keeps_its_colour_when_others_join() -> None:
    assert vehicle_colours(80)[:7] == vehicle_colours(7)
    assert vehicle_colours(80)[DISTINCT:] == vehicle_colours(80 - DISTINCT)
    assert vehicle_colours(0) == []
