"""What a client's month in an archive has to say of itself: its files, counts and checksums."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..console import Problem
from . import months
from .content import Content
from .tables import TABLES

NAME = "manifest.json"
FORMAT = "rastro-archive-1"
_ROWS = 65_536  # read at a time
_BLOCK = 1 << 20


@dataclass(frozen=True, order=True)
class Part:
    """A client's month."""

    client: int
    month: datetime

    @property
    def folder(self) -> str:
        return f"client-{self.client}/{months.name(self.month)}"

    def __str__(self) -> str:
        return f"client {self.client}, {months.name(self.month)}"

    @classmethod
    def of(cls, folder: str) -> "Part | None":
        """The part whose folder this is, if any."""
        client, _, month = folder.partition("/")
        if not client.startswith("client-") or not client[7:].isdecimal():
            return None
        try:
            part = cls(int(client[7:]), months.parse(month))
        except (Problem, ValueError):
            return None
        return part if part.folder == folder else None


def describe(part: Part, path: Path) -> dict[str, Any]:
    """What the manifest says of a file, found by reading all of it.

    Raises Problem if it cannot be read, or has a row of another client or month.
    """
    try:
        with pq.ParquetFile(path) as file:
            found = _rows(part, file)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Problem(f"the file cannot be read as Parquet ({_first_line(error)})") from error
    return found | {"bytes": path.stat().st_size, "sha256": sha256(path)}


def _rows(part: Part, file: pq.ParquetFile) -> dict[str, Any]:
    content, rows, first, last = Content(file.schema_arrow), 0, None, None
    for batch in file.iter_batches(_ROWS):
        content.add(batch)
        rows += batch.num_rows
        times = pc.min_max(batch["dtRegistro"]).as_py()
        clients = pc.min_max(batch["cdCliente"]).as_py()
        if times["min"] < part.month or times["max"] >= months.following(part.month):
            raise Problem("the file has rows of another month")
        if clients != {"min": part.client, "max": part.client}:
            raise Problem("the file has rows of another client")
        first = min(first or times["min"], times["min"])
        last = max(last or times["max"], times["max"])
    return {
        "rows": rows,
        "first": first and _instant(first),
        "last": last and _instant(last),
        "columns": {field.name: str(field.type) for field in file.schema_arrow},
        "content": content.hexdigest(),
    }


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def dump(part: Part, schema: str | None, expired: datetime | None, tables: dict[str, Any]) -> bytes:
    """The manifest as it is stored."""
    whole = {
        "format": FORMAT,
        "client": part.client,
        "month": months.name(part.month),
        "written": _instant(datetime.now(UTC)),
        "schema": schema,
        "expiredBefore": expired and _instant(expired),
        "tables": tables,
    }
    return json.dumps(whole, indent=2).encode() + b"\n"


def load(part: Part, text: bytes) -> dict[str, Any]:
    """A stored manifest. Raises Problem if it is not that of this part."""
    try:
        whole = json.loads(text)
        tables = {name: dict(entry) for name, entry in whole["tables"].items()}
        known = (whole["format"], whole["client"], whole["month"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Problem(f"{part}: the manifest is damaged ({_first_line(error)})") from error
    if known != (FORMAT, part.client, months.name(part.month)):
        raise Problem(f"{part}: the manifest says {known[0]}, client {known[1]}, {known[2]}")
    if set(tables) != {table.name for table in TABLES} or any(
        not isinstance(one.get("rows"), int) for one in tables.values()
    ):
        raise Problem(f"{part}: the manifest is damaged (its tables are {', '.join(tables)})")
    return dict(whole)


def differences(said: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What a manifest says of a file, where that is not so."""
    return [
        f"{name} is {found.get(name)}, the manifest says {said.get(name)}"
        for name in sorted({*said, *found} - {"file"})
        if said.get(name) != found.get(name)
    ]


def _instant(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
