"""What people take away: typed, whole, with nothing in it that a spreadsheet would run."""

import csv
import http.client
import io
import json
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import chain
from urllib.parse import urlencode
from xml.etree import ElementTree

import gpxpy
import openpyxl
import pandas as pd
import psycopg2
import pytest
import python_calamine
from shapely.geometry import shape

from app.files.exports import columns, tables, tracks, workbook
from app.http.v2.tracks import routes as trajeto
from tests._lib import schemas
from tests.http import callers
from tests.http.serving import serving

HISTORY = "/v2/HistoricoPaginaDispositivo/7"
POINTS = "/v2/data/points"
KINDS = ["csv", "xlsx", "parquet"]
READERS = {
    "csv": lambda content: pd.read_csv(io.BytesIO(content)),
    "xlsx": lambda content: pd.read_excel(io.BytesIO(content)),
    "parquet": lambda content: pd.read_parquet(io.BytesIO(content)),
}
_DANGEROUS = '=HYPERLINK("http://x","y")'


@pytest.fixture(scope="module")
def begin():
    """When the reports begin."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


@pytest.fixture(scope="module")
def sent(app, begin):
    """Reports of device 7 with a number, a text or a state; some without coordinates."""
    api = callers.Api(app.test_client(), callers.with_key(callers.INGEST_KEY))
    values = [{"nrValor": 4.25}, {"dsValor": _DANGEROUS}, {"blValor": True}, {"nrValor": -1e-7}]
    readings = [
        {
            "cdDispositivo": 7,
            "dtRegistro": (begin + timedelta(milliseconds=1500 * n)).isoformat(),
            "nrBat": 3.5,
            **({"latitude": -23.5 + n / 1000, "longitude": -46.6} if n % 3 else {}),
            **({"nrPrecisao": n % 50 + 0.5} if n % 3 and n % 2 else {}),
            "sensores": [{"cdSensor": 702, **values[n % 4]}],
        }
        for n in range(2_500)
    ]
    for start in range(0, len(readings), 1_250):
        answer = api.post("/v2/posicoes/lote", readings[start : start + 1_250])
        assert answer.json["stored"] == 1_250, answer.text
    return readings


def _range(begin, first="dtInicio", last="dtFim"):
    return {first: begin.isoformat(), last: (begin + timedelta(hours=1, minutes=50)).isoformat()}


# Seen to fail: with the first page only.
@pytest.mark.parametrize("kind", KINDS)
def test_history_is_whole_and_typed(reader, sent, begin, kind):
    asked = _range(begin)
    answer = reader.get(HISTORY, formato=kind, **asked)
    assert answer.status_code == 200, answer.text
    assert re.fullmatch(
        rf'attachment; filename="history-7-\d{{4}}-\d\d-\d\d-\d{{4}}-\d\d-\d\d\.{kind}"',
        answer.headers["Content-Disposition"],
    )
    found = READERS[kind](answer.data)
    total = reader.get(HISTORY, **asked).json["total"]
    assert len(found) == total == len(sent)
    assert list(found.columns) == [one.heading for one in columns.HISTORY]
    times = pd.to_datetime(found["Time (UTC)"], utc=True)
    assert [one.timestamp() for one in times] == pytest.approx(
        [datetime.fromisoformat(one["dtRegistro"]).timestamp() for one in reversed(sent)], abs=1e-3
    )
    assert (found["Battery (%)"] == 94.59).all()
    for heading in ("Latitude", "Longitude"):
        places = [one.get(heading.lower()) for one in reversed(sent)]
        assert [None if pd.isna(one) else one for one in found[heading]] == [
            place and round(place, 5) for place in places
        ]
    assert [None if pd.isna(one) else one for one in found["Precision (m)"]] == [
        one.get("nrPrecisao") for one in reversed(sent)
    ]
    numbers = [one for one in reversed(sent) if "nrValor" in one["sensores"][0]]
    assert found["Door openings"].dropna().tolist() == [one["sensores"][0]["nrValor"] for one in numbers]


@pytest.mark.parametrize("kind", KINDS)
def test_points_are_whole_and_typed(reader, sent, begin, kind):
    asked = _range(begin) | {"cdSensor": 702, "agg": "raw"}
    answer = reader.get(POINTS, formato=kind, **asked)
    assert "sensor-702-raw-" in answer.headers["Content-Disposition"]
    found = READERS[kind](answer.data)
    assert len(found) == len(sent)
    values = [one["sensores"][0] for one in sent]
    assert found["Value"].dropna().tolist() == [one["nrValor"] for one in values if "nrValor" in one]
    assert found["State"].dropna().tolist() == [True] * sum("blValor" in one for one in values)
    texts = set(found["Text"].dropna())
    assert texts == {"'" + _DANGEROUS if kind == "csv" else _DANGEROUS}


def test_buckets_have_their_own_columns(reader, sent, begin):
    asked = _range(begin) | {"cdSensor": 702, "agg": "1m"}
    found = READERS["csv"](reader.get(POINTS, formato="csv", **asked).data)
    told = reader.get(POINTS, **asked).json["data"]
    assert found["Average"].tolist() == [one["avg"] for one in told]
    assert found["Readings"].tolist() == [one["count"] for one in told]


@pytest.fixture
def expired(fleet):
    """What device 7 read until now is as if its time were over."""
    with closing(psycopg2.connect(fleet.owner_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(
            """insert into private."TbRetencaoPiso" ("cdCliente", "dtBruto", "dtAnunciado", "dt1h")
            select d."cdCliente", now(), now(), now() from "TbDispositivo" d where d."cdDispositivo" = 7"""
        )
        yield
        cursor.execute('delete from private."TbRetencaoPiso"')


def _named(reader, begin):
    asked = _range(begin) | {"cdSensor": 702, "agg": "raw", "formato": "csv"}
    return reader.get(POINTS, **asked).headers["Content-Disposition"]


def test_a_name_says_that_some_has_expired(reader, sent, begin, expired):
    assert _named(reader, begin).endswith('-incomplete.csv"')


def test_a_name_says_nothing_where_all_is_there(reader, sent, begin):
    assert "incomplete" not in _named(reader, begin)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_a_file_with_headings(reader, kind):
    asked = {"dtInicio": "20200101", "dtFim": "20200102", "formato": kind}
    found = READERS[kind](reader.get(HISTORY, **asked).data)
    assert (len(found), list(found.columns)) == (0, [one.heading for one in columns.HISTORY])


def test_accept_decides_where_the_parameter_does_not(reader, begin):
    for mimetype, wanted in (
        ("text/csv", "text/csv"),
        ("application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        ("*/*", "application/json"),
        ("text/html", "application/json"),
    ):
        answer = reader.client.get(
            HISTORY, query_string=_range(begin), headers={**reader.headers, "Accept": mimetype}
        )
        assert answer.mimetype == wanted


def test_what_is_refused_is_refused_before_a_file_begins(reader, nobody, gateway):
    for api, status in ((nobody, 401), (gateway, 403)):
        answer = api.get(HISTORY, formato="csv")
        assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert reader.get(HISTORY, formato="pdf").status_code == 400
    assert reader.get("/v2/HistoricoPaginaDispositivo/0", formato="csv").status_code == 400


def test_others_get_none_of_it(other, sent, begin):
    assert len(READERS["csv"](other.get(HISTORY, formato="csv", **_range(begin)).data)) == 0


# Seen to fail: with a cell of the type that a text like that gets by itself.
def test_a_workbook_has_no_formula_and_true_times(reader, sent, begin):
    asked = _range(begin) | {"cdSensor": 702, "agg": "raw", "formato": "xlsx"}
    sheet = openpyxl.load_workbook(io.BytesIO(reader.get(POINTS, **asked).data)).active
    assert sheet.freeze_panes == "A2"
    kinds = {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None}
    assert kinds == {"d", "n", "b", "s"}, "f would be a formula"


_TEXT = (columns.Column("Text", "text", lambda row: row),)
_DEFUSED = {
    "=1": "'=1",
    "+1": "'+1",
    "-1": "'-1",
    "@x": "'@x",
    "\tx": "'\tx",
    "\rx": "'\rx",
    "\n=x": "'\n'=x",
    "=1\n=2": "'=1\n'=2",
    " =1": "' =1",
    "\u00a0\u200b\ufeff=1": "'\u00a0\u200b\ufeff=1",
    "\u3000\uff1d1": "'\u3000\uff1d1",
    "\uff0b1;\uff0d1,\uff20x": "'\uff0b1;'\uff0d1,'\uff20x",
    "a;=1": "a;'=1",
    "a, -1\t+1": "a,' -1\t'+1",
    'a;"=1"': 'a;\'"=1"',
    "a=1": "a=1",
    "2026-01-31; a-b": "2026-01-31; a-b",
    "a\x01b": "a\x01b",
}


# Seen to fail: with signs at the beginning of a text only; without wide signs.
@pytest.mark.parametrize("separator", [",", ";"])
def test_texts_are_defused_however_they_are_split(separator):
    told = b"".join(tables.csv([tables.frame(list(_DEFUSED), _TEXT)], _TEXT, separator)).decode("utf-8-sig")
    cells = [row[0] for row in csv.reader(io.StringIO(told, newline=""), delimiter=separator)]
    assert cells[1:] == list(_DEFUSED.values())
    for foreign in ",;\t":
        for row in csv.reader(io.StringIO(told, newline=""), delimiter=foreign):
            assert not [cell for cell in row if re.match(r'["\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]', cell)]


_BY_THEMSELVES = [*_DEFUSED, "#N/A", "#DIV/0!", "#NAME?", "a\ufffeb\uffff", "\U0001fffe", "\x00\x08\x0b\x1f"]


# Seen to fail: with U+FFFE left in (openpyxl did not open the file).
def test_texts_are_texts_to_readers_of_workbooks():
    content = b"".join(workbook.xlsx([tables.frame(_BY_THEMSELVES, _TEXT)], _TEXT))
    cells = [row[0] for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    no_xml = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]")
    expected = [no_xml.sub("\ufffd", one).replace("\r", "\n") for one in _BY_THEMSELVES]
    assert [cell.value for cell in cells] == expected
    read = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in read[1:]] == expected


def test_semicolons_have_decimal_commas(reader, sent, begin):
    asked = _range(begin) | {"cdSensor": 702, "agg": "raw", "formato": "csv"}
    content = reader.get(POINTS, separador=";", **asked).data
    found = pd.read_csv(io.BytesIO(content), sep=";", decimal=",")
    pd.testing.assert_frame_equal(found, READERS["csv"](reader.get(POINTS, **asked).data))
    assert b";4,25;" in content
    history = reader.get(HISTORY, separador=";", formato="csv", **_range(begin)).data
    assert (pd.read_csv(io.BytesIO(history), sep=";", decimal=",")["Battery (%)"] == 94.59).all()
    assert reader.get(HISTORY, separador="|", formato="csv").status_code == 400


# Seen to fail: as it was, with nothing left for the last row group.
@pytest.mark.parametrize("rows", [0, 3, 4, 6])
def test_row_groups_end_where_pages_do_or_not(monkeypatch, rows):
    monkeypatch.setattr(tables, "_ROWS_A_GROUP", 3)
    column = (columns.Column("N", "whole", lambda row: row),)
    pages = [range(start, min(start + 3, rows)) for start in range(0, max(rows, 1), 3)]
    content = b"".join(tables.parquet((tables.frame(page, column) for page in pages), column))
    assert pd.read_parquet(io.BytesIO(content))["N"].tolist() == list(range(rows))


def test_a_full_sheet_is_followed_by_another(monkeypatch):
    monkeypatch.setattr(workbook, "_ROWS_A_SHEET", 3)
    column = (columns.Column("N", "whole", lambda row: row),)
    content = b"".join(workbook.xlsx([tables.frame(range(5), column), tables.frame([5, 6], column)], column))
    sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    assert [[cell.value for (cell,) in sheet.iter_rows()] for sheet in sheets] == [
        ["N", 0, 1, 2],
        ["N", 3, 4, 5],
        ["N", 6],
    ]


def _way(reader, begin, kind):
    answer = reader.get("/v2/dispositivos/7/trajeto", formato=kind, **_range(begin))
    assert answer.status_code == 200, answer.text
    assert re.search(rf'filename="track-device-7-[\d-]+\.{kind}"', answer.headers["Content-Disposition"])
    return answer.data


def _expected(sent):
    return [
        (one["dtRegistro"][:19], one["longitude"], round(one["latitude"], 5))
        for one in sent
        if "latitude" in one
    ]


# Seen to fail: with the first page only; with pages that overlap in GPX.
def test_a_track_is_the_way_in_each_format(reader, sent, begin):
    expected = _expected(sent)
    gpx = ElementTree.fromstring(_way(reader, begin, "gpx"))
    space = "{http://www.topografix.com/GPX/1/1}"
    points = [
        (one.find(f"{space}time").text[:19], float(one.get("lon")), float(one.get("lat")))
        for one in gpx.iter(f"{space}trkpt")
    ]
    assert points == expected
    kml = ElementTree.fromstring(_way(reader, begin, "kml"))
    met = []
    for track in kml.iter("{http://www.google.com/kml/ext/2.2}Track"):
        whens = [one.text for one in track.iter("{http://www.opengis.net/kml/2.2}when")]
        places = [one.text.split() for one in track.iter("{http://www.google.com/kml/ext/2.2}coord")]
        assert len(whens) == len(places)
        met += [
            (when[:19], float(place[0]), float(place[1])) for when, place in zip(whens, places, strict=True)
        ][bool(met) :]
    assert met == expected
    features = json.loads(_way(reader, begin, "geojson"))["features"]
    assert {one["geometry"]["type"] for one in features} == {"LineString"}
    met = []
    for one in features:
        whole = zip(one["properties"]["coordTimes"], one["geometry"]["coordinates"], strict=True)
        met += [(when[:19], *place) for when, place in whole][bool(met) :]
    assert met == expected


# Seen to fail, in GPX: without the extension.
def test_the_precision_of_a_track_comes_along(reader, sent, begin):
    expected = [one.get("nrPrecisao") for one in sent if "latitude" in one]
    features = json.loads(_way(reader, begin, "geojson"))["features"]
    met = [one["properties"]["coordPrecisions"][bool(n) :] for n, one in enumerate(features)]
    assert list(chain(*met)) == expected
    way = _way(reader, begin, "gpx").decode()
    schemas.GPX.validate(way)
    points = [one for track in gpxpy.parse(way).tracks for part in track.segments for one in part.points]
    assert [float(one.extensions[0].text) if one.extensions else None for one in points] == expected


# Seen to fail: without nrSeq in the cursor.
def test_reports_of_one_moment_are_on_one_page_each_once(admin, reading, monkeypatch):
    monkeypatch.setattr(trajeto, "MAX_PAGE", 1)
    device = admin.post("/v2/dispositivos", {}).json["cdDispositivo"]
    moment = reading()["dtRegistro"]
    for seq in (None, 1, 2, 3):
        one = {"cdDispositivo": device, "dtRegistro": moment, "latitude": seq or 0, "longitude": 10}
        assert admin.post("/v2/posicoes", one | ({"nrSeq": seq} if seq else {})).status_code == 201
    asked = {"dtInicio": moment, "dtFim": datetime.now(UTC).isoformat(), "formato": "gpx"}
    way = admin.get(f"/v2/dispositivos/{device}/trajeto", **asked)
    found = ElementTree.fromstring(way.data).iter("{http://www.topografix.com/GPX/1/1}trkpt")
    assert [float(one.get("lat")) for one in found] == [0, 1, 2, 3]


# Seen to fail: with what went wrong caught, and the file ended.
@pytest.mark.usefixtures("within_a_day")
def test_what_fails_on_the_way_breaks_off(fleet, admin, sent, begin, tmp_path):
    """A key that may ask twice a day, and three pages: nobody takes two for the whole."""
    with serving(fleet.api_url, tmp_path / "log") as server:
        for kind, begun in (("csv", True), ("parquet", False)):  # the one tells its first page at once
            key = admin.post("/v2/api-keys", {"dsNome": kind, "nrCotaDiaria": 2}).json["dsKey"]
            wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            asked = urlencode(_range(begin) | {"formato": kind})
            wire.request("GET", f"{HISTORY}?{asked}", headers={"X-API-Key": key})
            answer = wire.getresponse()
            if begun:
                assert answer.status == 200
                with pytest.raises((http.client.IncompleteRead, ConnectionError)):
                    answer.read()
            else:
                assert (answer.status, json.loads(answer.read())["error_code"]) == (429, "QUOTA_EXCEEDED")


def test_a_text_that_no_cell_takes_is_cut_and_says_so():
    column = (columns.Column("Text", "text", lambda row: row),)
    content = b"".join(workbook.xlsx([tables.frame(["x" * 40_000], column)], column))
    text = openpyxl.load_workbook(io.BytesIO(content)).active["A2"].value
    assert (len(text), text[-2:]) == (32_767, "x…")


def test_a_track_of_nothing_and_of_one_point():
    one = {"ts": "2026-01-31T12:00:00", "lat": -23.5, "long": -46.6}
    for write in (tracks.gpx, tracks.kml):
        ElementTree.fromstring(b"".join(write("a & b", [[]])))
        ElementTree.fromstring(b"".join(write("a & b", [[one]])))
    assert json.loads(b"".join(tracks.geojson("x", [[]])))["features"] == []
    (point,) = json.loads(b"".join(tracks.geojson("x", [[one]])))["features"]
    assert point["geometry"] == {"type": "Point", "coordinates": [-46.6, -23.5]}


_START = datetime(2026, 1, 31, 12)


def _points(*places):
    """Points at minutes, longitudes and latitudes."""
    return [
        {"ts": (_START + timedelta(minutes=minute)).isoformat(), "lat": lat, "long": east}
        for minute, east, lat in places
    ]


def _read_gpx(*pages):
    """As gpxpy reads it, after the schema: the segments as longitudes and latitudes."""
    content = b"".join(tracks.gpx("a & b", pages)).decode()
    schemas.GPX.validate(content)
    (track,) = gpxpy.parse(content).tracks
    return [[(one.longitude, one.latitude) for one in segment.points] for segment in track.segments]


def _read_kml(*pages):
    """The tracks, and the lines and points beside them, that the schema finds."""
    content = b"".join(tracks.kml("a & b", pages)).decode()
    schemas.KML.validate(content)
    root = ElementTree.fromstring(content)
    google, space = "{http://www.google.com/kml/ext/2.2}", "{http://www.opengis.net/kml/2.2}"
    made = [
        [tuple(map(float, one.text.split()[:2])) for one in track.iter(f"{google}coord")]
        for track in root.iter(f"{google}Track")
    ]
    plain = [
        [tuple(map(float, one.split(","))) for one in places.text.split()]
        for places in root.iter(f"{space}coordinates")
    ]
    return made, plain


def _read_geojson(*pages):
    """As shapely reads it: types and lines."""
    features = json.loads(b"".join(tracks.geojson("x", pages)))["features"]
    shapes = [shape(one["geometry"]) for one in features]
    assert all(one.is_valid for one in shapes)
    return [(one.geom_type, [list(part.coords) for part in getattr(one, "geoms", [one])]) for one in shapes]


# Seen to fail: with str() of the numbers (the schemas refused 5e-05), and without lines in KML.
def test_small_numbers_have_no_exponent():
    page = _points((0, 5e-05, -1e-05), (15, -0.00005, 0.0))
    assert _read_gpx(page) == [[(5e-05, -1e-05), (-5e-05, 0)]]
    assert _read_kml(page) == ([[(5e-05, -1e-05), (-5e-05, 0)]],) * 2
    for write in (tracks.gpx, tracks.kml):
        assert not re.search(rb"\de-", b"".join(write("x", [page])))


# Seen to fail: as it was, with one line over the gap.
@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ((0, 15, 30, 330, 345), [3, 2]),
        ((0, 15, 315, 615, 630), [2, 1, 2]),
        ((0, 300), [1, 1]),
        ((0, 60), [2]),
        ((0, 360, 720, 1080, 1800), [5]),
        ((0, 360, 720, 1080, 5800), [4, 1]),
    ],
)
def test_a_gap_ends_a_segment(minutes, expected):
    page = _points(*((minute, number / 10, 1) for number, minute in enumerate(minutes)))
    assert [len(one) for one in _read_gpx(page)] == expected
    made, plain = _read_kml(page)
    assert [len(one) for one in made] == [len(one) for one in plain] == expected
    assert [len(lines[0]) for _, lines in _read_geojson(page)] == expected


def test_a_page_does_not_end_a_segment():
    pages = [_points((0, 1, 1), (15, 2, 1)), [], _points((30, 3, 1)), _points((330, 4, 1), (345, 5, 1))]
    assert _read_gpx(*pages) == [[(1, 1), (2, 1), (3, 1)], [(4, 1), (5, 1)]]
    assert _read_kml(*pages)[0] == [[(1, 1), (2, 1)], [(2, 1), (3, 1)], [(4, 1), (5, 1)]]


@pytest.mark.parametrize(
    ("longitudes", "expected"),
    [
        ((179, -179), [[(179, 0), (180, 5)], [(-180, 5), (-179, 10)]]),
        ((-179.5, 178.5), [[(-179.5, 0), (-180, 2.5)], [(180, 2.5), (178.5, 10)]]),
        ((179, 180, -179), [[(179, 0), (180, 10)], [(-180, 10), (-179, 20)]]),
        ((179, -180, -179), [[(179, 0), (180, 10)], [(-180, 10), (-179, 20)]]),
        ((180, -179), [[(-180, 0), (-179, 10)]]),
        ((-180, 180, 179), [[(180, 0), (180, 10), (179, 20)]]),
        ((-90, 90), [[(-90, 0), (90, 10)]]),
    ],
)
def test_a_track_across_180_is_two_lines(longitudes, expected):
    page = _points(*((15 * number, east, 10 * number) for number, east in enumerate(longitudes)))
    kind = "MultiLineString" if len(expected) > 1 else "LineString"
    assert _read_geojson(page) == [(kind, expected)]
    assert _read_kml(page)[1] == expected
    assert sum(map(len, _read_gpx(page))) == len(longitudes)
    assert len(_read_gpx(page)) == len(expected)
    (feature,) = json.loads(b"".join(tracks.geojson("x", [page])))["features"]
    times = feature["properties"]["coordTimes"]
    said = [time for part in times for time in part] if len(expected) > 1 else times
    assert [time for time in said if time] == [f"{one['ts']}Z" for one in page]
