"""The two tables of an archive: which rows, in which order, as which types."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from ..console import Problem
from . import months

# A column of a later version is archived as well, as long as its type is one of these.
_TYPES = {
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "smallint": pa.int16(),
    "double precision": pa.float64(),
    "real": pa.float32(),
    "boolean": pa.bool_(),
    "text": pa.string(),
    "timestamp without time zone": pa.timestamp("us", tz="UTC"),
}
# What belongs to a client is found by its links, as maintenance finds what expires: both tables are indexed
# by device or sensor.
_DEVICES = """array(
  select distinct l."cdDispositivo" from public."TbDispositivoVinculo" l where l."cdCliente" = %(client)s)"""
_SENSORS = f"""array(
  select distinct s."cdSensor" from public."TbSensorVinculo" s where s."cdDispositivo" = any ({_DEVICES}))"""


@dataclass(frozen=True)
class Table:
    """A view of schema public, which has every row wherever it is stored."""

    name: str
    within: str  # the rows that may be the client's, by an index
    order: str  # by the columns of the key, so that it is the same everywhere

    @property
    def file(self) -> str:
        return f"{self.name}.parquet"

    def schema(self, cursor: Any) -> pa.Schema:
        """Its columns. Raises Problem for a type that is not known here."""
        cursor.execute(
            """select a.attname, format_type(a.atttypid, a.atttypmod) from pg_attribute a
               where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped
               order by a.attnum""",
            (f'public."{self.name}"',),
        )
        columns = cursor.fetchall()
        if unknown := [f"{name} ({kind})" for name, kind in columns if kind not in _TYPES]:
            raise Problem(f"{self.name} has columns that cannot be archived: {', '.join(unknown)}")
        return pa.schema([(name, _TYPES[kind]) for name, kind in columns])

    def query(self, cursor: Any, schema: pa.Schema, client: int, month: datetime) -> str:
        """Selects the rows of a client and month."""
        text = f"""select {columns(schema)} from public."{self.name}"
            where {self.within} and "cdCliente" = %(client)s
              and "dtRegistro" >= %(since)s and "dtRegistro" < %(until)s order by {self.order}"""
        values = {"client": client} | span(month)
        return str(cursor.mogrify(text, values).decode())

    def count(self, cursor: Any, month: datetime, clients: list[int] | None) -> dict[int, int]:
        """How many rows of a month each client has; clients without rows are left out."""
        cursor.execute(
            f"""select "cdCliente", count(*) from public."{self.name}"
                where "dtRegistro" >= %(since)s and "dtRegistro" < %(until)s
                  and (%(clients)s::integer[] is null or "cdCliente" = any (%(clients)s)) group by 1""",
            span(month) | {"clients": clients},
        )
        return dict(cursor.fetchall())


POSITIONS = Table(
    "TbPosicao",
    f'"cdDispositivo" = any ({_DEVICES})',
    '"cdDispositivo", "dtRegistro", "nrSeq" nulls first',
)
VALUES = Table("TbSensorRegistro", f'"cdSensor" = any ({_SENSORS})', '"cdSensor", "dtRegistro"')
TABLES = (POSITIONS, VALUES)


def columns(schema: pa.Schema) -> str:
    return ", ".join(f'"{name}"' for name in schema.names)


def span(month: datetime) -> dict[str, datetime]:
    """The ends of a month, as the columns have them: UTC without saying so."""
    return {
        "since": month.replace(tzinfo=None),
        "until": months.following(month).replace(tzinfo=None),
    }
