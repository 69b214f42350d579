"""SenML (RFC 8428, features by RFC 9100): a list of records ``{"bn", "bt", "bu", "bv", "n", "t", "v" | …}``.

A record's name is the base name followed by its own; the point is registered under that name, or under what
follows the device in it (``urn:dev:ow:10e2073a01080063:voltage`` is the point ``voltage``). Records of one
time become one reading, and those in the units ``lat`` and ``lon`` its coordinates. A record that cannot be
read is refused alone. A single record without its list is accepted, too.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

from .reading import Found, Reading, Refused, Unreadable, complete, received, timed

_RELATIVE = 2**28  # RFC 8428, 4.5.3: smaller times count from receipt
_VALUES = {"v": ("nrValor", float), "vb": ("blValor", bool), "vs": ("dsValor", str), "vd": ("dsValor", str)}
_BASE = {"bn": str, "bt": float, "bu": str, "bv": float, "bs": float, "bver": float}
_OWN = {"n": str, "t": float, "u": str, "s": float, "ut": float, "l": str}
_TYPES = {**_BASE, **_OWN, **{member: kind for member, (_, kind) in _VALUES.items()}}
_MARKS = _TYPES.keys() - {"t", "u", "ut", "l"}  # other formats have these, too
_NEWEST = 10  # the version of RFC 8428; those of its drafts were lower
_SECONDARY_UNITS = 1 << 4  # the one feature of RFC 9100
_PLACE = {"lat": "latitude", "lon": "longitude"}
_SUMS = {
    "": "s",
    "W": "J",
    "A": "C",
    "VA": "VAs",
    "var": "vars",
    "m/s": "m",
    "m3/s": "m3",
    "l/s": "l",
    "bit/s": "bit",
}


def recognises(value: Any) -> bool:
    """A list of records, the first of which has a name, a value or a base; or one record with a name."""
    if isinstance(value, dict):
        return not value.keys().isdisjoint({"n", "bn"}) and not value.keys().isdisjoint(_VALUES)
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(record, dict) and not record.keys().isdisjoint(_TYPES) for record in value)
        and not value[0].keys().isdisjoint(_MARKS)
        and all("_type" not in record for record in value)  # OwnTracks
    )


def readings(value: Any) -> list[Found]:
    """A reading for each time, in the order in which times are met; and the records that cannot be read."""
    pack = _Pack(received())
    for record in value if isinstance(value, list) else [value]:
        pack.take(record)
    return complete(pack.found(), "SenML: no record has a value")


class _Moment:
    """What is measured at one time."""

    def __init__(self) -> None:
        self.points: dict[str, dict[str, Any]] = {}
        self.place: dict[str, float] = {}
        self.apart: list[Reading] = []  # beside the others: they fit into no reading with them

    def add(self, point: dict[str, Any]) -> None:
        """A value; a second one of the same point is for the database to judge."""
        if self.points.setdefault(point["dsPonto"], point) is not point:
            self.apart.append({"sensores": [point]})

    def locate(self, field: str, degrees: float) -> None:
        """Half of the coordinates."""
        if self.place.setdefault(field, degrees) != degrees:
            self.apart.append({field: degrees})

    def readings(self) -> list[Reading]:
        """One with all that belongs together, and what is apart."""
        together: Reading = {}
        if len(self.place) == len(_PLACE):
            together |= self.place
        elif self.place:
            self.apart.append(dict(self.place))
        if self.points:
            together["sensores"] = list(self.points.values())
        return [together, *self.apart] if together else self.apart


class _Pack:
    def __init__(self, now: float) -> None:
        self._now = now
        self._base: dict[str, Any] = {}
        self._version: float | None = None
        self._moments: dict[float | None, _Moment] = {}
        self._refused: list[Refused] = []

    def found(self) -> list[Found]:
        read = [
            timed(reading, time) for time, moment in self._moments.items() for reading in moment.readings()
        ]
        return [*read, *self._refused]

    def take(self, record: dict[str, Any]) -> None:
        """The next record. Raises Unreadable where nothing of the pack may be used."""
        record = {member: value for member, value in record.items() if value is not None}
        bases = {member for member in record if member in _BASE or (member[:1] == "b" and member[-1:] == "_")}
        self._base |= {member: record.pop(member) for member in bases}
        self._require_version()
        if not record and bases:
            return  # it only says what is common to those that follow
        try:
            self._read(record)
        except Unreadable as error:
            self._refused.append(Refused([{**self._base, **record}], str(error)))

    def _require_version(self) -> None:
        version = self._base.get("bver", _NEWEST)
        known = not isinstance(version, bool) and version in {
            *range(1, _NEWEST + 1),
            _NEWEST + _SECONDARY_UNITS,
        }
        if not known:
            raise Unreadable(
                f"SenML version {version!r} is not known: {_NEWEST}, and 26 with secondary units, are"
            )
        if "bver" in self._base and self._version not in (None, version):
            raise Unreadable("SenML: bver must be the same in all records")
        self._version = version

    def _read(self, record: dict[str, Any]) -> None:
        _check({**self._base, **record})
        name = self._base.get("bn", "") + record.get("n", "")
        if not name:
            raise Unreadable("SenML: a record has no name")
        members = [member for member in _VALUES if member in record]
        if len(members) > 1:
            raise Unreadable(f"SenML: {name} has more than one value")
        unit = record.get("u", self._base.get("bu", ""))
        has_sum = "s" in record or "bs" in self._base
        if not members and "bv" not in self._base and not has_sum:
            raise Unreadable(f"SenML: {name} has no value")
        moment = self._moments.setdefault(self._time(record), _Moment())
        if members and members[0] != "v":
            moment.add({"dsPonto": name, _VALUES[members[0]][0]: record[members[0]]})
        elif members or "bv" in self._base:
            number = self._sum(record, "v")
            if unit in _PLACE:
                moment.locate(_PLACE[unit], number)
            else:
                moment.add({"dsPonto": name, "nrValor": number} | ({"dsUnidade": unit} if unit else {}))
        if has_sum:
            sum_of = {"nrValor": self._sum(record, "s")} | (
                {"dsUnidade": _SUMS.get(unit, f"{unit}s")} if unit else {}
            )
            if members or "bv" in self._base:
                moment.apart.append({"sensores": [{"dsPonto": f"{name}_sum", **sum_of}]})
            else:
                moment.add({"dsPonto": name, **sum_of})

    def _sum(self, record: dict[str, Any], member: str) -> float:
        number: float = record.get(member, 0) + self._base.get(f"b{member}", 0)
        if not isfinite(number):
            raise Unreadable(f"SenML: {member} with its base is beyond double precision")
        return number

    def _time(self, record: dict[str, Any]) -> float | None:
        moment = self._sum(record, "t")
        if moment == 0:
            return None
        return self._now + moment if abs(moment) < _RELATIVE else moment


def _check(record: dict[str, Any]) -> None:
    """Types of what is known, and nothing that must be understood and is not (RFC 8428, 4.4)."""
    for member, value in record.items():
        kind: Any = _TYPES.get(member)
        if kind is None:
            if member.endswith("_"):
                raise Unreadable(f"SenML: {member[:40]} must be understood, and is not known")
        elif kind is float:
            if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
                raise Unreadable(f"SenML: {member} must be a finite number")
        elif not isinstance(value, kind):
            raise Unreadable(f"SenML: {member} must be {'a boolean' if kind is bool else 'a text'}")
