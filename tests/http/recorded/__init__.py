"""Answers recorded from the application before the refactor, on a small data set of its own.

`load` brings the data set to the target state: positions get the coordinates of their address, every row of a
time series the owner of its device.
"""

import gzip
import json
from collections.abc import Iterable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extras import execute_values

from tests._lib.databases import Database

_HERE = Path(__file__).parent
_ENTITIES = (
    "TbCliente", "TbTipoSensor", "TbEndereco", "TbProduto", "TbProdutoItem", "TbProdutoItemJoinTable",
    "TbImagens", "TbDestinatario", "TbDispositivo", "TbSensor",
)  # fmt: skip
_STEPS = ("advance_watermark", "redo_dirty_hours", "recount_changed_windows", "extend_floor")
_DATED = ("TbImagens", "TbDestinatario")  # rows that were dated when they were loaded
_MADE = {"dtRegistro": "2026-11-21 20:42:07.905467"}
_SERIAL = ("TbProduto", "TbImagens", "TbDestinatario", "TbDispositivo", "TbSensor")
Rows = list[dict[str, Any]]


@cache
def dataset() -> dict[str, Rows]:
    """Rows by table, as they were."""
    tables: dict[str, Rows] = _read("dataset.json.gz")
    return tables


@cache
def answers() -> Rows:
    """Requests in their order, each with who asked and what was answered."""
    requests: Rows = _read("answers.json.gz")
    return requests


def _read(name: str) -> Any:
    return json.loads(gzip.decompress((_HERE / name).read_bytes()))


def person(number: int) -> str:
    """The auth id of the person of that client."""
    return f"00000000-0000-0000-0000-{number:012}"


def load(database: Database) -> None:
    """Fill an empty database; people 1 to 3 become admins of the client of their number."""
    with (
        closing(psycopg2.connect(database.admin_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute('update private."TbConfiguracao" set "nrMesesAtras" = 240')
        cursor.execute("select private.ensure_partitions()")
        for table in _ENTITIES:
            _insert(
                cursor,
                table,
                [_MADE | row for row in dataset()[table]] if table in _DATED else dataset()[table],
            )
        _insert(cursor, "TbPosicao", _positions())
        _insert(cursor, "TbSensorRegistro", _readings())
        for table in _SERIAL:
            key = f"cd{table.removeprefix('Tb')}"
            cursor.execute(
                f"""select setval(pg_get_serial_sequence('public."{table}"', '{key}'), max("{key}") + 1000)
                    from public."{table}\""""
            )
        for one in dataset()["profiles"]:
            cursor.execute("insert into auth.users (id) values (%s)", (one["id"],))
            cursor.execute(
                """insert into public.profiles (id, role, "cdCliente") values (%s, 'admin', %s)
                   on conflict (id) do update set role = 'admin', "cdCliente" = excluded."cdCliente\"""",
                (one["id"], one["cdCliente"]),
            )


def sum_up(database: Database) -> None:
    """Bring everything into rollups and counters, as the maintenance would in time."""
    with closing(psycopg2.connect(database.admin_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            while sum(_step(cursor, name) for name in _STEPS):
                pass


def _step(cursor: Any, name: str) -> int:
    cursor.execute(f"select private.{name}()")
    return int(cursor.fetchone()[0])


def _insert(cursor: Any, table: str, rows: Rows) -> None:
    names = sorted({name for row in rows for name in row})
    columns = ", ".join(f'"{name}"' for name in names)
    conflict = (
        'on conflict (id) do update set "dsNome" = excluded."dsNome"' if table == "TbTipoSensor" else ""
    )
    values = [tuple(row.get(name) for name in names) for row in rows]
    execute_values(
        cursor, f'insert into public."{table}" ({columns}) values %s {conflict}', values, page_size=5_000
    )


def owners() -> dict[int, int]:
    """The client of each device."""
    return {row["cdDispositivo"]: row["cdCliente"] for row in dataset()["TbDispositivo"]}


def _positions() -> Rows:
    places = {row["cdEndereco"]: row for row in dataset()["TbEndereco"]}
    client_of = owners()
    return [
        row
        | {"cdCliente": client_of[row["cdDispositivo"]]}
        | {name: float(places[row["cdEndereco"]][name]) for name in ("dsLat", "dsLong")}
        for row in dataset()["TbPosicao"]
    ]


def _readings() -> Rows:
    client_of = owners()
    return [row | {"cdCliente": client_of[row["cdDispositivo"]]} for row in dataset()["TbSensorRegistro"]]


def visible(user: int) -> set[int]:
    """Devices of a person's client and of that client's children."""
    clients = {
        row["cdCliente"] for row in dataset()["TbCliente"] if user in (row["cdCliente"], row["cdClientePai"])
    }
    return {row["cdDispositivo"] for row in dataset()["TbDispositivo"] if row["cdCliente"] in clients}


def readings(devices: Iterable[int], kind: int) -> Rows:
    """Readings of these devices' sensors of one type."""
    sensors = {row["cdSensor"] for row in dataset()["TbSensor"] if row["cdTipoSensor"] == kind}
    wanted = set(devices)
    return [
        r for r in dataset()["TbSensorRegistro"] if r["cdDispositivo"] in wanted and r["cdSensor"] in sensors
    ]
