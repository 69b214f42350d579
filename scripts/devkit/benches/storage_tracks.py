"""Tracks of the GeoLife project as positions of devices of client 1: people who walk, ride and drive.

They are not part of this repository: https://www.microsoft.com/en-us/download/details.aspx?id=52367.
Each person is a device, and all of them are moved by whole days into the month that is asked for.
"""

import csv
import io
from datetime import datetime
from pathlib import Path

from ..console import Problem
from ..local import databases
from . import bench

FIRST = 3_000_001  # the device of the first person
VARIABLE = "RASTRO_TRACKS"
_HEADER_LINES = 6
_STORE = f"""
    insert into public."TbDispositivo" ("cdDispositivo", "cdStatus", "cdCliente")
      select p.code, 'ativo', 1 from (select distinct {FIRST} + t.person as code from track t) p;
    insert into series."TbPosicao" ("dtRegistro", "dsLat", "dsLong", "cdDispositivo", "cdCliente")
      select t.moment, t.latitude, t.longitude, {FIRST} + t.person, 1 from track t order by t.moment
"""


def load(database: bench.Bench, folder: Path, month: datetime) -> int:
    """Insert the tracks, as if they began with this month. Returns how many positions."""
    rows = _positions(folder)
    if not rows:
        raise Problem(f"No tracks (*.plt) in {folder}")
    shift = month.date() - min(moment for _, moment in rows).date()
    text = io.StringIO()
    csv.writer(text).writerows(
        (person, moment + shift, latitude, longitude)
        for (person, moment), (latitude, longitude) in rows.items()
    )
    text.seek(0)
    with databases.admin(database.name) as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute(
            """create temporary table track (person integer, moment timestamp, latitude double precision,
                 longitude double precision)"""
        )
        cursor.copy_expert("copy track from stdin (format csv)", text)
        cursor.execute(_STORE)
    return len(rows)


def _positions(folder: Path) -> dict[tuple[int, datetime], tuple[str, str]]:
    """By person and time, which are there once."""
    found: dict[tuple[int, datetime], tuple[str, str]] = {}
    for file in sorted(folder.glob("*.plt")):
        person = int(file.stem.split("_")[0])
        with file.open() as lines:
            for row in list(csv.reader(lines))[_HEADER_LINES:]:
                latitude, longitude, _, _, _, day, time = row
                found[person, datetime.fromisoformat(f"{day}T{time}")] = (latitude, longitude)
    return found
