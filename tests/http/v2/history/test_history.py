"""GET /v2/HistoricoPaginaDispositivo."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from app.http.v2.history.schemas import HistoryPage
from tests.http import callers
from tests.http.callers import Api

PATH = "/v2/HistoricoPaginaDispositivo"
_LOCAL = ZoneInfo("America/Sao_Paulo")


@pytest.fixture
def other(app):
    """The administrator of another client."""
    return Api(app.test_client(), callers.as_user(callers.OTHER_ADMIN))


def _times(answer):
    assert answer.status_code == 200, answer.text
    return [row["dtRegistro"] for row in answer.json["data"]]


# Seen to fail: without p_cd_dispositivo in app/http/v2/history/routes.py.
def test_a_reading_comes_back_with_what_its_sensors_read(gateway, reader, reading):
    gateway.post("/v2/posicoes", reading(cdDispositivo=6, sensores=None))
    gateway.post("/v2/posicoes", reading(dtRegistro=datetime.now(UTC).isoformat()))
    answer = reader.get(f"{PATH}/7")
    assert set(answer.json) == {"data", "total", "pageSize", "complete", "nextCursor"}
    assert answer.json["pageSize"] == 50
    assert {row["cdDispositivo"] for row in answer.json["data"]} == {7}
    row = answer.json["data"][0]
    assert (row["nrTemperatura"], row["nrBatPercentual"], row["dsStatus"]) == (
        4.25,
        "97.30%",
        "Dentro da Área",
    )


def test_rows_come_as_they_are_described(gateway, reader, reading):
    gateway.post("/v2/posicoes", reading(sensores=[{"cdSensor": 703, "nrValor": 20_000}]))
    answer = reader.get(f"{PATH}/7")
    page = TypeAdapter(HistoryPage).validate_json(answer.data, strict=True)
    assert page.model_dump(mode="json").keys() == answer.json.keys()
    assert all(
        set(row) == set(HistoryPage.model_fields["data"].annotation.__args__[0].model_fields)
        for row in answer.json["data"]
    )
    assert any(row["itens"] for row in answer.json["data"])


# Seen to fail: without p_page_size or p_cursor in app/http/v2/history/routes.py.
def test_pages_and_cursors_lead_through_all_of_it(gateway, reader, reading):
    gateway.post("/v2/posicoes/lote", [reading(cdDispositivo=3, sensores=None) for _ in range(5)])
    everything = _times(reader.get(f"{PATH}/3"))
    assert len(everything) == 5
    first = reader.get(f"{PATH}/3", pageSize=2)
    assert (_times(first), first.json["total"]) == (everything[:2], 5)
    second = reader.get(f"{PATH}/3", pageSize=2, cursor=first.json["nextCursor"])
    assert _times(second) == everything[2:4]
    last = reader.get(f"{PATH}/3", pageSize=2, cursor=second.json["nextCursor"])
    assert (_times(last), last.json["nextCursor"]) == (everything[4:], None)


# Seen to fail: without p_cd_cliente or p_cd_dispositivos in app/http/v2/history/routes.py.
def test_device_0_means_all_of_a_client(gateway, reader, reading):
    for device in (4, 6, 13, 14):  # 13 and 14 are the child's
        gateway.post("/v2/posicoes", reading(cdDispositivo=device, sensores=None))
    devices = {row["cdDispositivo"] for row in reader.get(f"{PATH}/0", cdCliente=1).json["data"]}
    assert {4, 6} <= devices
    assert not {13, 14} & devices
    chosen = reader.get(f"{PATH}/0", cdCliente=1, cdDispositivos="4, 13").json["data"]
    assert {row["cdDispositivo"] for row in chosen} == {4}


# Seen to fail: without either date in history/routes.py.
def test_a_day_is_a_local_day_with_both_ends(gateway, reader, reading):
    day = (datetime.now(_LOCAL) - timedelta(days=3)).replace(hour=0, minute=0, second=0, microsecond=0)
    moments = [day + timedelta(microseconds=step) for step in (-1, 0, 86_400_000_000 - 1, 86_400_000_000)]
    batch = [reading(cdDispositivo=10, sensores=None, dtRegistro=moment.isoformat()) for moment in moments]
    assert gateway.post("/v2/posicoes/lote", batch).json["stored"] == 4
    answer = reader.get(f"{PATH}/10", dtInicio=f"{day:%Y%m%d}", dtFim=f"{day:%Y%m%d}")
    within = [moment.astimezone(UTC) for moment in (moments[2], moments[1])]
    assert [datetime.fromisoformat(time) for time in _times(answer)] == within
    assert answer.json["total"] == 2


def test_an_instant_as_the_end_is_not_included(gateway, reader, reading):
    moments = [datetime.now(UTC).replace(microsecond=0) - timedelta(hours=hours) for hours in range(4)]
    batch = [reading(cdDispositivo=11, sensores=None, dtRegistro=moment.isoformat()) for moment in moments]
    assert gateway.post("/v2/posicoes/lote", batch).json["stored"] == 4
    answer = reader.get(f"{PATH}/11", dtInicio=moments[2].isoformat(), dtFim=moments[1].isoformat())
    assert answer.json["total"] == 1
    zone = {"fuso": "Asia/Tokyo", "dtInicio": f"{moments[0]:%Y%m%d}", "dtFim": f"{moments[0]:%Y%m%d}"}
    begin = moments[0].replace(hour=0, minute=0, second=0) - timedelta(hours=9)
    within = [one for one in moments if begin <= one < begin + timedelta(days=1)]
    assert reader.get(f"{PATH}/11", **zone).json["total"] == len(within)


# Seen to fail: with the claims of the reader for every person in app/rpc/postgres.py.
def test_what_is_not_visible_is_an_empty_page(gateway, reader, other, reading):
    gateway.post("/v2/posicoes", reading())
    assert reader.get(f"{PATH}/7").json["data"]
    for answer in (other.get(f"{PATH}/0", cdCliente=1), reader.get(f"{PATH}/7", cdCliente=2)):
        assert answer.status_code == 200
        assert answer.json == {
            "data": [],
            "total": 0,
            "pageSize": 50,
            "complete": True,
            "nextCursor": None,
        }


def test_a_key_without_read_may_not_look(gateway):
    answer = gateway.get(f"{PATH}/7")
    assert (answer.status_code, answer.json["error_code"]) == (403, "FORBIDDEN")


# Seen to fail: without the check in get_historico.
def test_all_devices_need_a_client(reader):
    answer = reader.get(f"{PATH}/0")
    assert answer.status_code == 400
    assert answer.json == {
        "error": "cdCliente parameter is required",
        "error_code": "MISSING_PARAMETER",
        "details": {"parameter": "cdCliente"},
    }


# Seen to fail: with int for Id, Page and PageSize, and in _ids; without _MAX_IDS; with 2**31 as the greatest
# id; with str for Text; with datetime for Instant and End; without in_order().
@pytest.mark.parametrize(
    ("parameters", "error_code"),
    [
        ({"cdCliente": "x"}, "INVALID_PARAMETER"),
        ({"cdCliente": "0"}, "INVALID_PARAMETER"),
        ({"cdCliente": "2147483648"}, "INVALID_PARAMETER"),
        ({"page": "0"}, "INVALID_PARAMETER"),
        ({"page": "-1"}, "INVALID_PARAMETER"),
        ({"page": "1.5"}, "INVALID_PARAMETER"),
        ({"page": "2147483648"}, "INVALID_PARAMETER"),
        ({"page": "99999999999"}, "INVALID_PARAMETER"),
        ({"pageSize": "0"}, "INVALID_PARAMETER"),
        ({"pageSize": "1001"}, "INVALID_PARAMETER"),
        ({"pageSize": ""}, "INVALID_PARAMETER"),
        ({"cdDispositivos": "1,x"}, "INVALID_PARAMETER"),
        ({"cdDispositivos": ""}, "INVALID_PARAMETER"),
        ({"cdDispositivos": "1,0"}, "INVALID_PARAMETER"),
        ({"cdDispositivos": "2147483648"}, "INVALID_PARAMETER"),
        ({"cdDispositivos": ",".join(["1"] * 1_001)}, "INVALID_PARAMETER"),
        ({"cursor": "\x00"}, "INVALID_PARAMETER"),
        ({"cursor": "x" * 1_001}, "INVALID_PARAMETER"),
        ({"cursor": ""}, "INVALID_PARAMETER"),
        ({"cursor": "bm90IG91cnM="}, "INVALID_PARAMETER"),
        ({"cursor": "%"}, "INVALID_PARAMETER"),
        ({"dtInicio": "yesterday"}, "INVALID_DATE_FORMAT"),
        ({"dtInicio": "20260230"}, "INVALID_DATE_FORMAT"),
        ({"dtFim": "20261340"}, "INVALID_DATE_FORMAT"),
        ({"dtFim": "2026-01-31T25:00Z"}, "INVALID_DATE_FORMAT"),
        ({"dtInicio": "20260201", "dtFim": "20260131"}, "INVALID_DATE_RANGE"),
        (
            {"dtInicio": "2026-01-31T12:00:01Z", "dtFim": "2026-01-31T09:00:00-03:00"},
            "INVALID_DATE_RANGE",
        ),
    ],
)
def test_bad_parameters_are_named(reader, parameters, error_code):
    answer = reader.get(f"{PATH}/7", **parameters)
    assert (answer.status_code, answer.json["error_code"]) == (400, error_code)
    assert answer.json["error"].startswith(next(iter(parameters)))


# Seen to fail: with int for IdOrAll; with \d for [0-9] in _whole; with 2**31 as the greatest id.
@pytest.mark.parametrize(
    "device", ["x", "-1", "1.5", "2147483648", "99999999999", "%00", "1%20or%201=1", "%EF%BC%91"]
)
def test_a_device_is_a_whole_number(reader, device):
    answer = reader.get(f"{PATH}/{device}", cdCliente=1)
    assert (answer.status_code, answer.json["error_code"]) == (400, "INVALID_PARAMETER")
    assert answer.json["details"] == {"parameter": "cdDispositivo"}


# Seen to fail: with 999 as the most rows of a page; with 999 as the most devices.
@pytest.mark.parametrize(
    "parameters",
    [
        {"cdCliente": "2147483647"},
        {"cdDispositivos": ",".join(["1"] * 1_000)},
        {"pageSize": "1000"},
        {"dtInicio": "00010101", "dtFim": "99991231"},
    ],
)
def test_the_limits_themselves_are_good(reader, parameters):
    assert reader.get(f"{PATH}/7", **parameters).status_code == 200
