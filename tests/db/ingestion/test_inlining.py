"""What is done for each value of a batch is part of one statement: a function call for each costs half of
the ingestion."""

import json
from typing import Any

import pytest

from tests.db import _plans
from tests.db._fleet import SENSORS
from tests.db._lab import Lab

CODES = [sensor.code for sensor in SENSORS]


def batch(elements: int, values: int, *, at: int) -> list[dict[str, Any]]:
    """Readings of device 1 that are all new, with places, batteries and plain values."""
    return [
        {
            "cdDispositivo": 1,
            "dtRegistro": f"2026-11-{at:02}T10:{second // 60:02}:{second % 60:02}Z",
            "nrSeq": second,
            "nrBat": 3.6,
            "latitude": -23.5,
            "longitude": -46.6,
            "sensores": [{"cdSensor": code, "nrValor": second + 0.5} for code in CODES[:values]],
        }
        for second in range(elements)
    ]


# Seen to fail: with read_measure called for an expression that may be dear, which PostgreSQL does not inline
# (41 and 638 statements instead of 39).
@pytest.mark.parametrize("larger", [(1, 3), (200, 3)])
def test_no_statement_is_run_for_each_value(lab: Lab, larger: tuple[int, int]) -> None:
    counts = []
    for size in ((1, 1), larger):
        plans = _plans.run(
            lab.database,
            {"key_sha256": lab.key},
            "select public.insert_device_readings(%s)",
            (json.dumps(batch(*size, at=27)),),
        )
        counts.append(len(plans))
    assert counts[0] == counts[1]


_TIMES = "'2026-11-25', '2026-11-26'"
_READS = (
    "select get_historico_paginado(p_page_size => 1000, p_coordenadas => true)",
    f"select get_historico_completo(null, 0, {_TIMES})",
    f"select get_historico_leituras(null, 0, {_TIMES})",
    'select * from "VwRelHistoricoDispositivoProduto"',
    f"select get_trajeto(1, {_TIMES})",
    "select get_posicoes()",
    *(f"select get_data_points(11, {_TIMES}, '{width}')" for width in ("raw", "1m", "5m", "1h")),
    *(f'select * from "VwSensorRegistro{width}"' for width in ("", "1m", "5m", "1h")),
    *(
        f"select get_temperatura_aggregation(1, {_TIMES}, p_aggregation_type => '{axis}')"
        for axis in ("hourly", "daily")
    ),
    f"select get_device_aggregations('{{1}}', {_TIMES})",
    f"select get_grouped_sensor_data('{{1}}', {_TIMES})",
)


# Seen to fail: history, its view and points, when battery and quotients of values were computed by functions
# that PostgreSQL had not inlined.
def test_no_statement_is_run_for_each_row_that_is_read(lab: Lab) -> None:
    counts = []
    with lab.caller("read") as reader:
        claims = json.loads(reader.claims)
        for size in (2, 70):
            lab.gateway.ingest(batch(size, 3, at=25))
            counts.append({read: len(_plans.run(lab.database, claims, read)) for read in _READS})
    # plans that are made anew meanwhile add a few
    assert {read: many for read, many in counts[1].items() if many > counts[0][read] + 30} == {}
