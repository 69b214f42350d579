"""Convert a legacy database while it is written to, and measure that."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from ..console import Problem, say
from ..convert import state
from ..fleet.legacy_traffic import Traffic, reporting
from ..local import databases
from ..local.paths import ROOT
from . import timeseries_data
from .impact_cases import Stage

ALONE, SUM_UP, ALONE_S = "no step", "maintenance", 20.0
# The steps, by the names of their lines, and what scripts/convert is asked; None: see _other.
STEPS: dict[str, list[str] | None] = {
    ALONE: None,
    "prepare": ["prepare"],
    "copy": ["copy"],
    "verify": ["verify"],
    "switch": ["switch", "--radius", "km"],
    SUM_UP: None,
    "back": ["back"],
    "copy again": ["copy"],
    "verify again": ["verify"],
    "switch again": ["switch", "--radius", "km"],
    f"{SUM_UP} again": None,
}
SAMPLE = 2_000_000  # positions of the bare insert
_BARE = (
    """insert into series."TbPosicao" ("cdPosicao", "dtRegistro", "dsLat", "dsLong", "nrBat", "cdDispositivo",
                                       "cdCliente", "nrSeq", "cdDestinatario", "nrDistancia", "blArea")
       select p."cdPosicao", p."dtRegistro", e."dsLat"::float8, e."dsLong"::float8, p."nrBat",
              p."cdDispositivo", d."cdCliente", p."nrSeq", p."cdDestinatario", p."nrDistancia", p."blArea"
       from public."TbPosicao" p
       join public."TbDispositivo" d on d."cdDispositivo" = p."cdDispositivo"
       join public."TbEndereco" e on e."cdEndereco" = p."cdEndereco"
       where p."cdPosicao" > %(first)s and p."cdPosicao" <= %(last)s""",
    """insert into series."TbSensorRegistro" ("dtRegistro", "nrValor", "cdPosicao", "cdSensor",
                                              "cdDispositivo", "cdCliente", "cdProdutoItem")
       select p."dtRegistro", r."nrValor", r."cdPosicao", r."cdSensor", r."cdDispositivo", d."cdCliente",
              r."cdProdutoItem"
       from public."TbSensorRegistro" r
       join public."TbPosicao" p on p."cdPosicao" = r."cdPosicao"
       join public."TbDispositivo" d on d."cdDispositivo" = r."cdDispositivo"
       where r."cdPosicao" > %(first)s and r."cdPosicao" <= %(last)s""",
)


@dataclass
class Line:
    """Seconds of a step, the longest wait of a writer in it, and what the command said of its locks."""

    seconds: float
    wait: float
    request: str
    locked_ms: str = ""
    session_mb: float = 0.0  # memory of its own of the command's session, at most


@dataclass
class Conversion:
    """What each step took, and what was written meanwhile."""

    steps: dict[str, Line] = field(default_factory=dict)
    rows: int = 0
    bare: float = 0.0  # rows a second
    written: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    account: str = ""
    ended: str = ""  # why it was not switched

    @property
    def is_switched(self) -> bool:
        return not self.ended

    def lines(self) -> Iterator[str]:
        yield "\n| step | s | longest wait of a writer, ms | request | locked, ms | session, MB |"
        yield "| --- | ---: | ---: | --- | ---: | ---: |"
        for step, one in self.steps.items():
            memory = f"{one.session_mb:.0f}" if one.session_mb else ""
            yield (
                f"| {step} | {one.seconds:,.1f} | {one.wait * 1_000:,.0f} | {one.request} | {one.locked_ms} "
                f"| {memory} |"
            )
        if "copy" in self.steps:
            rate = self.rows / self.steps["copy"].seconds
            yield (
                f"\nCopied {self.rows:,} rows, {rate:,.0f} per second; a bare insert … select of the newest "
                f"into the same tables: {self.bare:,.0f} per second; ratio {rate / self.bare:.2f}"
            )
        yield f"{self.written:,} reports were written meanwhile; {self.account or 'each is there once'}"
        for failure, count in self.failures.items():
            yield f"{count:,} × {failure}"
        if self.ended:
            yield self.ended


def converted(stage: Stage, rate: float) -> Conversion:
    """Run the steps one after the other under a writer, until one fails."""
    found = Conversion()
    with reporting(stage.fleet, stage.service, rate) as traffic:
        for step, arguments in STEPS.items():
            say(step)
            traffic.ledger.take_longest()
            begin = monotonic()
            try:
                line = _run(stage, arguments) if arguments else _other(stage, step)
            except Problem as problem:
                found.ended = f"{step} ended: {problem}"
                break
            line.seconds = monotonic() - begin
            line.wait, line.request = traffic.ledger.take_longest()
            found.steps[step] = line
            say(f"  {line.seconds:,.1f} s, longest wait {line.wait * 1_000:,.0f} ms ({line.request})")
            if step == "prepare":
                found.bare = _bare(stage)
    _close(stage, traffic, found)
    return found


def _other(stage: Stage, step: str) -> Line:
    if step == ALONE:
        sleep(ALONE_S)
    else:
        timeseries_data.sum_up(stage.database)
    return Line(0, 0, "")


def _run(stage: Stage, arguments: list[str]) -> Line:
    """Run the command, and watch the memory of its session. Raises Problem."""
    name, *options = arguments
    command = [str(ROOT / "scripts" / "convert"), name, "--dsn", stage.database.owner_url, *options]
    line = Line(0, 0, "")
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running,
        databases.admin(stage.database.name) as cursor,
    ):
        while running.poll() is None:
            line.session_mb = max(line.session_mb, _session_mb(cursor))
            sleep(0.5)
        said = running.stdout.read() if running.stdout else ""
    if running.returncode:
        raise Problem(said.strip()[-500:])
    if found := re.search(r"locked for (\d+) ms", said):
        line.locked_ms = found[1]
    return line


def _session_mb(cursor: Any) -> float:
    """Memory of its own that the session of the command has now."""
    cursor.execute(
        """select l.pid from pg_locks l
           where l.locktype = 'advisory' and l.classid::bigint << 32 | l.objid::bigint = %s""",
        (state.LOCK,),
    )
    total = 0.0
    for (process,) in cursor.fetchall():
        path = Path(f"/proc/{process}/status")
        found = re.search(r"RssAnon:\s+(\d+) kB", path.read_text()) if path.exists() else None
        total += int(found[1]) / 1_000 if found else 0.0
    return total


def _close(stage: Stage, traffic: Traffic, found: Conversion) -> None:
    """What was written is counted; rows are those of the old tables."""
    with databases.admin(stage.database.name) as cursor:
        cursor.execute("set jit = off")
        found.account = str(traffic.ledger.account(cursor))
        found.written, found.failures = traffic.whole, dict(traffic.ledger.failures)
        found.rows = 2 * stage.fleet.reports
    if not found.steps:
        raise Problem(found.ended)


def _bare(stage: Stage) -> float:
    """Rows a second of the newest rows without triggers, then rolled back."""
    last = stage.fleet.reports
    limits: dict[str, Any] = {"first": max(0, last - SAMPLE), "last": last}
    with databases.admin(stage.database.name) as cursor:
        cursor.execute("begin; set local session_replication_role = replica; set local jit = off")
        begin, rows = monotonic(), 0
        for statement in _BARE:
            cursor.execute(statement, limits)
            rows += cursor.rowcount
        seconds = monotonic() - begin
        cursor.execute("rollback")
        cursor.execute('truncate series."TbPosicao", series."TbSensorRegistro"')  # gives the space back
    return rows / seconds
