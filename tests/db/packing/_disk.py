"""Bytes of a table that are damaged on disk, in a database of its own."""

import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import PurePosixPath

import psycopg2

from tests.db._lab import Lab

_PAGE = 8192
_LZ4 = 1

Change = Callable[[bytearray, int, int], None]
"""Changes the row that lies in these pages from one place to another."""


def damage(lab: Lab, relation: str, change: Change, where: str = "true") -> int:
    """Change rows in the file of a table, as a disk does. Returns how many.

    The table is given another file, so that nothing of it is in the buffers of the server.
    """
    with closing(psycopg2.connect(lab.database.admin_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("checkpoint")
        cursor.execute(f"select (ctid::text::point)[0]::int, (ctid::text::point)[1]::int "
                       f"from {relation} where {where}")  # fmt: skip
        places = cursor.fetchall()
        cursor.execute("select p, pg_read_binary_file(p) from pg_relation_filepath(%s) p", (relation,))
        path, read = cursor.fetchall()[0]
        pages = bytearray(read)
        for block, line in places:
            change(pages, *_row(pages, block, line))
        cursor.execute("select lo_from_bytea(0, %s)", (bytes(pages),))
        number = cursor.fetchall()[0][0]
        cursor.execute("select lo_export(%s, %s)", (number, str(PurePosixPath(path).parent / str(number))))
        cursor.execute("select lo_unlink(%s)", (number,))
        cursor.execute("set allow_system_table_mods = on")
        cursor.execute("update pg_class set relfilenode = %s where oid = %s::regclass", (number, relation))
        return len(places)


def toast(lab: Lab, relation: str) -> str:
    """Where a table keeps values that are too long for its rows."""
    return str(lab.sql("select reltoastrelid::regclass::text from pg_class where oid = %s::regclass",
                       relation)[0][0])  # fmt: skip


def spoil_compressed(pages: bytearray, start: int, end: int) -> None:
    """Make what is compressed in the row itself impossible to decompress."""
    found = 0
    for place in range(start, end - 8, 4):
        header, info = struct.unpack_from("<II", pages, place)
        length, is_lz4 = header >> 2, info >> 30 == _LZ4
        if header & 3 == 2 and is_lz4 and 8 < length <= end - place and info & 0x3FFFFFFF > length:
            pages[place + 8 : place + length] = b"\xff" * (length - 8)
            found += 1
    assert found, "nothing is compressed"


def spoil_end(pages: bytearray, start: int, end: int) -> None:
    """Overwrite the second half of a row."""
    middle = (start + end) // 2
    pages[middle:end] = b"\xff" * (end - middle)


def lose(pages: bytearray, start: int, _end: int) -> None:
    """Let a row be missing: nothing points to it any more."""
    block = start // _PAGE * _PAGE
    (lower,) = struct.unpack_from("<H", pages, block + 12)
    for place in range(block + 24, block + lower, 4):
        if struct.unpack_from("<I", pages, place)[0] & 0x7FFF == start - block:
            struct.pack_into("<I", pages, place, 0)


def _row(pages: bytearray, block: int, line: int) -> tuple[int, int]:
    (pointer,) = struct.unpack_from("<I", pages, block * _PAGE + 20 + line * 4)
    start = block * _PAGE + (pointer & 0x7FFF)
    return start, start + (pointer >> 17)
