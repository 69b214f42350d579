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
