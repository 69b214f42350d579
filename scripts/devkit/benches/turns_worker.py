"""Stores the batches of `scripts/bench turns` with the code of the clone in whose folder it is run.

Given to Python as text, so that this file need not be in that clone. Arguments: devices, readings per batch.
Reads the number of a kind of readings per line; answers with milliseconds of processor and passed.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from scripts.devkit.benches import bench, ingest_sql
from scripts.devkit.benches import ingest_tables as tables

SENSORS = (1, 10, 10)
BY_NAME = 2
SENDING = 100  # devices
START = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(days=25)


def main() -> None:
    devices, batch = int(sys.argv[1]), int(sys.argv[2])
    with bench.throwaway() as database:
        tables.prepare(database, ingest_sql.KEY, devices, max(SENSORS))
        with bench.connected(database.api_url) as cursor:
            _say("ready")
            for turn, line in enumerate(sys.stdin):
                kind = int(line)
                _store(cursor, [_reading(kind, one) for one in range(turn * batch, (turn + 1) * batch)])


def _reading(kind: int, number: int) -> dict[str, Any]:
    device, second = number % SENDING + 1, number // SENDING
    sensors = range(1, SENSORS[kind] + 1)
    return {
        "cdDispositivo": device,
        "dtRegistro": (START + timedelta(seconds=second)).isoformat(),
        "nrBat": 3.6,
        "latitude": round(-23.55 + device * 0.0001 + second % 60 * 0.0001, 5),
        "longitude": -46.63,
        "sensores": [
            ({"dsPonto": f"ponto {sensor}"} if kind == BY_NAME else {"cdSensor": device * 100 + sensor})
            | {"nrValor": round(20 + (second + sensor) % 97 / 10, 1)}
            for sensor in sensors
        ],
    }


def _store(cursor: Any, readings: list[dict[str, Any]]) -> None:
    call = cursor.mogrify(ingest_sql.CALL, (ingest_sql.CLAIMS, json.dumps(readings, separators=(",", ":"))))
    used, begin = _processor(cursor), monotonic()
    cursor.execute(call)
    passed, used = monotonic() - begin, _processor(cursor) - used
    answer = cursor.fetchone()[0]
    if answer["stored"] != len(readings):
        raise SystemExit(f"Not every reading was stored: {answer}")
    _say(f"{used} {passed * 1e3}")


def _processor(cursor: Any) -> float:
    """Milliseconds of the session's process so far, to the nanosecond."""
    process = cursor.connection.info.backend_pid
    return int((Path("/proc") / str(process) / "schedstat").read_text().split()[0]) / 1e6


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
