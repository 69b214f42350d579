"""What was acknowledged to an application that writes, to be counted in the database afterwards."""

import json
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]

# Every acknowledged row with the rows of the database that are it. Numbers (nrSeq) are not used twice, so a
# row that is there under another code, or twice, is found as well.
_POSITIONS = """
    select a."cdPosicao", count(p."cdPosicao"), array_agg(p."cdPosicao"),
           coalesce(bool_and((p."nrBat", p."blArea", p."dtRegistro")
                             is not distinct from (a."nrBat", a."blArea", a."dtRegistro")), true)
    from json_to_recordset(%(rows)s) as a("cdPosicao" bigint, "cdDispositivo" integer, "nrSeq" integer,
                                          "nrBat" float8, "blArea" boolean, "dtRegistro" timestamp)
    left join public."TbPosicao" p on p."cdDispositivo" = a."cdDispositivo" and p."nrSeq" = a."nrSeq"
    group by a."cdPosicao"
"""
_READINGS = """
    select a."cdPosicao", a."cdSensor", count(r."cdSensor"),
           coalesce(bool_and(r."nrValor" = a."nrValor"), true)
    from json_to_recordset(%(rows)s) as a("cdPosicao" bigint, "cdSensor" integer, "nrValor" float8)
    left join public."TbSensorRegistro" r on r."cdSensor" = a."cdSensor" and r."cdPosicao" = a."cdPosicao"
    group by a."cdPosicao", a."cdSensor"
"""
_ADDRESSES = """
    select a."cdEndereco", count(e."cdEndereco"),
           coalesce(bool_and(e."dsLat"::text::float8 = a."dsLat"::text::float8
                             and e."dsLong"::text::float8 = a."dsLong"::text::float8), true)
    from json_to_recordset(%(rows)s) as a("cdEndereco" integer, "dsLat" text, "dsLong" text)
    left join public."TbEndereco" e on e."cdEndereco" = a."cdEndereco"
    group by a."cdEndereco"
"""
# What was not answered may be there, once.
_TWICE = """
    select "cdDispositivo", "nrSeq", count(*) from public."TbPosicao"
    where "nrSeq" = any(%(numbers)s) group by 1, 2 having count(*) > 1
"""


@dataclass
class Account:
    """What is wrong with the acknowledged rows: nothing, if all lists are empty."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.changed)

    def __str__(self) -> str:
        return ", ".join(
            f"{len(rows)} {name} ({'; '.join(rows[:5])})"
            for name, rows in (("lost", self.lost), ("doubled", self.doubled), ("changed", self.changed))
            if rows
        )

    def judge(self, name: str, count: int, is_same: bool) -> None:
        """Note a row of which there are so many."""
        if count == 0:
            self.lost.append(name)
        elif count > 1:
            self.doubled.append(name)
        elif not is_same:
            self.changed.append(name)


@dataclass
class Ledger:
    """Rows by table as they were returned, what was not answered, failures, and waits. Threads share it."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    open: dict[str, list[Row]] = field(default_factory=dict)  # whether they were stored is not known
    failures: Counter[str] = field(default_factory=Counter)
    refusals: list[str] = field(default_factory=list)
    requests: int = 0
    seconds: float = 0.0
    longest: tuple[float, str] = (0.0, "")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledged(self, table: str, rows: Sequence[Row]) -> None:
        with self._lock:
            self.rows.setdefault(table, []).extend(rows)

    def unanswered(self, table: str, rows: Row | Sequence[Row]) -> None:
        with self._lock:
            self.open.setdefault(table, []).extend([rows] if isinstance(rows, dict) else rows)

    def refused(self, table: str, rows: Row | Sequence[Row], why: str) -> None:
        with self._lock:
            count = 1 if isinstance(rows, dict) else len(rows)
            self.refusals.append(f"{count} of {table}: {why}")

    def failed(self, request: str, why: str) -> None:
        with self._lock:
            self.failures[f"{request}: {why.splitlines()[0] if why else ''}"] += 1

    def waited(self, request: str, seconds: float) -> None:
        with self._lock:
            self.requests += 1
            self.seconds += seconds
            self.longest = max(self.longest, (seconds, request))

    def take_longest(self) -> tuple[float, str]:
        """The longest wait since the last time this was asked, and the request."""
        with self._lock:
            longest, self.longest = self.longest, (0.0, "")
            return longest

    def account(self, cursor: Any) -> Account:
        """Compare with public."TbPosicao" and its sisters, whether they are tables or views.

        Values are compared as they were returned; a reading's time is its position's after a conversion.
        """
        found = Account()
        for code, count, codes, is_same in self._compare(cursor, _POSITIONS, "TbPosicao"):
            found.judge(f"position {code}", count, is_same and codes == [code])
        for position, sensor, count, is_same in self._compare(cursor, _READINGS, "TbSensorRegistro"):
            found.judge(f"reading of sensor {sensor} at position {position}", count, is_same)
        for code, count, is_same in self._compare(cursor, _ADDRESSES, "TbEndereco"):
            found.judge(f"address {code}", count, is_same)
        numbers = [row["nrSeq"] for row in self.open.get("TbPosicao", [])]
        cursor.execute(_TWICE, {"numbers": numbers})
        found.doubled += [f"report {number} of device {device}" for device, number, _ in cursor.fetchall()]
        return found

    def _compare(self, cursor: Any, statement: str, table: str) -> list[tuple[Any, ...]]:
        with self._lock:
            rows = json.dumps(self.rows.get(table, []), default=str)
        cursor.execute(statement, {"rows": rows})
        return list(cursor.fetchall())
