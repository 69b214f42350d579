"""GET /v2/TbPosicaoAtual."""

import json
from base64 import b64decode, b64encode
from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest

from tests.http import callers
from tests.http.callers import Api

PATH = "/v2/TbPosicaoAtual"


# Seen to fail: without p_cd_produto in get_posicoes_atuais.
def test_devices_of_other_products_are_left_out(gateway, reader, reading):
    for device in (6, 9):  # of products 1 and 2
        gateway.post("/v2/posicoes", reading(cdDispositivo=device, sensores=None))
    for product, devices in ((1, [6]), (2, [9])):
        rows = reader.get(PATH, cdProduto=product, cdDispositivos="6,9").json["data"]
        assert [row["cdDispositivo"] for row in rows] == devices


# Seen to fail: without p_cd_dispositivos in get_posicoes_atuais.
def test_a_reading_comes_back_as_the_current_position(gateway, reader, reading):
    gateway.post("/v2/posicoes", reading(dtRegistro=datetime.now(UTC).isoformat(), nrBat=3.21))
    answer = reader.get(PATH, cdProduto=1, cdDispositivos="7")
    (row,) = answer.json["data"]
    assert answer.status_code == 200
    assert (row["cdDispositivo"], row["nrBat"], row["blArea"], row["dsLat"]) == (7, 3.21, True, -23.5031)


# Seen to fail, in v1: without the del in app/http/v1/positions.py; and before three o'clock (UTC), when the
# reading was asked for by its day in UTC, not in São Paulo.
def test_the_precision_of_a_place_comes_with_it(gateway, reader, reading):
    def row(path=PATH, **more):
        asked = {"cdProduto": 1, "cdDispositivos": "4"} if path == PATH else {}
        found = reader.get(path, **asked, **more).json
        return found if isinstance(found, list) else found.get("data", found)

    place = reading(cdDispositivo=4, sensores=None, nrPrecisao=12.5)
    assert gateway.post("/v2/posicoes", place).status_code == 201
    assert row()[0]["nrPrecisao"] == 12.5
    assert row(formato="geojson")["features"][0]["properties"]["nrPrecisao"] == 12.5
    assert "nrPrecisao" not in row("/TbPosicaoAtual/4")[0]
    since = {"dtInicio": place["dtRegistro"], "dtFim": datetime.now(UTC).isoformat()}
    (past,) = reader.get("/v2/HistoricoPaginaDispositivo/4", **since).json["data"]
    assert (past["latitude"], past["longitude"], past["nrPrecisao"]) == (-23.5031, -46.6252, 12.5)


def test_an_older_reading_does_not_move_a_device(gateway, reader, reading):
    now = datetime.now(UTC)
    gateway.post(
        "/v2/posicoes", reading(cdDispositivo=1, sensores=None, dtRegistro=now.isoformat(), latitude=-23.1)
    )
    late = (now - timedelta(hours=1)).isoformat()
    gateway.post("/v2/posicoes", reading(cdDispositivo=1, sensores=None, dtRegistro=late, latitude=-23.9))
    (row,) = reader.get(PATH, cdProduto=1, cdDispositivos="1").json["data"]
    assert row["dsLat"] == -23.1


# Seen to fail: without p_desde in get_posicoes_atuais.
def test_desde_gives_only_what_changed(gateway, reader, reading):
    gateway.post("/v2/posicoes", reading(cdDispositivo=2, sensores=None))
    (before,) = reader.get(PATH, cdProduto=1, cdDispositivos="2").json["data"]
    gateway.post("/v2/posicoes", reading(cdDispositivo=3, sensores=None))
    changed = reader.get(PATH, cdProduto=1, desde=before["dtAlteracao"], cdDispositivos="2,3").json["data"]
    assert [row["cdDispositivo"] for row in changed] == [3]


@pytest.fixture
def slow(fleet):
    """A gateway whose transaction stays open until it is told to commit."""
    with closing(psycopg2.connect(fleet.owner_url)) as connection, connection.cursor() as cursor:

        def send(reading):
            cursor.execute("""select set_config('role', 'service_role', true),
                                     set_config('request.jwt.claims', '{"role": "service_role"}', true)""")
            cursor.execute(
                "select public.insert_device_readings(%s::jsonb) ->> 'stored'", (json.dumps([reading]),)
            )
            assert cursor.fetchone() == ("1",)
            return connection.commit

        yield send


def _devices(page):
    rows = page["features"] if "features" in page else page["data"]
    return [row.get("cdDispositivo", row.get("id")) for row in rows]


# Seen to fail: with a horizon that open transactions do not hold back.
@pytest.mark.parametrize("formato", ["json", "geojson"])
def test_what_is_committed_late_is_not_missed(gateway, reader, reading, slow, formato):
    asked = {"formato": formato, "cdDispositivos": "2,3", "cdProduto": 1}
    for device in (2, 3):
        now = datetime.now(UTC).isoformat()
        gateway.post("/v2/posicoes", reading(cdDispositivo=device, sensores=None, dtRegistro=now))
    start = reader.get(PATH, **asked).json
    commit = slow(reading(cdDispositivo=2, sensores=None, dtRegistro=datetime.now(UTC).isoformat()))
    now = datetime.now(UTC).isoformat()
    gateway.post("/v2/posicoes", reading(cdDispositivo=3, sensores=None, dtRegistro=now))
    between = reader.get(PATH, desde=start["nextDesde"], **asked).json
    assert _devices(between) == [3]
    commit()
    late = reader.get(PATH, desde=between["nextDesde"], **asked).json
    assert 2 in _devices(late)
    after = reader.get(PATH, desde=late["nextDesde"], **asked).json
    assert _devices(after) == []
    assert _devices(reader.get(PATH, desde=after["nextDesde"], **asked).json) == []


# Seen to fail: with the horizon of the last page.
def test_what_changes_while_pages_are_read_is_not_missed(gateway, reader, reading):
    for device in (1, 2, 3):
        gateway.post("/v2/posicoes", reading(cdDispositivo=device, sensores=None))
    asked = {"cdDispositivos": "1,2,3", "pageSize": 2}
    first = reader.get(PATH, **asked).json
    assert (_devices(first), first["nextDesde"]) == ([1, 2], None)
    now = datetime.now(UTC).isoformat()
    gateway.post("/v2/posicoes", reading(cdDispositivo=1, sensores=None, dtRegistro=now))
    last = reader.get(PATH, cursor=first["nextCursor"], **asked).json
    assert (_devices(last), last["nextCursor"]) == ([3], None)
    assert _devices(reader.get(PATH, desde=last["nextDesde"], **asked).json) == [1]


# Seen to fail: with neither known_horizon() nor the comparison of the moment; each alone is enough.
def test_a_database_that_counts_transactions_anew_loses_nothing(gateway, reader, reading):
    gateway.post("/v2/posicoes", reading(cdDispositivo=2, sensores=None))
    counted, _, moment = (
        b64decode(reader.get(PATH, cdDispositivos=2).json["nextDesde"]).decode().partition(",")
    )
    elsewhere = b64encode(f"{int(counted) + 10**9},{moment}".encode()).decode()
    now = datetime.now(UTC).isoformat()
    gateway.post("/v2/posicoes", reading(cdDispositivo=2, sensores=None, dtRegistro=now))
    assert _devices(reader.get(PATH, cdDispositivos=2, desde=elsewhere).json) == [2]


def test_who_polls_is_not_sent_again_what_has_not_changed(gateway, reader, reading):
    first = reader.get(PATH, cdDispositivos=2)
    gateway.post("/v2/posicoes", reading(cdDispositivo=3, sensores=None))
    headers = {**reader.headers, "If-None-Match": first.headers["ETag"]}
    again = reader.client.get(PATH, query_string={"cdDispositivos": 2}, headers=headers)
    assert (again.status_code, again.data) == (304, b"")


def test_all_that_is_visible_comes_without_a_product(gateway, admin, reader, reading):
    gateway.post("/v2/posicoes", reading(cdDispositivo=9, sensores=None))
    gateway.post("/v2/posicoes", reading(cdDispositivo=2, sensores=None))
    assert {2, 9} <= set(_devices(reader.get(PATH).json))
    clients = {row["cdCliente"] for row in reader.get(PATH, cdCliente=1).json["data"]}
    assert clients == {1}


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
    assert (answer.status_code, answer.json["data"]) == (200, [])


# Seen to fail: without require_permission() in the RPC.
def test_a_key_without_read_may_not_look(gateway):
    answer = gateway.get(PATH, cdProduto=1)
    assert (answer.status_code, answer.json["error_code"]) == (403, "FORBIDDEN")


# Seen to fail: with int for Id or str for Since.
@pytest.mark.parametrize(
    ("parameters", "error_code"),
    [
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
