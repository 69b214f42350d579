"""The recorded data set in a database of the legacy system, as it was there."""

import json
from datetime import datetime, timedelta
from typing import Any

from tests._lib.databases import Database
from tests._lib.legacy import owner
from tests.http.recorded import dataset

_ORDER = (
    "TbCliente", "TbTipoSensor", "TbEndereco", "TbProduto", "TbProdutoItem", "TbProdutoItemJoinTable",
    "TbImagens", "TbDestinatario", "TbDispositivo", "TbSensor", "TbPosicao", "TbSensorRegistro",
)  # fmt: skip
_SERIAL = ("TbCliente", "TbEndereco", "TbProduto", "TbProdutoItem", "TbImagens", "TbDestinatario",
           "TbDispositivo", "TbSensor", "TbPosicao")  # fmt: skip
_DATED = {"TbImagens", "TbDestinatario"}  # rows that were dated when they were loaded
MADE_AT = "2026-11-21 20:42:07.905467"


def load_legacy(database: Database) -> None:
    """Fill an empty legacy database; people 1 to 3 are admins of the client of their number."""
    with owner(database) as cursor:
        for table in _ORDER:
            dated = {"dtRegistro": MADE_AT} if table in _DATED else {}
            _insert(cursor, table, [dated | row for row in dataset()[table]])
        for table in _SERIAL:
            key = f"cd{table.removeprefix('Tb')}"
            cursor.execute(
                f"""select setval(pg_get_serial_sequence('public."{table}"', '{key}'), max("{key}") + 1000)
                    from public."{table}\""""
            )
        for one in dataset()["profiles"]:
            cursor.execute(
                """insert into auth.users (id, raw_user_meta_data)
                   values (%s, json_build_object('nome', %s, 'cdCliente', %s))""",
                (one["id"], one["nome"], one["cdCliente"]),
            )
        cursor.execute("update public.profiles set role = 'admin'")
        cursor.execute("analyze")


def _insert(cursor: Any, table: str, lines: list[dict[str, Any]]) -> None:
    """All rows at once, by their JSON: columns that the first does not name get their default."""
    columns = ", ".join(f'"{name}"' for name in lines[0])
    rows = f'json_populate_recordset(null::public."{table}", %s)'
    cursor.execute(
        f'insert into public."{table}" ({columns}) select {columns} from {rows}', (json.dumps(lines),)
    )


def day(first: str, last: str | None = None) -> tuple[str, str]:
    """The limits of days in São Paulo, written YYYYMMDD, in UTC, as the legacy application computed them."""
    begin, end = (datetime.strptime(text, "%Y%m%d") for text in (first, last or first))
    return (
        f"{begin + timedelta(hours=3):%F %T}",
        f"{end + timedelta(days=1, hours=3) - timedelta(seconds=1):%F %T}",
    )
