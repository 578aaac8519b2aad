"""Lengths against the geodesics of the ellipsoid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.road.geometry import metres_per_degree, step_metres

LON = st.integers(-1_800_000_000, 1_800_000_000)
LAT = st.integers(-850_000_000, 850_000_000)
MOVE = st.integers(-200_000, 200_000)


@given(lon=LON, lat=LAT, east=MOVE, north=MOVE)
def test_steps_of_a_few_kilometres_are_as_long_as_geodesics(lon, lat, east, north):
    geod = pytest.importorskip("pyproj").Geod(ellps="WGS84")
    lon_end = (lon + east + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
    (metres,) = step_metres(np.array([lon, lon_end], np.int32), np.array([lat, lat + north], np.int32))
    _, _, geodesic = geod.inv(lon / 1e7, lat / 1e7, lon_end / 1e7, (lat + north) / 1e7)
    assert metres == pytest.approx(geodesic, rel=2e-4, abs=0.001)


def test_a_polyline_has_one_step_less_than_points():
    lon = np.array([0, 10_000_000, 10_000_000], np.int32)
    lat = np.array([0, 0, 10_000_000], np.int32)
    assert step_metres(lon, lat) == pytest.approx([111_319.5, 110_574.4], rel=1e-5)
    assert step_metres(lon[:1], lat[:1]).size == 0


def test_degrees_shrink_towards_the_poles():
    across, up = metres_per_degree([0.0, 60.0, 90.0])
    assert across == pytest.approx([111_319.5, 55_800.0, 0.0], abs=1)
    assert (np.diff(up) > 0).all()
