"""What the columns of an imported table mean.

A row is a reading, or one value of a reading: rows with the same device, time and nrSeq belong together.
Columns are named as the members of a reading, as our downloads name them, or by the sensor whose values they
hold: ``ponto:temperatura``, ``sensor:404``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.files.bounds import NoTable
from app.files.exports import columns

READING = frozenset(
    [
        "cdDispositivo",
        "cdCliente",
        "dtRegistro",
        "nrBat",
        "nrBatPercentual",
        "nrSeq",
        "latitude",
        "longitude",
        "nrPrecisao",
    ]
)
KEY = frozenset(["cdDispositivo", "dtRegistro", "nrSeq"])
VALUE = frozenset(["nrValor", "blValor", "dsValor"])
SENSOR = frozenset(["cdSensor", "dsPonto"])
ABOUT = frozenset(["cdProdutoItem", "nrQualidade", "dsUnidade"])
TEXTS = frozenset(["dsPonto", "dsValor", "dsUnidade", "dtRegistro"])
DEFUSED = "Text"  # the heading of a text in our CSV, where formulas have an apostrophe

_TYPES = {
    "nrPorta": 2,
    "nrTemperatura": 4,
    "nrPessoas": 5,
    "nrMasculino": 9,
    "nrFeminino": 10,
    "nrCrianca": 11,
    "nrJovem": 12,
    "nrAdulto": 13,
    "nrSenior": 14,
    "nrAlegre": 15,
    "nrTriste": 16,
    "nrNeutro": 17,
    "nrCategoriaTotal": 18,
}
"""Columns of history with the values of one type of sensor, TbTipoSensor.id."""
_DOWNLOADED = {
    "Time (UTC)": "dtRegistro",
    "Device": "cdDispositivo",
    "Latitude": "latitude",
    "Longitude": "longitude",
    "Precision (m)": "nrPrecisao",
    "Battery (%)": "nrBatPercentual",
    "Value": "nrValor",
    "State": "blValor",
    "Text": "dsValor",
    "Quality": "nrQualidade",
}
_HISTORY = {one.heading: one.name for one in columns.HISTORY}
_BUCKETS = {one.heading for one in columns.BUCKETS} - {"Time (UTC)"}
_UTC = "Time (UTC)"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column holds: a member of the reading or of its value, or the values of a sensor."""

    member: str = ""
    sensor: tuple[str, Any] | None = None
    is_utc: bool = False
    is_defused: bool = False


def meanings(headings: Iterable[str]) -> tuple[dict[str, Meaning], list[str]]:
    """The meaning of each heading, and those that are derived from other data and left out.

    Raises NoTable for headings that mean nothing, and when two columns mean the same.
    """
    found: dict[str, Meaning] = {}
    left_out: list[str] = []
    for heading in headings:
        known = _meaning(heading)
        if known is None:
            left_out.append(heading)
        else:
            found[heading] = known
    _require_one_each(found)
    return found, left_out


def _meaning(heading: str) -> Meaning | None:
    member = _DOWNLOADED.get(heading, heading)
    if member in READING | VALUE | SENSOR | ABOUT:
        return Meaning(member, is_utc=heading == _UTC, is_defused=heading == DEFUSED)
    name = _HISTORY.get(heading, heading)
    if name in _TYPES:
        return Meaning(sensor=("cdTipoSensor", _TYPES[name]))
    kind, _, named = heading.partition(":")
    if kind == "ponto" and named.strip():
        return Meaning(sensor=("dsPonto", named.strip()))
    if kind == "sensor" and named.isascii() and named.isdigit() and len(named) <= 10:
        return Meaning(sensor=("cdSensor", int(named)))
    if heading in _BUCKETS:
        raise NoTable(f"Column {heading!r} sums values up. Download the values themselves, with agg=raw.")
    if heading in _HISTORY or name in _HISTORY.values():
        return None
    raise NoTable(
        f"Column {heading[:80]!r} is not known. Name columns as the members of a reading, or ponto:<name> or "
        "sensor:<code> for the values of one sensor; delete others."
    )


def _require_one_each(found: Mapping[str, Meaning]) -> None:
    seen: dict[Any, str] = {}
    for heading, one in found.items():
        other = seen.setdefault(one.sensor or one.member, heading)
        if other != heading:
            raise NoTable(f"Columns {other[:80]!r} and {heading[:80]!r} mean the same.")
