"""Steps of the dialogue after readings went in: values of several sensors, the latest ones, sums by day."""

from tests.contract._dialogue import (
    FORBIDDEN,
    GATEWAY,
    INVALID,
    NOT_FOUND,
    NOW,
    OTHER,
    READER,
    TEXT,
    Step,
    Told,
    ago,
)
from tests.contract._readings import LATELY

_SEVERAL = {name: LATELY[name] for name in ("p_dt_inicio", "p_dt_fim")}
_BY_DAY = {"p_dt_inicio": ago(48 * 60), "p_dt_fim": NOW, "p_cd_cliente": 1, "p_cd_produto": 1}

VALUES = {
    "points of a device's sensor by its name": Step(
        "get_data_points",
        READER,
        {"cdSensor": 702, "cdDispositivo": 7, "dsPonto": "porta"},
        LATELY | {"p_cd_sensor": None, "p_cd_dispositivo": 7, "p_ds_ponto": "porta"},
    ),
    "points of a device's sensor that it does not have": Step(
        "get_data_points",
        READER,
        NOT_FOUND,
        LATELY | {"p_cd_sensor": None, "p_cd_dispositivo": 7, "p_ds_ponto": TEXT, "p_exigir": True},
    ),
    "points of a device's sensor, of no device": Step(
        "get_data_points", READER, INVALID, LATELY | {"p_cd_sensor": None, "p_ds_ponto": "porta"}
    ),
    "points of several sensors": Step(
        "get_series",
        READER,
        lambda told: [one["cdSensor"] for one in told["data"]] == [702, 703],
        _SEVERAL | {"p_cd_sensores": [703, 702, 99_999, 1_701], "p_max_points": 100},
    ),
    "points of several sensors, of another client": Step(
        "get_series", OTHER, {"data": [], "nextCursor": None}, _SEVERAL | {"p_cd_sensores": [703, 702]}
    ),
    "points of a device": Step(
        "get_series",
        READER,
        lambda told: {one["cdDispositivo"] for one in told["data"]} == {7},
        _SEVERAL | {"p_cd_dispositivo": 7, "p_agg": "1h", "p_limit": 10},
    ),
    "points of several sensors, too many of each": Step(
        "get_series", READER, INVALID, _SEVERAL | {"p_cd_sensores": [702], "p_limit": 5_001}
    ),
    "points of several sensors, of too long": Step(
        "get_series",
        READER,
        Told(400, "RANGE_TOO_WIDE"),
        _SEVERAL | {"p_cd_sensores": [702], "p_dt_inicio": ago(6_000_000), "p_agg": "1m"},
    ),
    "points of no sensor": Step("get_series", READER, INVALID, _SEVERAL),
    "points of several sensors, no cursor": Step(
        "get_series", READER, INVALID, _SEVERAL | {"p_cd_sensores": [702], "p_cursor": TEXT}
    ),
    "points of several sensors, without the permission": Step(
        "get_series", GATEWAY, FORBIDDEN, _SEVERAL | {"p_cd_sensores": [702]}
    ),
    # --- latest values
    "latest values, first page": Step(
        "get_ultimos_valores",
        READER,
        lambda told: [row["cdSensor"] for row in told["data"]] == [702, 703] and told["nextCursor"],
        {"p_cd_dispositivos": [7], "p_page_size": 2},
    ),
    "latest values, by cursor": Step(
        "get_ultimos_valores",
        READER,
        lambda told: [row["cdSensor"] for row in told["data"]] == [704],
        lambda answers: {
            "p_cd_dispositivos": [7],
            "p_cursor": answers["latest values, first page"]["nextCursor"],
        },
    ),
    "latest values of a type": Step(
        "get_ultimos_valores",
        READER,
        lambda told: {row["cdTipoSensor"] for row in told["data"]} == {4},
        {"p_cd_cliente": 1, "p_cd_produto": 1, "p_cd_tipos_sensor": [4]},
    ),
    "latest values of another client": Step("get_ultimos_valores", OTHER, {"data": []}, {"p_cd_cliente": 1}),
    "latest values, no cursor": Step("get_ultimos_valores", READER, INVALID, {"p_cursor": "7,702"}),
    "latest values, without the permission": Step("get_ultimos_valores", GATEWAY, FORBIDDEN),
    # --- sums by day
    "sums by day, first page": Step(
        "get_somas_diarias",
        READER,
        lambda told: (
            {len(row["nrQtd"]) for row in told["data"]} <= {len(told["dias"])} and bool(told["nextCursor"])
        ),
        _BY_DAY | {"p_page_size": 1},
    ),
    "sums by day, by cursor": Step(
        "get_somas_diarias",
        READER,
        {"complete": True, "nextCursor": None},
        lambda answers: _BY_DAY | {"p_cursor": answers["sums by day, first page"]["nextCursor"]},
    ),
    "sums by day of a type": Step(
        "get_somas_diarias",
        READER,
        lambda told: [(row["cdDispositivo"], row["cdTipoSensor"]) for row in told["data"]] == [(7, 2)],
        _BY_DAY | {"p_cd_dispositivos": [7], "p_cd_tipos_sensor": [2], "p_fuso": "UTC"},
    ),
    "sums by day of another client": Step("get_somas_diarias", OTHER, {"data": []}, _BY_DAY),
    "sums by day, no zone": Step("get_somas_diarias", READER, INVALID, _BY_DAY | {"p_fuso": "-03"}),
    "sums by day, too many": Step(
        "get_somas_diarias", READER, Told(400, "RANGE_TOO_WIDE"), _BY_DAY | {"p_dt_inicio": ago(530_000)}
    ),
    "sums by day, no cursor": Step("get_somas_diarias", READER, INVALID, _BY_DAY | {"p_cursor": "x"}),
    "sums by day, without the permission": Step("get_somas_diarias", GATEWAY, FORBIDDEN, _BY_DAY),
    "devices of a product, a page": Step(
        "get_lista_dispositivos_resumo",
        READER,
        lambda told: [row["cdDispositivo"] for row in told["dispositivos"]] == [7],
        {"cd_cliente": 1, "cd_produto": 1, "p_page_size": 1, "p_cursor": 6},
    ),
    "devices of a product, too large a page": Step(
        "get_lista_dispositivos_resumo", READER, INVALID, {"p_page_size": 1_001}
    ),
}
