"""Orders from tables as people keep them: what can be understood is, the rest is told by row and column."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.errors import InputError
from o2oroute.formats.cells import read_number, read_place, read_seconds, read_windows
from o2oroute.formats.table import read_orders

MESSY = """주문번호,위도,경도,희망시간,무게 kg,주소,service time
1,37.55,126.95,09:00~12:00,"2.5 kg",서울시 마포구,5분
2,37.56,126.94,,-,,

3,37.57,126.93,"9시~12시, 14:00-16:30",NaN,상암동,0:10
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_encodings(encoding):
    table = read_orders(MESSY.encode(encoding), columns={"delivery.kg": "무게 kg"})
    assert table.findings == ()
    first, second, third = table.orders
    assert (first.id, first.location, first.delivery, first.service) == (
        "1",
        (126.95, 37.55),
        {"kg": 2.5},
        300,
    )
    assert first.windows == ((32_400, 43_200),)
    assert first.properties == {"주소": "서울시 마포구"}
    assert (second.delivery, second.service, second.windows, second.properties) == ({}, 0, (), {})
    assert third.windows == ((32_400, 43_200), (50_400, 59_400))
    assert third.service == 600


def test_latin_text_that_is_no_utf_8():
    table = read_orders("id;lat;lon;name\n1;48,1;2,3;Café é\n".encode("cp1252"), encoding="cp1252")
    assert table.orders[0].properties == {"name": "Café é"}
    assert table.orders[0].location == (2.3, 48.1)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter):
    text = "id,lat,lon\na,37.5,126.9\n".replace(",", delimiter)
    assert read_orders(text.encode()).orders[0].location == (126.9, 37.5)


def test_findings_name_row_and_column_and_spare_the_other_rows():
    rows = ("1,37.5,126.9,9-12,1,", "2,,126.9,,x,", "", "3,91.5,x,noon,-1,", "4,37.5,126.9,,-1,")
    text = "\n".join(("id,lat,lon,slot,delivery.kg,from", *rows))
    table = read_orders(text.encode())
    assert [order.id for order in table.orders] == ["1"]
    assert [(f.code, f.pointer, f.order) for f in table.findings] == [
        ("CELL", "/3/lat", "2"),
        ("CELL", "/3/delivery.kg", "2"),
        ("CELL", "/5/lon", "3"),
        ("CELL", "/5/slot", "3"),
        ("WRONG_VALUE", "/6/delivery.kg", "4"),
    ]
    assert all(finding.level == "order" for finding in table.findings)
    with pytest.raises(InputError) as caught:
        read_orders(text.encode(), strict=True)
    assert len(caught.value.findings) == 5


def test_missing_place_and_half_a_window():
    text = "id,lat,lon,from,to\n1,,,9,10\n2,37.5,126.9,9,\n"
    findings = read_orders(text.encode()).findings
    assert [(f.pointer, f.message) for f in findings] == [
        ("/2/lat", "Row 2, column lat is empty; an order needs a place."),
        ("/3/to", "Row 3, column to is empty; a window needs both ends."),
    ]


@pytest.mark.parametrize(
    ("text", "columns", "code"),
    [
        ("", None, "EMPTY_FILE"),
        ("a,b\n1,2\n", None, "TABLE_COLUMN"),
        ("lat,lon,lat\n1,2,3\n", None, "TABLE_COLUMN"),
        ("id,lat,lon\n1,2,3\n1,2,3\n", None, "DUPLICATE_ID"),
        ("id,lat,lon\n1,2,3,4\n", None, "TABLE"),
        ('id,lat,lon\n1,2,"3\n', None, "TABLE"),
        ("id,lat,lon\n1,2,3\n", {"servce": "id"}, "TABLE_COLUMN"),
        ("id,lat,lon\n1,2,3\n", {"service": "dauer"}, "TABLE_COLUMN"),
    ],
)
def test_tables_that_are_none(text, columns, code):
    with pytest.raises(InputError) as caught:
        read_orders(text.encode(), columns=columns)
    assert caught.value.findings[0].code == code


def test_unknown_encoding_and_undecodable_text():
    with pytest.raises(InputError, match="no encoding 'utf-77'"):
        read_orders(b"id,lat,lon\n", encoding="utf-77")
    with pytest.raises(InputError, match="not in"):
        read_orders("id,lat,lon\né,1,2\n".encode("cp1252"), encoding="utf-8")


def test_thousands_and_decimal_commas_are_told_apart_by_the_table():
    comma = "id;lat;lon;delivery.kg\n1;37,5;126,9;1,250\n"
    point = 'id,lat,lon,delivery.kg\n1,37.5,126.9,"1,250"\n'
    assert read_orders(comma.encode()).orders[0].delivery == {"kg": 1.25}
    assert read_orders(point.encode()).orders[0].delivery == {"kg": 1250}


def test_rows_without_an_id_are_numbered():
    assert [o.id for o in read_orders(b"lat,lon\n37.5,126.9\n37.6,126.9\n").orders] == ["row 2", "row 3"]


def test_one_column_for_both_coordinates():
    for cell in ('"37.5, 126.9"', "37.5 126.9", "POINT (126.9 37.5)"):
        assert read_orders(f"id,location\n1,{cell}\n".encode()).orders[0].location == (126.9, 37.5)


def test_data_frame():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {
            "id": [1, 2],
            "lon": [126.9, 126.8],
            "lat": [37.5, float("nan")],
            "from": [dt.time(9), None],
            "to": [dt.time(10, 30), pandas.NaT],
            "service": [pandas.Timedelta(minutes=5), None],
            "parcels": [2, 1],
        }
    )
    table = read_orders(frame, columns={"delivery.parcels": "parcels"})
    (order,) = table.orders
    assert (order.id, order.windows, order.service, order.delivery) == (
        1,
        ((32_400, 37_800),),
        300,
        {"parcels": 2},
    )
    assert table.findings[0].pointer == "/1/lat"


def test_geo_data_frame_in_any_crs():
    geopandas = pytest.importorskip("geopandas")
    shapely = pytest.importorskip("shapely")
    frame = geopandas.GeoDataFrame(
        {"id": ["a", "b"], "note": [None, "x"]},
        geometry=[shapely.Point(126.9, 37.5), shapely.Point()],
        crs=4326,
    ).to_crs(5179)
    table = read_orders(frame)
    assert table.orders[0].location == pytest.approx((126.9, 37.5))
    assert table.findings[0].pointer == "/1/geometry"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_reads_back(value):
    assert read_number(repr(value)) == value
    assert read_number(repr(value).replace(".", ","), decimal_comma=True) == value


@given(
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from("-~\u2013\u2014"),
)
def test_any_window_reads_back(h1, m1, h2, m2, dash):
    assert read_windows(f" {h1}:{m1:02} {dash} {h2}:{m2:02} ") == [(f"{h1:02}:{m1:02}", f"{h2:02}:{m2:02}")]


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("9am-1:30 pm", ("09:00", "13:30")),
        ("12am to 12pm", ("00:00", "12:00")),
        ("오전 9시~오후 1시 30분", ("09:00", "13:30")),
        ("9h30\u201310h", ("09:30", "10:00")),
        (
            "2026-11-23T09:00+09:00/2026-11-23T10:00+09:00",
            ("2026-11-23T09:00+09:00", "2026-11-23T10:00+09:00"),
        ),
    ],
)
def test_windows_in_other_words(text, window):
    assert read_windows(text) == [window]


@pytest.mark.parametrize("text", ["9", "9-", "soon-later", "9-10-11", "13pm-14pm", "", "-"])
def test_what_is_no_window(text):
    with pytest.raises(ValueError, match=r"it must|hours run"):
        read_windows(text)


def test_lengths_of_time():
    assert [read_seconds(text) for text in ("300", "5 min", "1h 30m", "1,5 h", "90s", "0:05", "1:00:05")] == [
        *(300, 300, 5400, 5400, 90, 300, 3605)
    ]
    for text in ("-5", "soon", "5 parsecs"):
        with pytest.raises(ValueError, match="it must"):
            read_seconds(text)


def test_places():
    assert read_place("37,5; 126,9", lat_first=True) == (126.9, 37.5)
    with pytest.raises(ValueError, match="two numbers"):
        read_place("here", lat_first=True)
