"""Convert a legacy database while it is written to, and measure that."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from ..console import Problem, say
from ..fleet.legacy_traffic import Traffic, reporting
from ..local import databases
from ..local.paths import ROOT
from .impact_cases import Stage

# The steps and what each is asked besides the database.
STEPS: dict[str, list[str]] = {
    "prepare": [],
    "copy": [],
    "verify": [],
    "switch": ["--radius", "km"],
}
SAMPLE = 300_000  # positions of the bare insert
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
class Conversion:
    """Seconds of each step, the longest wait of a writer in it, and what was written meanwhile."""

    seconds: dict[str, float] = field(default_factory=dict)
    waits: dict[str, tuple[float, str]] = field(default_factory=dict)
    rows: int = 0
    bare: float = 0.0  # rows a second
    written: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    account: str = ""
    ended: str = ""  # why it was not switched

    @property
    def is_switched(self) -> bool:
        return "switch" in self.seconds

    def lines(self) -> Iterator[str]:
        yield "\n| step | s | longest wait of a writer, ms | request |"
        yield "| --- | ---: | ---: | --- |"
        for step, seconds in self.seconds.items():
            wait, request = self.waits[step]
            yield f"| {step} | {seconds:,.1f} | {wait * 1_000:,.0f} | {request} |"
        if "copy" in self.seconds:
            rate = self.rows / self.seconds["copy"]
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
        for step, options in STEPS.items():
            traffic.ledger.take_longest()
            begin = monotonic()
            problem = _run(stage, step, options)
            if problem:
                found.ended = f"{step} ended: {problem}"
                break
            found.seconds[step] = monotonic() - begin
            found.waits[step] = traffic.ledger.take_longest()
            if step == "prepare":
                found.bare = _bare(stage)
    _close(stage, traffic, found)
    return found


def _run(stage: Stage, step: str, options: list[str]) -> str:
    say(f"scripts/convert {step}")
    command = [str(ROOT / "scripts" / "convert"), step, "--dsn", stage.database.owner_url, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip()[-500:]


def _close(stage: Stage, traffic: Traffic, found: Conversion) -> None:
    """What was written is counted; rows are those of the old tables."""
    with databases.admin(stage.database.name) as cursor:
        cursor.execute("set jit = off")
        found.account = str(traffic.ledger.account(cursor))
        found.written, found.failures = traffic.whole, dict(traffic.ledger.failures)
        found.rows = 2 * stage.fleet.reports
    if not found.seconds:
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
        cursor.execute('vacuum series."TbPosicao", series."TbSensorRegistro"')
    return rows / seconds
