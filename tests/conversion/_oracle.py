"""What should become of old rows, written from the rules; no SQL.

A position is carried unless something is wrong with it. Of several of one device, time and sequence number
the first is carried; a later one that says nothing else is merged with it, another is quarantined. A
reading goes with its position and takes its time; of several of one sensor, time and owner the one with the
lowest sequence number (none first) is carried, and again the others are merged or quarantined.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

Row = dict[str, Any]
Key = tuple[Any, ...]
ENDLESS = ("infinity", "-infinity")


@dataclass(frozen=True)
class World:
    """What rows refer to."""

    owners: dict[int, int | None]  # of devices
    sensors: frozenset[int]
    items: frozenset[int]
    places: dict[int, tuple[float, float] | None]  # coordinates of addresses
    now: datetime


@dataclass
class Fates:
    """Keys of old rows by what becomes of them, and the new rows."""

    carried: set[Key] = field(default_factory=set)
    merged: set[Key] = field(default_factory=set)
    quarantined: set[Key] = field(default_factory=set)
    rows: set[Key] = field(default_factory=set)


def judge(world: World, positions: Iterable[Row], readings: Iterable[Row]) -> tuple[Fates, Fates]:
    """The fates of positions (by cdPosicao) and readings (by cdDispositivo, cdSensor, cdPosicao)."""
    by_code = {row["cdPosicao"]: row for row in positions}
    fates, kept = Fates(), {}
    good = [row for row in by_code.values() if _is_good(world, row)]
    fates.quarantined |= {(code,) for code, row in by_code.items() if row not in good}
    for _, group in _groups(good, _position_key, lambda row: row["cdPosicao"]):
        first, *others = group
        fates.carried.add((first["cdPosicao"],))
        fates.rows.add(_new_position(world, first))
        kept[first["cdPosicao"]] = first
        for row in others:
            if _repeats(world, row, first):
                fates.merged.add((row["cdPosicao"],))
                kept[row["cdPosicao"]] = first
            else:
                fates.quarantined.add((row["cdPosicao"],))
    return fates, _judge_readings(world, by_code, kept, list(readings))


def _judge_readings(
    world: World, by_code: dict[int, Row], kept: dict[int, Row], readings: list[Row]
) -> Fates:
    fates = Fates()
    good = []
    for row in readings:
        if row["cdPosicao"] in by_code:
            home = kept.get(row["cdPosicao"])
            row = row | {"time": home and home["dtRegistro"], "home": home and home["cdPosicao"]}
            row |= {"seq": by_code[row["cdPosicao"]]["nrSeq"]}
        else:
            row = row | {"time": row["dtRegistro"], "home": None, "seq": None}
        if (
            _is_usable(world, row["time"])
            and world.owners.get(row["cdDispositivo"])
            and row["cdSensor"] in world.sensors
            and row["nrValor"] not in (None, "NaN")
        ):
            good.append(row)
        else:
            fates.quarantined.add(_key(row))
    for _, group in _groups(
        good,
        lambda row: (row["cdSensor"], row["time"], world.owners[row["cdDispositivo"]]),
        lambda row: (row["seq"] is not None, row["seq"] or 0, row["cdPosicao"], row["cdDispositivo"]),
    ):
        first, *others = group
        fates.carried.add(_key(first))
        item = first["cdProdutoItem"] if first["cdProdutoItem"] in world.items else None
        fates.rows.add((first["cdSensor"], first["time"], world.owners[first["cdDispositivo"]], first["home"],
                        first["cdDispositivo"], item, float(first["nrValor"])))  # fmt: skip
        for row in others:
            (fates.merged if row["nrValor"] == first["nrValor"] else fates.quarantined).add(_key(row))
    return fates


def _key(row: Row) -> Key:
    return row["cdDispositivo"], row["cdSensor"], row["cdPosicao"]


def _groups(rows: list[Row], key: Any, order: Any) -> Any:
    def text(row: Row) -> str:
        return str(key(row))

    return groupby(sorted(sorted(rows, key=order), key=text), text)


def _is_usable(world: World, time: Any) -> bool:
    return isinstance(time, datetime) and datetime(1926, 1, 1) < time < world.now + timedelta(minutes=10)


def _is_good(world: World, row: Row) -> bool:
    battery = row["nrBat"]
    return (
        bool(world.owners.get(row["cdDispositivo"]))
        and _is_usable(world, row["dtRegistro"])
        and (battery is None or (battery != "NaN" and 0 <= battery <= 60))
    )


def _position_key(row: Row) -> Key:
    return row["cdDispositivo"], row["dtRegistro"], row["nrSeq"]


def _place(world: World, row: Row) -> tuple[float, float] | None:
    place = world.places.get(row["cdEndereco"])
    if place in (None, (0.0, 0.0)):
        return None
    return round(place[0], 5), -180.0 if place[1] == 180 else round(place[1], 5)


def _repeats(world: World, row: Row, first: Row) -> bool:
    """Whether it says nothing that the first does not: what is not sent is not compared."""
    place = _place(world, row)
    return row["nrBat"] in (None, first["nrBat"]) and place in (None, _place(world, first))


def _new_position(world: World, row: Row) -> Key:
    address = row["cdEndereco"] if row["cdEndereco"] in world.places else None
    return (row["cdPosicao"], row["dtRegistro"], *(_place(world, row) or (None, None)), row["nrBat"],
            row["cdDispositivo"], world.owners[row["cdDispositivo"]], row["nrSeq"], address,
            row["blArea"])  # fmt: skip
