"""GET /v2/TbPosicaoAtual."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.http import callers
from tests.http.callers import Api

PATH = "/v2/TbPosicaoAtual"


# Seen to fail: without p_cd_produto in get_posicoes_atuais.
def test_devices_of_other_products_are_left_out(gateway, reader, reading):
    for device in (6, 9):  # of products 1 and 2
        gateway.post("/v2/posicoes", reading(cdDispositivo=device, sensores=None))
    for product, devices in ((1, [6]), (2, [9])):
        rows = reader.get(PATH, cdProduto=product, cdDispositivos="6,9").json
        assert [row["cdDispositivo"] for row in rows] == devices


# Seen to fail: without p_cd_dispositivos in get_posicoes_atuais.
def test_a_reading_comes_back_as_the_current_position(gateway, reader, reading):
    gateway.post("/v2/posicoes", reading(dtRegistro=datetime.now(UTC).isoformat(), nrBat=3.21))
    answer = reader.get(PATH, cdProduto=1, cdDispositivos="7")
    (row,) = answer.json
    assert answer.status_code == 200
    assert (row["cdDispositivo"], row["nrBat"], row["blArea"], row["dsLat"]) == (7, 3.21, True, -23.5031)


# Seen to fail, in v1: without the del in app/http/v1/positions.py.
def test_the_precision_of_a_place_comes_with_it(gateway, reader, reading):
    def row(path=PATH, **more):
        asked = {"cdProduto": 1, "cdDispositivos": "4"} if path == PATH else {}
        return reader.get(path, **asked, **more).json

    place = reading(cdDispositivo=4, sensores=None, nrPrecisao=12.5)
    assert gateway.post("/v2/posicoes", place).status_code == 201
    assert row()[0]["nrPrecisao"] == 12.5
    assert row(formato="geojson")["features"][0]["properties"]["nrPrecisao"] == 12.5
    assert "nrPrecisao" not in row("/TbPosicaoAtual/4")[0]
    day = place["dtRegistro"][:10]
    (past,) = reader.get("/v2/HistoricoPaginaDispositivo/4", dtRegistroComeco=day, dtRegistroFim=day).json[
        "data"
    ]
    assert (past["latitude"], past["longitude"], past["nrPrecisao"]) == (-23.5031, -46.6252, 12.5)


def test_an_older_reading_does_not_move_a_device(gateway, reader, reading):
    now = datetime.now(UTC)
    gateway.post(
        "/v2/posicoes", reading(cdDispositivo=1, sensores=None, dtRegistro=now.isoformat(), latitude=-23.1)
    )
    late = (now - timedelta(hours=1)).isoformat()
    gateway.post("/v2/posicoes", reading(cdDispositivo=1, sensores=None, dtRegistro=late, latitude=-23.9))
    (row,) = reader.get(PATH, cdProduto=1, cdDispositivos="1").json
    assert row["dsLat"] == -23.1


# Seen to fail: without p_desde in get_posicoes_atuais.
def test_desde_gives_only_what_changed(gateway, reader, reading):
    gateway.post("/v2/posicoes", reading(cdDispositivo=2, sensores=None))
    (before,) = reader.get(PATH, cdProduto=1, cdDispositivos="2").json
    gateway.post("/v2/posicoes", reading(cdDispositivo=3, sensores=None))
    changed = reader.get(PATH, cdProduto=1, desde=before["dtAlteracao"], cdDispositivos="2,3").json
    assert [row["cdDispositivo"] for row in changed] == [3]


# Seen to fail: without _LOST_PLUS in app/times.py.
def test_a_plus_that_was_not_escaped_is_understood(reader):
    assert (
        reader.client.get(
            f"{PATH}?cdProduto=1&desde=2026-01-31T12:00:00+00:00", headers=dict(reader.headers)
        ).status_code
        == 200
    )


def test_others_see_nothing(app, gateway, reading):
    gateway.post("/v2/posicoes", reading())
    other = Api(app.test_client(), callers.as_user(callers.OTHER_ADMIN))
    answer = other.get(PATH, cdProduto=1)
    assert (answer.status_code, answer.json) == (200, [])


# Seen to fail: without require_permission() in the RPC.
def test_a_key_without_read_may_not_look(gateway):
    answer = gateway.get(PATH, cdProduto=1)
    assert (answer.status_code, answer.json["error_code"]) == (403, "FORBIDDEN")


# Seen to fail: with int for Id, str for Instant, or a default for cdProduto.
@pytest.mark.parametrize(
    ("parameters", "error_code"),
    [
        ({}, "MISSING_PARAMETER"),
        ({"cdProduto": "x"}, "INVALID_PARAMETER"),
        ({"cdProduto": "0"}, "INVALID_PARAMETER"),
        ({"cdProduto": "99999999999"}, "INVALID_PARAMETER"),
        ({"cdProduto": "1 or 1=1"}, "INVALID_PARAMETER"),
        ({"cdProduto": "1\x00"}, "INVALID_PARAMETER"),
        ({"cdProduto": 1, "cdDispositivos": "1,x"}, "INVALID_PARAMETER"),
        ({"cdProduto": 1, "cdDispositivos": ",".join(["1"] * 1_001)}, "INVALID_PARAMETER"),
        ({"cdProduto": 1, "desde": "yesterday"}, "INVALID_DATE_FORMAT"),
        ({"cdProduto": 1, "desde": "2026-02-30"}, "INVALID_DATE_FORMAT"),
        ({"cdProduto": 1, "desde": "20261340"}, "INVALID_DATE_FORMAT"),
    ],
)
def test_bad_parameters_are_named(reader, parameters, error_code):
    answer = reader.get(PATH, **parameters)
    assert (answer.status_code, answer.json["error_code"]) == (400, error_code)
    assert answer.json["error"].startswith(answer.json["details"]["parameter"])
