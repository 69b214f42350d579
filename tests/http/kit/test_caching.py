"""Compression and ETags."""

import gzip

import msgspec
import pytest

PATH = "/v2/TbPosicaoAtual"


@pytest.fixture
def rows(gateway, reading):
    for device in range(1, 9):
        gateway.post("/v2/posicoes", reading(cdDispositivo=device, sensores=None))


def _get(api, path=PATH, headers=None, **query):
    return api.client.get(
        path, query_string={"cdProduto": 1} | query, headers=dict(api.headers) | (headers or {})
    )


# Seen to fail: without Compress(app); with a minimum of 100 kB; with application/json left out.
def test_who_can_read_it_gets_it_compressed(reader, rows):
    plain = _get(reader)
    packed = _get(reader, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert msgspec.json.decode(gzip.decompress(packed.data))["data"] == plain.json["data"]
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["ETag"] == plain.headers["ETag"]


def test_what_fits_into_a_packet_is_left_alone(reader):
    answer = _get(reader, headers={"Accept-Encoding": "gzip"}, cdDispositivos="99")
    assert (answer.json["data"], "Content-Encoding" in answer.headers) == ([], False)


# Seen to fail: without make_conditional; with a strong ETag; with the request id in the hash.
@pytest.mark.parametrize("path", [PATH, "/v2/dispositivos", "/Dispositivo/0", "/v1/summary/abertura-porta"])
def test_who_has_it_is_not_sent_it_again(reader, path, rows):
    days = {"dt_registro_inicio": "20260101", "dt_registro_fim": "20260131"} if "v1" in path else {}
    first = _get(reader, path, **days)
    assert (first.status_code, first.headers["ETag"][:2]) == (200, "W/")
    again = _get(reader, path, {"If-None-Match": first.headers["ETag"]}, **days)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["X-Request-Id"]


def test_what_changed_is_sent(gateway, reader, reading, rows):
    first = _get(reader)
    gateway.post("/v2/posicoes", reading(cdDispositivo=1, sensores=None, dtRegistro=None))
    again = _get(reader, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.headers["ETag"] != first.headers["ETag"]) == (200, True)


# Seen to fail: with public for private; without Vary.
def test_no_cache_shares_it(reader, rows):
    answer = _get(reader)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "X-API-Key"} <= set(answer.headers["Vary"].split(", "))


def test_errors_and_writes_have_none(reader, gateway, reading):
    assert "ETag" not in reader.get(PATH, cdProduto=0).headers
    written = gateway.post("/v2/posicoes", reading())
    assert "ETag" not in written.headers
    assert written.headers["Cache-Control"] == "no-store"


# Seen to fail: without _prefers_geojson; with latitude before longitude; without the mimetype.
@pytest.mark.parametrize("way", [{"formato": "geojson"}, {"headers": {"Accept": "application/geo+json"}}])
def test_positions_on_a_map(gateway, reader, reading, way):
    gateway.post("/v2/posicoes", reading(cdDispositivo=7, dtRegistro=None))
    gateway.post("/v2/posicoes", reading(cdDispositivo=5, latitude=None, longitude=None, sensores=None))
    answer = _get(reader, cdDispositivos="5,7", **way)
    assert answer.mimetype == "application/geo+json"
    told = msgspec.json.decode(answer.data)
    by_device = {feature["id"]: feature for feature in told["features"]}
    assert told["type"] == "FeatureCollection"
    assert by_device[7]["geometry"] == {"type": "Point", "coordinates": [-46.6252, -23.5031]}
    (row,) = _get(reader, cdDispositivos="7").json["data"]
    del row["dsLat"], row["dsLong"]
    assert by_device[7]["properties"] == row


def test_json_where_both_are_as_welcome(reader):
    assert _get(reader, headers={"Accept": "*/*"}).mimetype == "application/json"
    assert (
        _get(reader, formato="json", headers={"Accept": "application/geo+json"}).mimetype
        == "application/json"
    )
