"""Two clients with months of rows that are hard to carry, and readers that share no code with the archive."""

import hashlib
import json
import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from scripts.devkit.archive import manifest
from scripts.devkit.commands import archive
from tests.db import _rollups
from tests.db._fleet import CHILD, CLIENT
from tests.db._lab import Lab

NOW = datetime.now(UTC).replace(tzinfo=None, day=1, hour=0, minute=0, second=0, microsecond=0)
COLUMNS = {
    "TbPosicao": "cdPosicao dtRegistro dsLat dsLong nrBat cdDispositivo cdCliente nrSeq cdDestinatario "
    "cdEndereco nrDistancia blArea nrPrecisao",
    "TbSensorRegistro": "dtRegistro nrValor cdPosicao cdSensor cdDispositivo cdCliente cdProdutoItem "
    "nrQualidade blValor dsValor",
}
ORDER = {
    "TbPosicao": '"cdDispositivo", "dtRegistro", "nrSeq" nulls first',
    "TbSensorRegistro": '"cdSensor", "dtRegistro"',
}
TEXTS = (
    "",
    "NULL",
    "\\N",
    "\\.",
    "a\n\\.\nb",
    "line\r\nbreak",
    'comma, "quotes"',
    " é 😀 ",
    "\t",
    "x" * 4000,
)
NUMBERS = (1e300, -1e-300, 5e-324, 0.1, -0.0, 1 / 3, 2.0**53, 20.5)
Row = tuple[Any, ...]


def month(back: int) -> datetime:
    """The first moment of the month so many months ago."""
    year, number = divmod(NOW.year * 12 + NOW.month - 1 - back, 12)
    return datetime(year, number + 1, 1)


OLD, OLDER = month(2), month(20)


def name(start: datetime) -> str:
    return f"{start:%Y-%m}"


def begin_anew(lab: Lab) -> None:
    """No readings, no policies, and no months but the covered ones."""
    _rollups.begin_anew(lab, 3)
    lab.sql('delete from "TbGuardaLegal"')
    lab.sql('delete from private."TbRetencaoPiso"')
    lab.sql('delete from "TbPoliticaRetencao" where "cdCliente" is not null')
    while _rollups.step(lab, "drop_empty_partitions"):
        pass


def fill(lab: Lab, start: datetime) -> None:
    """A month of both clients: every column null and not, both ends, microseconds, extremes."""
    lab.sql("select private.create_partition(c.relname::text, %s) from pg_class c where c.relkind = 'p' "
            "and c.relnamespace = 'series'::regnamespace order by c.relname", start)  # fmt: skip
    last = (start + timedelta(days=40)).replace(day=1) - timedelta(microseconds=1)
    positions = [
        (start, -23.5505, -46.6333, 3.7, 1, CLIENT, None, 1, 1, 12.345, True, 0.1),
        (start, None, None, 0.1, 1, CLIENT, 0, None, None, None, None, None),
        (last, -0.0, 180.0, None, 1, CLIENT, 2**53, 1, None, 3.4e38, False, 1e-30),
        (start + timedelta(hours=1, microseconds=123456), None, None, None, 3, CLIENT, 7, 3, 3, None,
         None, None),
        (start + timedelta(hours=2), 1e-05, 0.0, 3.1, 2, CHILD, None, 2, None, 1.5, True, 5.0),
    ]  # fmt: skip
    _insert(lab, "TbPosicao", COLUMNS["TbPosicao"].split()[1:], positions)
    kept = dict(lab.sql(
        """select "cdDispositivo", min("cdPosicao") from "TbPosicao" where "dtRegistro" >= %s
           and "dtRegistro" <= %s group by 1""", start, last))  # fmt: skip
    values: list[Row] = [(start, 1.5, kept[1], 11, 1, CLIENT, 1, 0, None, None),
                         (last, None, None, 11, 1, CLIENT, None, 2, True, None)]  # fmt: skip
    for n, text in enumerate(TEXTS):
        time = start + timedelta(hours=3, seconds=n, microseconds=n)
        values.append((time, None, None, 12, 1, CLIENT, None, n % 3, None, text))
    for n, number in enumerate(NUMBERS):
        time = start + timedelta(hours=5, minutes=10 * n)
        values.append((time, number, None, 13, 1, CLIENT, 2, 0, None, None))
    values += [(start + timedelta(hours=8), None, None, 13, 1, CLIENT, None, 1, False, None),
               (start + timedelta(hours=2), 7.25, kept[2], 21, 2, CHILD, None, 0, None, None)]  # fmt: skip
    _insert(lab, "TbSensorRegistro", COLUMNS["TbSensorRegistro"].split(), values)


def _insert(lab: Lab, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    for row in rows:
        lab.sql(f'insert into series."{table}" ({names}) values ({", ".join(["%s"] * len(row))})', *row)


def rows(lab: Lab, table: str, client: int, start: datetime) -> list[Row]:
    """What the database has, in the order of the archive."""
    names = ", ".join(f'"{column}"' for column in COLUMNS[table].split())
    return lab.sql(
        f"""select {names} from "{table}" where "cdCliente" = %s
            and date_trunc('month', "dtRegistro") = %s order by {ORDER[table]}""",
        client, start,
    )  # fmt: skip


def everything(lab: Lab) -> list[list[Row]]:
    """All rows of both tables, as text: to the last bit."""
    return [lab.sql(f'select t::text from "{table}" t order by 1') for table in COLUMNS]


def delete(lab: Lab, client: int) -> None:
    for table in COLUMNS:
        lab.sql(f'delete from series."{table}" where "cdCliente" = %s', client)


def file(target: Path, table: str, client: int, start: datetime) -> Path:
    return target / f"client-{client}" / name(start) / f"{table}.parquet"


def by_duckdb(path: Path | str) -> list[Row]:
    """Rows as DuckDB has them; times by microseconds, as it shows them in zones of its own."""
    with duckdb.connect() as session:
        found = session.execute(
            f"""select * replace (epoch_us("dtRegistro") as "dtRegistro") from read_parquet('{path}')"""
        ).fetchall()
        columns = [column[0] for column in session.description or []]
    place, since = columns.index("dtRegistro"), datetime(1970, 1, 1)
    return [(*row[:place], since + timedelta(microseconds=row[place]), *row[place + 1 :]) for row in found]


def by_pandas(path: Path) -> list[Row]:
    table = pd.read_parquet(path, dtype_backend="numpy_nullable")
    return [
        tuple(None if pd.isna(cell) else _plain(cell) for cell in row)
        for row in table.itertuples(index=False)
    ]


def _plain(cell: Any) -> Any:
    if isinstance(cell, pd.Timestamp):
        assert str(cell.tz) == "UTC"
        assert cell.nanosecond == 0
        return cell.tz_localize(None).to_pydatetime()
    return cell.item() if hasattr(cell, "item") else cell


def single(found: list[Row]) -> list[Row]:
    """Single-precision numbers of positions as PostgreSQL prints them, which psycopg2 reads as double."""
    precise = [COLUMNS["TbPosicao"].split().index(column) for column in ("nrDistancia", "nrPrecisao")]
    return [
        tuple(_float32(cell) if place in precise and cell is not None else cell
              for place, cell in enumerate(row))
        for row in found
    ]  # fmt: skip


def _float32(number: float) -> float:
    return float(struct.unpack("<f", struct.pack("<f", number))[0])


_PACKED = {"dtRegistro": ("timestamp[us, tz=UTC]", "<q"),
           "cdPosicao": ("int64", "<q"), "nrSeq": ("int64", "<q"),
           "dsLat": ("double", "<d"), "dsLong": ("double", "<d"), "nrBat": ("double", "<d"),
           "nrValor": ("double", "<d"), "nrDistancia": ("float", "<f"), "nrPrecisao": ("float", "<f"),
           "blArea": ("bool", "<?"), "blValor": ("bool", "<?"), "nrQualidade": ("int16", "<h")}  # fmt: skip


def content(table: str, found: list[Row]) -> str:
    """The checksum of rows as it is described, computed value by value from what SQL returned."""
    whole = hashlib.sha256()
    for place, column in enumerate(COLUMNS[table].split()):
        cells = [row[place] for row in found]
        valid = bytes(cell is not None for cell in cells)
        if column == "dsValor":
            kind, texts = "string", [(cell or "").encode() for cell in cells]
            values, said = b"".join(struct.pack("<q", len(text)) for text in texts), b"".join(texts)
        else:
            kind, form = _PACKED.get(column, ("int32", "<i"))
            values, said = b"".join(struct.pack(form, _number(cell)) for cell in cells), b""
        whole.update(f"{column} {kind}\n".encode())
        for part in (valid, values, said):
            whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def _number(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return (cell - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    return 0 if cell is None else cell


def run(lab: Lab, step: str, target: Path | str, *options: Any) -> int:
    """Run the command here; its exit code."""
    with_database = ("--dsn", lab.database.owner_url) if step in ("write", "restore") else ()
    try:
        archive.main([step, str(target), *map(str, options), *with_database])
    except SystemExit as end:
        return int(end.code or 0)
    raise AssertionError("the command does not end")


def rewrite(target: Path, table: str, start: datetime, change: Callable[[Any], Any]) -> None:
    """An archive as another version could have written it."""
    path = file(target, table, CLIENT, start)
    pq.write_table(change(pq.read_table(path)), path)
    place = path.with_name("manifest.json")
    whole = json.loads(place.read_text())
    part = manifest.Part.of(f"client-{CLIENT}/{name(start)}")
    assert part
    whole["tables"][table] = {"file": path.name} | manifest.describe(part, path)
    place.write_text(json.dumps(whole))
