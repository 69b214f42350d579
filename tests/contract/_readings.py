"""Steps of the dialogue: readings go in, positions and history come out."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec

from app.identity.principal import NOBODY, Principal
from tests.contract._dialogue import (
    ADMIN,
    FORBIDDEN,
    GATEWAY,
    INVALID,
    MALFORMED,
    NOW,
    OTHER,
    READER,
    SERVICE,
    TEXT,
    UNAUTHORIZED,
    Answers,
    Outcome,
    Step,
    Told,
    ago,
    batch,
    devices,
    reading,
    rows,
    with_key,
)
from tests.http import callers

_AT_SITE = {"latitude": -23.5031, "longitude": -46.6252}
_FAR_AWAY = {"latitude": -22.9, "longitude": -43.2}
_BATCH = [
    reading(20, **_AT_SITE, sensores=[{"dsPonto": "temperatura", "nrValor": 4.25}]),
    reading(
        19, **_FAR_AWAY, sensores=[{"cdSensor": 703, "nrValor": 20_000}, {"cdSensor": 702, "nrValor": 1}]
    ),
    reading(18, nrSeq=3),
    reading(17, cdDispositivo=13, sensores=[{"dsPonto": "temperatura", "dsValor": TEXT}]),
    reading(20, nrBat=1),
    reading(16, cdDispositivo=50_001),
    reading(16, cdDispositivo=17),
    reading(16, latitude=91, longitude=0),
    {"cdDispositivo": 7, "dtRegistro": "yesterday", "nrBat": 3},
    TEXT,
]
_VERDICTS = ["stored"] * 4 + ["conflict"] + ["rejected"] * 5
_QUARANTINED = {
    "p_payload": "Pw==",
    "p_nr_tamanho": 1,
    "p_hash": hashlib.sha256(b"?").hexdigest(),
    "p_motivo": "MALFORMED",
    "p_ds_erro": TEXT,
}
_SINGLE = {
    "p_cd_dispositivo": 6,
    "p_nr_bat": 3.25,
    "p_nr_seq": 2,
    "p_dt_registro": ago(15),
    "p_nr_precisao": 9.5,
}
_SINGLE_SENSORS = {"p_sensor_readings": '[{"dsPonto":"temperatura","nrValor":-1.5}]'}


def _same_verdicts(outcome: Outcome) -> bool:
    return [result["verdict"] for result in outcome["results"]] == _VERDICTS


CHARTED = {
    "p_cd_produto": 1,
    "p_dt_inicio": ago(24 * 300),
    "p_dt_fim": NOW + timedelta(hours=1),
    "p_cd_dispositivos": [7],
    "p_cd_cliente": 1,
    "p_fuso": "America/Sao_Paulo",
}
EVERYTHING = {"p_cd_cliente": 1, "p_cd_dispositivo": 7, "p_dt_inicio": ago(48 * 60), "p_dt_fim": NOW}
LATELY = {"p_cd_sensor": 702, "p_dt_inicio": ago(24 * 300), "p_dt_fim": NOW + timedelta(hours=1)}


def _page_after(name: str, member: str = "nextCursor") -> Callable[[Answers], dict[str, Any]]:
    return lambda answers: {"p_cd_dispositivo": 7, "p_page_size": 2, "p_cursor": answers[name][member]}


def _history(**more: bool) -> dict[str, Any]:
    """Arguments of importar_historico: values of two years ago, and the same of another client's device."""
    old = reading(2 * 365 * 24 * 60, nrBat=None, sensores=[{"cdTipoSensor": 4, "nrValor": 4.5}])
    return {"p_leituras": msgspec.json.encode([old, old | {"cdDispositivo": 17}]).decode(), **more}


READINGS = {
    # --- ingestion
    "a batch is only judged": Step(
        "insert_device_readings", GATEWAY, _same_verdicts, batch(_BATCH, p_validar=True)
    ),
    "a batch is stored": Step("insert_device_readings", GATEWAY, _same_verdicts, batch(_BATCH)),
    "a batch comes again, exceptions only": Step(
        "insert_device_readings",
        GATEWAY,
        {"stored": 0, "duplicate": 4, "conflict": 1, "rejected": 5, "results": rows(6)},
        batch(_BATCH, p_so_excecoes=True),
    ),
    "an empty batch": Step("insert_device_readings", ADMIN, {"total": 0, "results": []}, batch([])),
    "an object is no batch": Step("insert_device_readings", GATEWAY, MALFORMED, batch({})),
    "a text is no batch": Step("insert_device_readings", GATEWAY, MALFORMED, batch(None)),
    "a batch is too large": Step(
        "insert_device_readings", GATEWAY, Told(413, "TOO_LARGE"), batch([None] * 5_001)
    ),
    "history is only judged": Step(
        "importar_historico", ADMIN, {"stored": 1, "rejected": 1}, _history(p_validar=True)
    ),
    "history is imported": Step(
        "importar_historico", ADMIN, {"stored": 1, "rejected": 1, "results": rows(2)}, _history()
    ),
    "history is imported again, exceptions only": Step(
        "importar_historico", ADMIN, {"duplicate": 1, "results": rows(1)}, _history(p_so_excecoes=True)
    ),
    "gateways import no history": Step("importar_historico", GATEWAY, FORBIDDEN, _history()),
    "a text is no history": Step("importar_historico", ADMIN, MALFORMED, {"p_leituras": "5"}),
    "too many months at once": Step(
        "importar_historico",
        ADMIN,
        Told(400, "RANGE_TOO_WIDE"),
        {"p_leituras": msgspec.json.encode([reading(45_000 * n) for n in range(14, 50)]).decode()},
    ),
    "what a gateway took": Step(
        "insert_device_messages",
        GATEWAY,
        {
            "total": 0,
            "results": [],
            "messages": [
                {
                    "index": 1,
                    "verdict": "rejected",
                    "error_code": "MALFORMED",
                    "error": "ok must be true or false",
                }
            ],
            "committedAt": lambda moment: moment > 1.7e9,
        },
        {
            "p_readings": "[]",
            "p_mensagens": json.dumps(
                [
                    {
                        "tipo": "ack",
                        "cdDispositivo": 7,
                        "dsPayload": {"schema": "v1", "cmd_id": "1", "ok": ok},
                    }
                    for ok in (True, "yes")
                ]
            ),
        },
    ),
    "what a gateway took, no list": Step(
        "insert_device_messages", GATEWAY, MALFORMED, {"p_readings": "[]", "p_mensagens": "{}"}
    ),
    "what a reader took": Step(
        "insert_device_messages", READER, FORBIDDEN, {"p_readings": "[]", "p_mensagens": "[]"}
    ),
    "an unknown key": Step("insert_device_readings", with_key("rastro_?"), UNAUTHORIZED, batch([])),
    "an expired key": Step("insert_device_readings", with_key(callers.EXPIRED_KEY), UNAUTHORIZED, batch([])),
    "a person nobody knows": Step(
        "insert_device_readings", Principal("user", callers.STRANGER), UNAUTHORIZED, batch([])
    ),
    "a reader may not ingest": Step("insert_device_readings", READER, FORBIDDEN, batch([])),
    "a key to read may not ingest": Step(
        "insert_device_readings", with_key(callers.READ_KEY), FORBIDDEN, batch([])
    ),
    "one reading": Step("insert_device_reading", GATEWAY, {"verdict": "stored"}, _SINGLE | _SINGLE_SENSORS),
    "one reading again": Step(
        "insert_device_reading", GATEWAY, {"verdict": "duplicate"}, _SINGLE | _SINGLE_SENSORS
    ),
    "one reading in conflict": Step(
        "insert_device_reading", GATEWAY, {"verdict": "conflict"}, _SINGLE | {"p_nr_bat": 3.5}
    ),
    "one reading with NaN": Step(
        "insert_device_reading",
        GATEWAY,
        {"verdict": "rejected", "error_code": "INVALID_VALUE"},
        _SINGLE | {"p_nr_bat": float("nan")},
    ),
    "one reading with coordinates": Step(
        "insert_device_reading",
        GATEWAY,
        {"verdict": "stored", "blArea": False},
        {"p_cd_dispositivo": 6, "p_dt_registro": ago(14), "p_latitude": -22.9, "p_longitude": -43.2},
    ),
    "one reading with what the device says of itself": Step(
        "insert_device_reading",
        GATEWAY,
        {"verdict": "stored"},
        {"p_cd_dispositivo": 6, "p_dt_registro": ago(13), "p_meta": '{"fw":"1.2","rssi":-71}'},
    ),
    "one reading of nobody": Step("insert_device_reading", READER, FORBIDDEN, _SINGLE),
    "a payload is kept": Step("quarentenar_payload", GATEWAY, {"nrOcorrencias": 1}, _QUARANTINED),
    "a payload is counted": Step("quarentenar_payload", GATEWAY, {"nrOcorrencias": 2}, _QUARANTINED),
    "a payload of a stated device": Step(
        "quarentenar_payload",
        GATEWAY,
        {"nrOcorrencias": 3},
        _QUARANTINED
        | {"p_cd_cliente": 1, "p_cd_dispositivo": 6, "p_ds_topico": "a/1/b/6/telem", "p_propriedades": "{}"},
    ),
    "a payload without a reason": Step(
        "quarentenar_payload", GATEWAY, INVALID, _QUARANTINED | {"p_motivo": "NONE"}
    ),
    "a payload with a bad length": Step(
        "quarentenar_payload", GATEWAY, INVALID, _QUARANTINED | {"p_nr_tamanho": 2**70}
    ),
    "a payload of a reader": Step("quarentenar_payload", READER, FORBIDDEN, _QUARANTINED),
    # --- current positions
    "positions of a reader": Step("get_posicoes_atuais", READER, devices(6, 7, 13)),
    "positions of a key": Step("get_posicoes_atuais", with_key(callers.READ_KEY), devices(6, 7, 13)),
    "positions of the service": Step("get_posicoes_atuais", SERVICE, devices(6, 7, 13)),
    "positions of another client": Step("get_posicoes_atuais", OTHER, []),
    "positions of a product": Step("get_posicoes_atuais", READER, devices(13), {"p_cd_produto": 3}),
    "positions of some devices": Step(
        "get_posicoes_atuais", READER, devices(7), {"p_cd_dispositivos": [7, 17, 99]}
    ),
    "positions in a circle": Step(
        "get_posicoes_atuais", READER, devices(6, 7), {"p_area": '{"circulo": [-22.9, -43.2, 100]}'}
    ),
    "positions in no circle": Step(
        "get_posicoes_atuais", READER, Told(400, "INVALID_AREA"), {"p_area": '{"circulo": [91, 0]}'}
    ),
    "positions of no device": Step("get_posicoes_atuais", READER, [], {"p_cd_dispositivos": []}),
    "positions, nothing asked for": Step(
        "get_posicoes_atuais",
        READER,
        devices(6, 7, 13),
        {"p_cd_produto": None, "p_cd_dispositivos": None, "p_desde": None, "p_area": None},
    ),
    "positions that changed": Step("get_posicoes_atuais", READER, devices(6, 7, 13), {"p_desde": ago(59)}),
    "positions that will change": Step(
        "get_posicoes_atuais", READER, [], {"p_desde": NOW + timedelta(days=1)}
    ),
    "positions of a product out of range": Step(
        "get_posicoes_atuais", READER, INVALID, {"p_cd_produto": 2**40}
    ),
    "positions, without the permission": Step("get_posicoes_atuais", GATEWAY, FORBIDDEN),
    # --- history
    "history of a device": Step(
        "get_historico_paginado",
        READER,
        {"total": 3, "page": 1, "pageSize": 50, "complete": True, "nextCursor": None, "data": rows(3)},
        {"p_cd_dispositivo": 7},
    ),
    "history of a client": Step("get_historico_paginado", ADMIN, {"total": 5}, {"p_cd_cliente": 1}),
    "history of another client": Step(
        "get_historico_paginado", OTHER, {"total": 0, "data": []}, {"p_cd_cliente": 1}
    ),
    "history, first page": Step(
        "get_historico_paginado",
        READER,
        {"total": 3, "data": rows(2), "nextCursor": lambda cursor: len(cursor) > 5},
        {"p_cd_dispositivo": 7, "p_page_size": 2},
    ),
    "history, second page": Step(
        "get_historico_paginado",
        READER,
        {"total": 3, "data": rows(1), "nextCursor": None},
        {"p_cd_dispositivo": 7, "p_page_size": 2, "p_page": 2},
    ),
    "history, by cursor": Step(
        "get_historico_paginado",
        READER,
        {"total": 3, "data": rows(1), "nextCursor": None},
        _page_after("history, first page"),
    ),
    "history between two moments": Step(
        "get_historico_paginado",
        READER,
        {"total": 2},
        {"p_cd_dispositivos": [7, 13], "p_dt_registro_comeco": ago(19), "p_dt_registro_fim": ago(18)},
    ),
    "history with coordinates": Step(
        "get_historico_paginado",
        READER,
        {"data": lambda data: all({"latitude", "longitude"} <= row.keys() for row in data)},
        {"p_cd_dispositivo": 7, "p_coordenadas": True},
    ),
    "history, no cursor": Step("get_historico_paginado", READER, INVALID, {"p_cursor": TEXT}),
    "history, no page": Step("get_historico_paginado", READER, INVALID, {"p_page": 0}),
    "history, too large a page": Step("get_historico_paginado", READER, INVALID, {"p_page_size": 1_001}),
    "history, without the permission": Step("get_historico_paginado", GATEWAY, FORBIDDEN),
    # --- data points
    "hours of a sensor": Step(
        "get_data_points",
        READER,
        {
            "cdSensor": 702,
            "agg": "1h",
            "degraded": False,
            "thinned": False,
            "expired": False,
            "complete": True,
            "nextCursor": None,
        },
        LATELY | {"p_agg": "1h"},
    ),
    "readings of a sensor, thinned": Step(
        "get_data_points",
        READER,
        {"agg": "raw", "complete": True},
        LATELY | {"p_agg": "raw", "p_max_points": 3},
    ),
    "readings of a sensor, first page": Step(
        "get_data_points",
        READER,
        {"agg": "raw", "complete": False, "nextCursor": lambda cursor: len(cursor) > 5},
        LATELY | {"p_agg": "raw", "p_limit": 1},
    ),
    "readings of a sensor, by cursor": Step(
        "get_data_points",
        READER,
        {"agg": "raw"},
        lambda answers: (
            LATELY | {"p_agg": "raw", "p_cursor": answers["readings of a sensor, first page"]["nextCursor"]}
        ),
    ),
    "points of another client": Step("get_data_points", OTHER, {"data": [], "complete": True}, LATELY),
    "points, no resolution": Step("get_data_points", READER, INVALID, LATELY | {"p_agg": "1d"}),
    "points, no cursor": Step("get_data_points", READER, INVALID, LATELY | {"p_cursor": TEXT}),
    "points, without the permission": Step("get_data_points", GATEWAY, FORBIDDEN, LATELY),
    # --- aggregations
    "what devices add up to": Step(
        "get_device_aggregations",
        READER,
        lambda rows: [row["cdDispositivo"] for row in rows] == [7] and rows[0]["nrTemp"] != 0,
        {"p_dispositivos": [7, 9_999], "p_dt_inicio": ago(48), "p_dt_fim": ago(0)},
    ),
    "what devices add up to, without the permission": Step(
        "get_device_aggregations", GATEWAY, FORBIDDEN, {"p_dispositivos": [7]}
    ),
    "devices by type of sensor": Step(
        "get_grouped_sensor_data",
        READER,
        lambda rows: "Temperatura" in {row["dsTipoSensor"] for row in rows},
        {
            "dispositivos": [7],
            "dt_registro_comeco": ago(48),
            "dt_registro_fim": ago(0),
            "p_cd_cliente": None,
        },
    ),
    "devices by type of sensor, by nobody": Step(
        "get_grouped_sensor_data", NOBODY, UNAUTHORIZED, {"dispositivos": [7]}
    ),
    "temperatures of a product": Step(
        "get_temperatura_aggregation",
        READER,
        lambda chart: len(chart["labels"]) == 7 and chart["record_count"] > 0 and chart["complete"],
        CHARTED | {"p_aggregation_type": "by_day_of_week"},
    ),
    "temperatures, no zone": Step(
        "get_temperatura_aggregation", READER, INVALID, CHARTED | {"p_fuso": "Mars"}
    ),
    "doors of a product": Step(
        "get_abertura_porta_aggregation",
        READER,
        lambda chart: len(chart["labels"]) == 24,
        CHARTED | {"p_aggregation_type": "hourly"},
    ),
    "doors, no axis": Step(
        "get_abertura_porta_aggregation", READER, INVALID, CHARTED | {"p_aggregation_type": "weekly"}
    ),
    "people at a product": Step(
        "get_movimento_pessoas_aggregation",
        READER,
        lambda chart: len(chart["overall"]) == 24,
        CHARTED | {"p_aggregation_type": "hourly"},
    ),
    "people, without the permission": Step("get_movimento_pessoas_aggregation", GATEWAY, FORBIDDEN, CHARTED),
    "whom cameras saw": Step(
        "get_camera_categorias_aggregation",
        READER,
        {"has_category_sensors": False, "complete": True},
        CHARTED,
    ),
    "whom cameras saw, by nobody": Step("get_camera_categorias_aggregation", NOBODY, UNAUTHORIZED, CHARTED),
    # --- what is kept about a fleet
    "devices of a product": Step(
        "get_lista_dispositivos_resumo",
        READER,
        lambda told: [row["cdDispositivo"] for row in told["dispositivos"]] == [6, 7],
        {
            "dt_registro_inicio": ago(48),
            "dt_registro_fim": ago(0),
            "cd_status": "ativo",
            "ds_uf": "SP",
            "bl_area": False,
            "nr_bateria_min": 0.5,
            "nr_bateria_max": 9.5,
            "cd_cliente": 1,
            "cd_produto": 1,
        },
    ),
    "devices of a product, without the permission": Step("get_lista_dispositivos_resumo", GATEWAY, FORBIDDEN),
    "sites, first page": Step(
        "get_cadastros",
        READER,
        {"data": rows(2), "nextCursor": 2},
        {"p_cadastro": "destinatarios", "p_filtros": '{"cdCliente": 1}', "p_page_size": 2},
    ),
    "a site": Step(
        "get_cadastros",
        READER,
        {"data": [{"dsNome": "Atacado Santana"}], "nextCursor": None},
        {"p_cadastro": "destinatarios", "p_codigo": 6, "p_cursor": 5},
    ),
    "no such thing": Step("get_cadastros", READER, Told(404, "NOT_FOUND"), {"p_cadastro": TEXT}),
    "a site is made": Step(
        "criar_cadastro",
        ADMIN,
        {"linha": {"dsNome": TEXT, "cdCliente": 1, "nrRaio": 10.5}},
        {
            "p_cadastro": "destinatarios",
            "p_dados": msgspec.json.encode({"dsNome": TEXT, "nrRaio": 10.5}).decode(),
        },
    ),
    "a site is made of nothing that fits": Step(
        "criar_cadastro", ADMIN, INVALID, {"p_cadastro": "destinatarios", "p_dados": '{"nrRaio": "far"}'}
    ),
    "a site of another client": Step(
        "criar_cadastro", ADMIN, FORBIDDEN, {"p_cadastro": "destinatarios", "p_dados": '{"cdCliente": 2}'}
    ),
    "a product is changed": Step(
        "mudar_cadastro",
        ADMIN,
        {"linha": {"cdProduto": 2, "dsDescricao": TEXT}},
        {
            "p_cadastro": "produtos",
            "p_codigo": 2,
            "p_dados": msgspec.json.encode({"dsDescricao": TEXT}).decode(),
        },
    ),
    "devices are made at once": Step(
        "criar_cadastros",
        ADMIN,
        {"total": 1, "criados": 0, "erros": [], "data": []},
        {"p_cadastro": "dispositivos", "p_linhas": '[{"dsObs": "x"}]', "p_validar": True},
    ),
    "products are not made at once": Step(
        "criar_cadastros", ADMIN, MALFORMED, {"p_cadastro": "produtos", "p_linhas": "[]"}
    ),
    "a product that has changed": Step(
        "mudar_cadastro",
        ADMIN,
        Told(412, "PRECONDITION_FAILED"),
        {"p_cadastro": "produtos", "p_codigo": 2, "p_dados": '{"dsNome": "mine"}', "p_versao": "0"},
    ),
    "a product that has changed is deleted": Step(
        "apagar_cadastro",
        ADMIN,
        Told(412, "PRECONDITION_FAILED"),
        {"p_cadastro": "produtos", "p_codigo": 2, "p_versao": "0"},
    ),
    "a picture is deleted": Step(
        "apagar_cadastro", ADMIN, {"cdImagens": 1}, {"p_cadastro": "imagens", "p_codigo": 1}
    ),
    "a site with devices is deleted": Step(
        "apagar_cadastro",
        ADMIN,
        Told(409, "CONFLICT"),
        {"p_cadastro": "destinatarios", "p_codigo": 1},
    ),
    "an item is linked": Step(
        "vincular_item",
        ADMIN,
        {"cdProduto": 1, "cdProdutoItem": 1},
        {"p_cd_produto": 1, "p_cd_produto_item": 1, "p_bl_vinculo": True},
    ),
    "an item of a product of others": Step(
        "vincular_item", ADMIN, Told(404, "NOT_FOUND"), {"p_cd_produto": 4, "p_cd_produto_item": 1}
    ),
    "a product of another client is changed": Step(
        "mudar_cadastro",
        ADMIN,
        Told(404, "NOT_FOUND"),
        {"p_cadastro": "produtos", "p_codigo": 4, "p_dados": '{"dsNome": "mine"}'},
    ),
    "products by status": Step(
        "get_produtos_por_status",
        READER,
        lambda told: [row["cdProduto"] for row in told] == [1],
        {"p_cd_produto": 1, "p_cd_cliente": 1},
    ),
    "products by status, without the permission": Step("get_produtos_por_status", GATEWAY, FORBIDDEN),
    "products of a client": Step(
        "get_produtos_completos",
        READER,
        {"data": rows(1)},
        {"p_cd_cliente": 1, "p_ds_nome": "SLIM", "p_cd_status": "ativo", "p_page_size": 1, "p_cursor": None},
    ),
    "products of a client, too many": Step(
        "get_produtos_completos", READER, INVALID, {"p_cd_cliente": 1, "p_page_size": 1_001}
    ),
    "positions as they are stored": Step(
        "get_posicoes",
        READER,
        lambda told: [row["cdDispositivo"] for row in told] == [7],
        {
            "p_cd_dispositivo": 7,
            "p_ds_lat": -23.5031,
            "p_ds_long": -46.6252,
            "p_nr_bat": 3.5,
            "p_dt_inicio": ago(21),
            "p_dt_fim": ago(19),
        },
    ),
    "positions as they are stored, by nobody": Step("get_posicoes", NOBODY, UNAUTHORIZED),
    "all of a history": Step("get_historico_completo", READER, lambda told: len(told) > 1, EVERYTHING),
    "all of a history, without the permission": Step("get_historico_completo", GATEWAY, FORBIDDEN),
    "all readings of a history": Step(
        "get_historico_leituras", READER, lambda told: len(told) > 1, EVERYTHING
    ),
    "all readings, without the permission": Step("get_historico_leituras", GATEWAY, FORBIDDEN),
    "where a device is": Step(
        "get_dados_dispositivos",
        READER,
        [{"cdDispositivo": 7}],
        {"p_cd_dispositivo": 7, "p_dt_inicio": ago(48 * 60), "p_dt_fim": NOW},
    ),
    "where a device is, without the permission": Step("get_dados_dispositivos", GATEWAY, FORBIDDEN),
    "who a person is": Step(
        "get_eu", READER, {"dsTipo": "user", "role": "default", "cdCliente": 1, "apiKey": None}
    ),
    "who a key is": Step("get_eu", GATEWAY, {"dsTipo": "key", "role": None, "permissoes": ["ingest"]}),
    "who the service is": Step("get_eu", SERVICE, {"role": "service", "blTodosClientes": True}),
    "who nobody is": Step("get_eu", NOBODY, UNAUTHORIZED),
    "points of an unknown sensor": Step(
        "get_data_points",
        READER,
        Told(404, "NOT_FOUND"),
        {"p_cd_sensor": 99_999, "p_dt_inicio": ago(60), "p_dt_fim": NOW, "p_exigir": True},
    ),
    "the way of an unknown device": Step(
        "get_trajeto",
        READER,
        Told(404, "NOT_FOUND"),
        {"p_cd_dispositivo": 17, "p_dt_inicio": ago(60), "p_dt_fim": NOW, "p_exigir": True},
    ),
    "history of an unknown device": Step(
        "get_historico_paginado",
        READER,
        Told(404, "NOT_FOUND"),
        {"p_cd_dispositivo": 17, "p_exigir": True},
    ),
    "products of an unknown client": Step(
        "get_produtos_completos", READER, Told(404, "NOT_FOUND"), {"p_cd_cliente": 2, "p_exigir": True}
    ),
    "devices of an unknown product": Step(
        "get_lista_dispositivos_resumo",
        READER,
        Told(404, "NOT_FOUND"),
        {"cd_cliente": 1, "cd_produto": 4, "p_exigir": True},
    ),
    "a page of the fleet": Step(
        "get_frota",
        READER,
        lambda told: [row["cdDispositivo"] for row in told["data"]] == [6] and told["nextCursor"],
        {"p_page_size": 1, "p_apos": ago(48 * 60), "p_cd_cliente": 1},
    ),
    "the fleet as GeoJSON": Step(
        "get_frota",
        READER,
        {"type": "FeatureCollection", "features": [{"id": 7, "geometry": {"type": "Point"}}]},
        {
            "p_cd_produto": 1,
            "p_cd_dispositivos": [7],
            "p_area": '{"caixa": [-23, -44, -22, -43]}',
            "p_geojson": True,
        },
    ),
    "the fleet since some text": Step("get_frota", READER, INVALID, {"p_desde": "yesterday"}),
    "the fleet after some text": Step("get_frota", READER, INVALID, {"p_cursor": "MQ=="}),
    "the fleet, by nobody": Step("get_frota", NOBODY, UNAUTHORIZED),
    "positions as GeoJSON": Step(
        "get_posicoes_geojson",
        READER,
        {"type": "FeatureCollection", "features": [{"id": 7, "geometry": {"type": "Point"}}]},
        {
            "p_cd_produto": 1,
            "p_cd_dispositivos": [7],
            "p_desde": ago(48 * 60),
            "p_area": '{"caixa": [-23, -44, -22, -43]}',
        },
    ),
    "positions as GeoJSON, by nobody": Step("get_posicoes_geojson", NOBODY, UNAUTHORIZED),
    "the way of a device": Step(
        "get_trajeto",
        READER,
        lambda told: len(told["data"]) == 1 and told["nextCursor"],
        {
            "p_cd_dispositivo": 7,
            "p_dt_inicio": ago(48 * 60),
            "p_dt_fim": NOW,
            "p_page_size": 1,
            "p_cursor": None,
        },
    ),
    "the way of a device, from nowhere": Step(
        "get_trajeto",
        READER,
        INVALID,
        {"p_cd_dispositivo": 7, "p_dt_inicio": ago(48 * 60), "p_dt_fim": NOW, "p_cursor": "x"},
    ),
    "a reading as of now": Step(
        "registrar_posicao",
        GATEWAY,
        {"verdict": "stored", "posicao": {"cdDispositivo": 7, "nrBat": 3.5, "sensores": []}},
        {"p_leitura": '{"cdDispositivo": 7, "nrBat": 3.5}'},
    ),
    "a tracker nobody let in": Step(
        "registrar_posicao",
        Principal("device", "7"),
        UNAUTHORIZED,
        {"p_leitura": '{"cdDispositivo": 7, "nrBat": 3.5}'},
    ),
    "a tracker without credentials": Step(
        "registrar_posicao",
        Principal("device", "7"),
        {"verdict": "stored", "posicao": {"cdDispositivo": 7}},
        {"p_leitura": '{"cdDispositivo": 7, "nrBat": 3.25}'},
        owner="""insert into "TbDispositivoLiberado" values (7, now() + interval '1 hour', 'old')""",
    ),
    "a tracker whose time is over": Step(
        "registrar_posicao",
        Principal("device", "7"),
        UNAUTHORIZED,
        {"p_leitura": '{"cdDispositivo": 7, "nrBat": 3.0}'},
        owner="""update "TbDispositivoLiberado" set "dtFim" = now()""",
    ),
    # --- health
    "how the series get on": Step("get_saude_series", NOBODY, {"status": "degraded", "dirtyWindows": 0}),
}
