"""Colours that many vehicles can be told apart by, also with a colour vision deficiency."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["DISTINCT", "vehicle_colours"]

#: So many colours differ; with more vehicles they repeat (nobody tells more apart by colour alone).
DISTINCT: Final = 64

Float64 = npt.NDArray[np.float64]

# Ottosson (2020), "A perceptual color space for image processing": linear sRGB -> cone response -> OKLab.
_LMS: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# Machado, Oliveira, Fernandes (2009), "A physiologically-based model for simulation of color vision
# deficiency", table 1, severity 1.0, on linear RGB: what everybody, protanopes and deuteranopes see.
_VISIONS: Final = (
    np.eye(3),
    np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
)
# dark enough for paper, light enough for a dark screen
_LIGHTNESS: Final = np.arange(0.46, 0.79, 0.04)
_CHROMA: Final = np.arange(0.07, 0.24, 0.04)
_HUE: Final = np.radians(np.arange(0.0, 360.0, 6.0))
# Okabe and Ito, "Color universal design" (2008), without black, and without yellow, which white swallows
_FIRST: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
# Deficient vision has one dimension less to place colours in. Counting its distances as they are would give
# everybody mostly blues.
_WEIGHTS: Final = (1.0, 2.0, 2.0)


def vehicle_colours(count: int) -> list[str]:
    """Return one colour for each vehicle.

    Parameters
    ----------
    count : int
        Number of vehicles.

    Returns
    -------
    list of str
        ``"#rrggbb"``; the colour of a vehicle depends on its place alone, not on `count`. The first
        :data:`DISTINCT` differ, after them they repeat.

    Notes
    -----
    The six of Okabe and Ito come first. Then a greedy max-min choice: the next colour is the candidate that
    is farthest from all before it in OKLab, where the distance of two colours is the smallest of what people
    with normal sight, protanopes and deuteranopes see (weighted).

    Examples
    --------
    >>> vehicle_colours(3)[0]
    '#0072b2'
    """
    colours = _sequence()
    return [colours[i % DISTINCT] for i in range(count)]


@cache
def _sequence() -> tuple[str, ...]:
    """Return the :data:`DISTINCT` colours in the order in which vehicles take them."""
    rgb = _candidates()
    seen = np.stack([_oklab(np.clip(_linear(rgb) @ vision.T, 0.0, 1.0)) for vision in _VISIONS])
    weights = np.array(_WEIGHTS)[:, None]
    chosen: list[int] = []
    nearest = np.full(len(rgb), np.inf)
    while len(chosen) < DISTINCT:
        chosen.append(len(chosen) if len(chosen) < len(_FIRST) else int(nearest.argmax()))
        apart = np.linalg.norm(seen - seen[:, chosen[-1:]], axis=2)
        nearest = np.minimum(nearest, (weights * apart).min(axis=0))
    return tuple("#" + bytes(np.rint(rgb[i] * 255).astype(np.uint8)).hex() for i in chosen)


def _candidates() -> Float64:
    """Return the first colours and a grid of others as sRGB, shape (n, 3)."""
    lightness, chroma, hue = (axis.ravel() for axis in np.meshgrid(_LIGHTNESS, _CHROMA, _HUE))
    lab = np.stack((lightness, chroma * np.cos(hue), chroma * np.sin(hue)), axis=1)
    linear = (lab @ np.linalg.inv(_LAB).T) ** 3 @ np.linalg.inv(_LMS).T
    shown = linear[((linear >= 0.0) & (linear <= 1.0)).all(axis=1)]
    rgb = np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * shown ** (1 / 2.4) - 0.055)
    first = np.array([list(bytes.fromhex(colour[1:])) for colour in _FIRST]) / 255.0
    return np.concatenate((first, rgb))


def _linear(rgb: Float64) -> Float64:
    """Return linear light of sRGB values (IEC 61966-2-1)."""
    result: Float64 = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return result


def _oklab(linear: Float64) -> Float64:
    """Return OKLab of linear sRGB."""
    result: Float64 = np.cbrt(linear @ _LMS.T) @ _LAB.T
    return result
