"""Recorded data as readings of the replay devices of supabase/seed.sql.

GeoLife tracks (`<user>_<start>.plt`): each user is a tracker. NAB temperature series (`.csv`, °F as
they are): each file is a thermometer.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from ..console import Problem

Element = dict[str, Any]
Record = tuple[datetime, Element]

TRACKERS = (901, 902, 903)
THERMOMETERS = {904: 9041, 905: 9051}
PLT_HEADER_LINES = 6


def load(folder: Path, anchor: datetime) -> list[Element]:
    """All readings below the folder, shifted so that the last one of each device is at the anchor.

    Raises Problem when there is nothing to replay, too much for the replay devices, or another format.
    """
    recordings = [*_tracks(sorted(folder.rglob("*.plt"))), *_series(sorted(folder.rglob("*.csv")))]
    elements = [one for code, records in recordings for one in shifted(code, records, anchor)]
    if not elements:
        raise Problem(f"{folder} has no readings: neither .plt tracks nor .csv series.")
    return elements


def parse_plt(text: str) -> list[Record]:
    """Fixes of a GeoLife track: latitude, longitude, 0, altitude, days, date, time (UTC)."""
    rows = csv.reader(text.splitlines()[PLT_HEADER_LINES:])
    return [
        (
            datetime.fromisoformat(f"{row[5]}T{row[6]}Z"),
            {"latitude": float(row[0]), "longitude": float(row[1])},
        )
        for row in rows
        if row
    ]


def parse_csv(text: str, sensor: int) -> list[Record]:
    """Values of a NAB series: timestamp, value."""
    return [
        (
            datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC),
            {"sensores": [{"cdSensor": sensor, "nrValor": float(row["value"])}]},
        )
        for row in csv.DictReader(text.splitlines())
    ]


def shifted(code: int, records: list[Record], anchor: datetime) -> Iterator[Element]:
    """The device's readings in their order, the latest of them at the anchor."""
    latest = max((when for when, _ in records), default=anchor)
    for when, what in records:
        yield {"cdDispositivo": code, "dtRegistro": instant(when - latest + anchor), **what}


def instant(when: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond only where there is one."""
    precision = "milliseconds" if when.microsecond else "seconds"
    return when.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def chosen_anchor(now: datetime) -> datetime:
    """The last whole minute: a time that is easy to type again."""
    return now - timedelta(seconds=now.second, microseconds=now.microsecond)


def _tracks(files: list[Path]) -> Iterator[tuple[int, list[Record]]]:
    users = [list(paths) for _, paths in groupby(sorted(files, key=_by_user), key=_user)]
    for code, paths in zip(_enough(TRACKERS, users, "people"), users, strict=False):
        yield code, [record for path in paths for record in _parsed(path, parse_plt)]


def _series(files: list[Path]) -> Iterator[tuple[int, list[Record]]]:
    for code, path in zip(_enough(THERMOMETERS, files, "series"), files, strict=False):
        yield code, _parsed(path, partial(parse_csv, sensor=THERMOMETERS[code]))


def _parsed(path: Path, parse: Callable[[str], list[Record]]) -> list[Record]:
    try:
        return parse(path.read_text())
    except (ValueError, LookupError) as error:
        raise Problem(f"{path} is not in the format that its name says: {error!r}") from error


def _enough(devices: Iterable[int], wanted: list[Any], what: str) -> list[int]:
    codes = list(devices)
    if len(wanted) > len(codes):
        raise Problem(f"{len(wanted)} {what}, but the demo data has replay devices for {len(codes)} only")
    return codes


def _user(path: Path) -> str:
    return path.name.split("_")[0]


def _by_user(path: Path) -> tuple[str, str]:
    return _user(path), path.name
