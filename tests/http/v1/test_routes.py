"""Old routes of which no answer was recorded, and what was not in the recording."""

import logging
from collections import Counter
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest

from tests.http import callers
from tests.http.callers import Api

AT_SITE = {"dsLat": "-23.5031", "dsLong": "-46.6252"}


@pytest.fixture(scope="module", autouse=True)
def reports(app):
    """Device 7 yesterday: three positions, one far away, with a temperature."""
    gateway = Api(app.test_client(), callers.with_key(callers.INGEST_KEY))
    noon = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0) - timedelta(days=1)
    for minutes, latitude in ((0, -23.5031), (1, -23.5031), (2, -22.9)):
        told = gateway.post(
            "/v2/posicoes",
            {
                "cdDispositivo": 7,
                "dtRegistro": (noon + timedelta(minutes=minutes)).isoformat(),
                "latitude": latitude,
                "longitude": -46.6252,
                "nrBat": 3.5 + minutes / 10,
                "sensores": [{"dsPonto": "temperatura", "nrValor": 4 + minutes}],
            },
        )
        assert told.status_code == 201
    return noon


# Seen to fail: without nrFora, imagens or the client in get_produtos_por_status.
def test_products_with_their_devices_by_status(reader):
    (one,) = reader.get("/TbProdutoTotalStatus/1").json
    devices = reader.get("/Dispositivo/0").json
    mine = [device for device in devices if device["cdProduto"] == 1]
    assert one["QtdeTotal"] == len(mine) == sum(part["nrQtde"] for part in one["status"])
    assert {part["cdStatus"]: part["nrQtde"] for part in one["status"]} == Counter(
        d["cdStatus"] for d in mine
    )
    assert one["nrFora"] == 1
    assert set(one) == {
        "cdProduto", "dsDescricao", "dsNome", "nrAlt", "nrCodigo", "nrComp", "nrLarg", "QtdeTotal", "imagens",
        "status", "nrFora",
    }  # fmt: skip
    assert [image["cdCodigo"] for image in one["imagens"]] == ["1-1.jpg", "1-2.jpg"]
    everything = reader.get("/TbProdutoTotalStatus/0", cdCliente=1).json
    assert one in everything
    assert "nrFora" not in next(row for row in everything if row["cdProduto"] == 2)
    assert reader.get("/TbProdutoTotalStatus/1", cdCliente=2).json == []


# Seen to fail: without each of the conditions in get_posicoes; in one of its two branches only.
@pytest.mark.parametrize("code", [7, 0])
def test_positions_as_they_are_stored(reader, reports, code):
    day = (reports - timedelta(hours=3)).strftime("%Y%m%d")

    def found(**query):
        return sorted(row["nrBat"] for row in reader.get(f"/Posicao/{code}", **query).json)

    assert found(dtRegistro=day) == [3.5, 3.6, 3.7]
    assert found(dtRegistro=day, dsLat="-23.5031") == [3.5, 3.6]
    assert found(dtRegistro=day, dsLat="-23.5031", dsLong="-46.0") == []
    assert found(dtRegistro=day, nrBat="3.6") == [3.6]
    assert found(dtRegistro="20200101") == []


def test_of_a_device_the_newest_come_first(reader):
    assert [row["nrBat"] for row in reader.get("/Posicao/7").json][:3] == [3.7, 3.6, 3.5]


def test_where_a_device_was_last_heard_of(reader, reports):
    day = (reports - timedelta(hours=3)).strftime("%Y%m%d")
    (row,) = reader.get("/VwRelDadosDispositivo/7", dtRegistro=day).json
    assert (row["dsLatAtual"], row["nrBat"]) == ("-22.9", 100)
    assert reader.get("/VwRelDadosDispositivo/7", dtRegistro="20200101").json == []


# Seen to fail: without each of the filters in get_produtos_completos.
def test_both_filters_of_products_work(reader):
    def names(**query):
        return [row["dsNomeProduto"] for row in reader.get("/cliente/1/produtos", **query).json]

    assert "Geladeira Slim" in names()
    assert names(dsNome="geladeira") == ["Geladeira Slim"]
    assert names(dsNome="100%") == []
    assert "Geladeira Slim" in names(cdStatus="ativo")
    assert names(cdStatus="inativo") == []


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/Dispositivo/x", "codigo inválido"),
        ("/Posicao/7?dtRegistro=2026-01-01", "dtRegistro deve ser uma data no formato YYYYMMDD"),
        ("/Posicao/7?dtRegistro=20261340", "dtRegistro deve ser uma data no formato YYYYMMDD"),
        ("/Posicao/7?nrBat=full", "nrBat inválido"),
        ("/cliente/x/produtos", "cdCliente must be a valid integer"),
        ("/HistoricoPaginaDispositivo/7?dtRegistroComeco=20260102&dtRegistroFim=20260101",
         "dtRegistroComeco deve ser anterior ao fim"),
        ("/Destinatario/0", "cdCliente necessário"),
    ],
)  # fmt: skip
def test_errors_say_what_is_wrong(reader, path, message):
    answer = reader.client.get(path, headers=dict(reader.headers))
    assert (answer.status_code, answer.json) == (400, {"message": message})


def test_what_is_not_yours_to_do(reader, admin):
    assert reader.post("/Produto", {"dsNome": "x"}).json == {"message": "Sem permissão"}
    assert admin.post("/Produto", {"dsNome": "x", "cdCliente": 2}).json == {"message": "Sem permissão"}
    answer = admin.put("/Produto/4", {"dsNome": "x"})
    assert (answer.status_code, answer.json) == (404, {"message": "Não encontrado"})


# Seen to fail: without the default client in criar_cadastro.
def test_what_names_no_client_is_the_callers(admin):
    (row,) = admin.post("/Produto", {"dsNome": "Novo", "nrLarg": 1.5}).json
    assert (row["cdCliente"], row["nrLarg"]) == (1, 1.5)
    (changed,) = admin.put(f"/Produto/{row['cdProduto']}", {"dsNome": None, "nrAlt": 2}).json
    assert (changed["dsNome"], changed["nrAlt"], changed["nrLarg"]) == (None, 2, 1.5)


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"cdDispositivo": 7, "dsLat": 1, "dsLong": 181, "sensores": []}, 400,
         "Longitude deve estar entre -180 e 180 graus"),
        ({"cdDispositivo": 7, **AT_SITE, "sensores": [{"cdSensor": 702}]}, 400, "Objeto sensor sem nrValor"),
        ({"cdDispositivo": 7, "dsLat": "x", "dsLong": "y", "sensores": []}, 400,
         "Latitude e longitude devem ser números válidos"),
        ({"cdDispositivo": 99, **AT_SITE, "sensores": []}, 404, "dispositivo com o id 99 não foi encontrado"),
        ({"cdDispositivo": 17, **AT_SITE, "sensores": []}, 404, "dispositivo com o id 17 não foi encontrado"),
        ({"cdDispositivo": 7, **AT_SITE, "sensores": 1}, 400, "Leitura recusada: sensores must be a list"),
    ],
)  # fmt: skip
def test_a_reading_that_cannot_be_stored(gateway, ledger, body, status, message):
    before = ledger.stored()
    answer = gateway.post("/Posicao", body)
    assert (answer.status_code, answer.json) == (status, {"message": message})
    assert ledger.stored() == before


# Seen to fail: with floats for the numbers of the body, which stored 2^53.
@pytest.mark.parametrize(
    "number", ["9007199254740993", "9007199254740993.0", '"9007199254740993.0"', "1e200"]
)
def test_no_number_is_rounded(gateway, number):
    body = (
        '{"cdDispositivo": 7, "dsLat": 1.5, "dsLong": "2.5", "sensores": [{"cdSensor": 702, "nrValor": %s}]}'
    )
    answer = gateway.post("/Posicao", (body % number).encode())
    assert (answer.status_code, "não" in answer.text, "2^53" in answer.text) == (400, False, True)


def test_a_body_that_is_no_reading_is_kept(gateway, ledger):
    before = ledger.quarantined()
    for body in (b"{", b"[]", b"\xff", b'{"cdDispositivo": 7, "dsLat": "\\u0000"}'):
        assert gateway.post("/Posicao", body).status_code == 400
    assert len(ledger.grown(before)) == 4


# Seen to fail: without dtFim in device_identity; with the reader's permission for a tracker.
def test_a_tracker_that_cannot_be_changed(fleet, nobody, ledger, caplog):
    body = {"cdDispositivo": 8, **AT_SITE, "nrBat": 3.5, "sensores": []}
    before = ledger.stored()
    assert nobody.post("/Posicao", body).json == {"message": "Não autorizado"}
    _let_in(fleet, 8, "1 hour")
    with caplog.at_level(logging.WARNING):
        (row,) = nobody.post("/Posicao", body).json
    assert (row["cdDispositivo"], row["nrBat"]) == (8, 3.5)
    assert ledger.stored() == (before[0] + 1, before[1])
    assert [record.fields["device"] for record in caplog.records if record.message == "no_credentials"] == [
        "8"
    ]
    assert nobody.post("/Posicao", body | {"cdDispositivo": 6}).status_code == 401
    assert nobody.get("/Posicao/8").status_code == 401
    assert nobody.post("/v2/posicoes", {"cdDispositivo": 8, "nrBat": 3}).status_code == 401
    _let_in(fleet, 8, "-1 second")
    assert nobody.post("/Posicao", body).status_code == 401
    assert ledger.stored() == (before[0] + 1, before[1])


def _let_in(fleet, device, for_how_long):
    with psycopg2.connect(fleet.owner_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            """insert into public."TbDispositivoLiberado" values (%s, now() + %s::interval, 'old')
               on conflict ("cdDispositivo") do update set "dtFim" = excluded."dtFim\"""",
            (device, for_how_long),
        )


# Seen to fail: without require_row_limit; with another limit.
@pytest.mark.parametrize("path", ["/HistoricoPaginaDispositivo/0", "/VwRelHistoricoDispositivoProduto/0"])
def test_too_much_history_at_once_is_refused_not_cut(fleet, reader, path):
    with psycopg2.connect(fleet.admin_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            """insert into series."TbPosicao" ("cdDispositivo", "dtRegistro", "nrSeq", "nrBat", "cdCliente")
               select 6, date_trunc('day', localtimestamp), n, 3, 1 from generate_series(1, 50001) n"""
        )
    try:
        answer = reader.get(path)
        assert answer.status_code == 400
        assert answer.json == {"message": "Período longo demais; peça menos tempo de cada vez"}
    finally:
        with psycopg2.connect(fleet.admin_url) as connection, connection.cursor() as cursor:
            cursor.execute("""delete from series."TbPosicao" where "cdDispositivo" = 6""")


# Seen to fail: with 500 for what is no object; with stored for what has no place.
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"cdDispositivo": 7, **AT_SITE, "sensores": [5]}, None),
        ({"cdDispositivo": 7, **AT_SITE, "sensores": [None]}, None),
        ({"cdDispositivo": 7, **AT_SITE, "sensores": [{}]}, "Objeto sensor sem cdSensor"),
        ({"cdDispositivo": 7, "nrBat": 3.5, "sensores": []}, "Campo dsLat é necessário."),
        ({"cdDispositivo": 7, "dsLat": 1, "sensores": []}, "Campo dsLong é necessário."),
        ({**AT_SITE, "sensores": []}, "Campo cdDispositivo é necessário."),
        ({"cdDispositivo": 7, **AT_SITE}, "Campo sensores é necessário."),
    ],
)
def test_what_a_reading_must_have(gateway, ledger, body, message):
    before = ledger.stored()
    answer = gateway.post("/Posicao", body)
    assert (answer.status_code, list(answer.json)) == (400, ["message"])
    assert message in (None, answer.json["message"])
    assert ledger.stored() == before
