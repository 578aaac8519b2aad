"""Which side traffic drives on, at places whose answer is known."""

from __future__ import annotations

import pytest

from o2oroute.road.driving_side import drives_left

LEFT = {
    "Valletta": (14.51, 35.9),
    "London": (-0.12, 51.5),
    "Dover": (1.31, 51.13),
    "Dublin": (-6.26, 53.35),
    "Saint Helier": (-2.11, 49.19),
    "Nicosia": (33.36, 35.17),
    "Tokyo": (139.7, 35.7),
    "Tsushima": (129.3, 34.2),
    "Naha": (127.7, 26.2),
    "Hong Kong": (114.17, 22.3),
    "Macau": (113.55, 22.19),
    "Singapore": (103.85, 1.29),
    "Bangkok": (100.5, 13.75),
    "Nong Khai": (102.74, 17.88),
    "Sandakan": (118.1, 5.84),
    "Dili": (125.57, -8.55),
    "Delhi": (77.2, 28.6),
    "Kathmandu": (85.3, 27.7),
    "Colombo": (79.86, 6.93),
    "Port Blair": (92.73, 11.67),
    "Karachi": (67.0, 24.9),
    "Nairobi": (36.8, -1.3),
    "Cape Town": (18.4, -33.9),
    "Kampala": (32.6, 0.3),
    "Paramaribo": (-55.2, 5.85),
    "Kingston": (-76.8, 18.0),
    "Matthew Town": (-73.68, 20.95),
    "Charlotte Amalie": (-64.93, 18.34),
    "Sydney": (151.2, -33.9),
    "Auckland": (174.8, -36.9),
    "Suva": (178.4, -18.1),
    "Apia": (-171.77, -13.83),
}
RIGHT = {
    "Seoul": (126.98, 37.57),
    "Busan": (129.05, 35.15),
    "Milan": (9.19, 45.46),
    "Washington": (-77.03, 38.9),
    "Calais": (1.86, 50.95),
    "Dieppe": (1.08, 49.92),
    "Shenzhen": (114.06, 22.54),
    "Zhuhai": (113.58, 22.27),
    "Vientiane": (102.6, 17.96),
    "Yangon": (96.15, 16.8),
    "Zamboanga": (122.07, 6.92),
    "Taipei": (121.5, 25.05),
    "Kabul": (69.2, 34.5),
    "Kigali": (30.06, -1.95),
    "Lubumbashi": (27.48, -11.66),
    "Cayenne": (-52.3, 4.9),
    "Holguín": (-76.26, 20.89),
    "San Juan": (-66.1, 18.45),
    "Pointe-à-Pitre": (-61.55, 16.2),
    "Nouméa": (166.4, -22.3),
    "Port Vila": (168.3, -17.7),
    "Pago Pago": (-170.7, -14.28),
    "Antananarivo": (47.5, -18.9),
}


@pytest.mark.parametrize("place", LEFT)
def test_left(place):
    assert drives_left(*LEFT[place]).tolist() == [True]


@pytest.mark.parametrize("place", RIGHT)
def test_right(place):
    assert drives_left(*RIGHT[place]).tolist() == [False]


def test_many_at_once():
    places = [*LEFT.values(), *RIGHT.values()]
    lon, lat = zip(*places, strict=True)
    assert drives_left(lon, lat).tolist() == [True] * len(LEFT) + [False] * len(RIGHT)
