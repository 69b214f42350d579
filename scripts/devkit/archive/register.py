"""What the database knows of archives, so that receipts name those that have deleted rows still."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .manifest import Part
from .target import Target


def announce(connection: Any, target: Target, part: Part) -> None:
    """Note a month before its rows are read: a deletion sees the note, or the files do not get its rows.

    A deletion in progress is waited for.
    """
    with _writing(connection) as cursor:
        cursor.execute('select from private."TbRollupMarca" for update')
        cursor.execute(
            """insert into private."TbArquivo" ("dsArquivo", "cdCliente") values (%s, %s)
               on conflict ("dsArquivo") do update set "cdDispositivos" = null, "dtEscrita" = now()""",
            (_place(target, part), part.client),
        )


def found(connection: Any, target: Target, part: Part) -> None:
    """Note a month that is there already, unless it is known."""
    with _writing(connection) as cursor:
        cursor.execute(
            """insert into private."TbArquivo" ("dsArquivo", "cdCliente") values (%s, %s)
               on conflict do nothing""",
            (_place(target, part), part.client),
        )


def complete(connection: Any, target: Target, part: Part, devices: set[int]) -> None:
    """Note whose rows are in the files."""
    with _writing(connection) as cursor:
        cursor.execute(
            """update private."TbArquivo" set "cdDispositivos" = %s, "dtEscrita" = now()
               where "dsArquivo" = %s""",
            (sorted(devices), _place(target, part)),
        )


def _place(target: Target, part: Part) -> str:
    return f"{target.address}/{part.folder}"


@contextmanager
def _writing(connection: Any) -> Iterator[Any]:
    """A transaction that may write, on a connection that otherwise only reads snapshots."""
    with connection, connection.cursor() as cursor:
        cursor.execute("set transaction isolation level read committed, read write")
        yield cursor
