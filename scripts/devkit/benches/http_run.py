"""Measure each case of `scripts/bench http`, and verify that all acknowledged readings are stored."""

import argparse
import hashlib
import json
import random
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ..console import Problem
from ..fleet import demo
from ..local import api, ports
from . import bench, cpu, load
from . import rpc as rpcs
from .fleet import KEY, Fleet
from .http_cases import CASES, Post, Question, Read
from .load import Outcome
from .rpc import Principal

FIRST_PORT = 8500
HOST = "127.0.0.1"
WARM_SECONDS = 2
QUESTIONS = 2_000  # made for each kind of read; wrk picks them at random
SEED = 1
HEAD = (
    "| case | requests/s | readings/s | p50 ms | p95 ms | p99 ms "
    "| CPU ms API | CPU ms database | SQL median ms | demanded |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
)
# Rows of each connection's devices, in both tables.
COUNT = """
    select ("cdDispositivo" - 1) %% %(clients)s as number, count(*)
    from public."{table}" where "dtRegistro" >= %(begin)s and "dtRegistro" < %(end)s group by 1
"""
TABLES = ("TbPosicao", "TbSensorRegistro")


@dataclass(frozen=True)
class Server:
    """The API under test."""

    url: str
    secret: str
    process: int


@contextmanager
def serving(database: bench.Bench, workers: int, log: Path) -> Iterator[Server]:
    secret = secrets.token_urlsafe(48)
    variables = {
        "DATABASE_URL": database.api_url,
        "SUPABASE_JWT_SECRET": secret,
        "RASTRO_JWT_ISSUER": demo.ISSUER,
        "RASTRO_STATEMENT_TIMEOUT_MS": "60000",  # a slow case is measured, not cancelled
    }
    with ports.on_a_free_port(FIRST_PORT, lambda port: api.served(HOST, port, workers, variables, log)) as (
        port,
        process,
    ):
        yield Server(api.base(HOST, port), secret, process.pid)


@dataclass
class Runner:
    """One run of the bench."""

    database: bench.Bench
    fleet: Fleet
    server: Server
    options: argparse.Namespace
    folder: Path
    acknowledged: int = 0
    in_flight: int = 0
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))

    def table(self) -> Iterator[str]:
        """The lines of the table, each as soon as it is measured."""
        yield from HEAD
        for case in CASES:
            if case.name in self.options.cases:
                yield self._read(case) if isinstance(case, Read) else self._post(case)

    def accounts(self) -> str:
        """Whether all readings posted over HTTP are stored."""
        return (
            f"{self.acknowledged + self.in_flight:,} readings posted are stored, each once, in both tables: "
            f"{self.acknowledged:,} acknowledged, {self.in_flight:,} under way when a run ended."
        )

    def _read(self, case: Read) -> str:
        def ask() -> rpcs.Call:
            question = case.ask(self.rng, self.fleet)
            return Principal("user", question.person), question.arguments

        sql = self._without_http(case.name, case.rpc, ask)
        outcome = None
        if case.ask(self.rng, self.fleet).path is not None:
            lines = self._requests([case.ask(self.rng, self.fleet) for _ in range(QUESTIONS)])
            outcome = self._repeated(lambda seconds: self._get(lines, seconds))
        return _line(case.title, outcome, None, sql, case.demand)

    def _post(self, case: Post) -> str:
        key = Principal("key", hashlib.sha256(KEY.encode()).hexdigest())

        def ask() -> rpcs.Call:
            return key, {"p_readings": self._readings(case.readings), "p_validar": False}

        sql = self._without_http(case.name, "insert_device_readings", ask)
        outcome = self._repeated(lambda seconds: self._posted(case, seconds))
        return _line(case.title, outcome, outcome.rate * case.readings, sql, case.demand)

    def _without_http(self, name: str, rpc: str, ask: Callable[[], rpcs.Call]) -> float:
        plans = rpcs.plans(self.database, rpc, ask)
        (self.folder / "plans" / f"{name}.txt").write_text(plans)
        with rpcs.backend(self.database) as door:
            return rpcs.milliseconds(door, rpc, ask, self.options.seconds)

    def _repeated(self, measure: Callable[[float], Outcome]) -> Outcome:
        """Medians of the runs, after a short warm-up run."""
        measure(min(WARM_SECONDS, self.options.seconds))
        self.database.checkpoint()
        return load.medians([self._with_cpu(measure) for _ in range(self.options.runs)])

    def _with_cpu(self, measure: Callable[[float], Outcome]) -> Outcome:
        before = self._cpu()
        outcome = measure(self.options.seconds)
        after = self._cpu()
        in_api, in_database = (
            1_000 * (end - begin) / sum(outcome.good) for begin, end in zip(before, after, strict=True)
        )
        return replace(outcome, api=in_api, database=in_database)

    def _cpu(self) -> tuple[float, float]:
        """Processor time so far, in seconds, of the API and of its sessions in the database."""
        return cpu.of_group(self.server.process), cpu.of_sessions(self.database)

    def _requests(self, questions: list[Question]) -> Path:
        tokens = {one.client: demo.token(one.person, self.server.secret) for one in questions}
        path = self.folder / "requests.txt"
        path.write_text("".join(f"{one.path}\tBearer {tokens[one.client]}\n" for one in questions))
        return path

    def _get(self, requests: Path, seconds: float) -> Outcome:
        arguments = (requests, self.rng.randrange(2**31))
        return load.run(self.server.url, "get.lua", arguments, self.options.clients, seconds)

    def _posted(self, case: Post, seconds: float) -> Outcome:
        clients = self.options.clients
        begin = _now()
        moment = (int(begin.replace(tzinfo=UTC).timestamp()), begin.microsecond)
        arguments = (case.path, KEY, self.fleet.devices, clients, case.size, *moment)
        outcome = load.run(self.server.url, "post.lua", arguments, clients, seconds)
        stored = [self._stored(table, begin, _now()) for table in TABLES]
        acknowledged, in_flight = account(case, outcome.good, *stored)
        self.acknowledged += acknowledged
        self.in_flight += in_flight
        return outcome

    def _stored(self, table: str, begin: datetime, end: datetime) -> dict[int, int]:
        values = {"clients": self.options.clients, "begin": begin, "end": end}
        with bench.connected(self.database.owner_url) as cursor:
            cursor.execute(COUNT.format(table=table), values)
            return dict(cursor.fetchall())

    def _readings(self, count: int) -> str:
        """Readings of random devices, at times that no other request uses."""
        begin = _now()
        devices = [self.rng.randint(1, self.fleet.devices) for _ in range(count)]
        return json.dumps(
            [
                {
                    "cdDispositivo": device,
                    "dtRegistro": (begin + timedelta(microseconds=number)).isoformat() + "Z",
                    "nrBat": 3.6,
                    "latitude": -23.55,
                    "longitude": -46.63,
                    "sensores": [{"cdSensor": device, "nrValor": 21.5}],
                }
                for number, device in enumerate(devices)
            ]
        )


def account(
    case: Post, good: Sequence[int], positions: Mapping[int, int], readings: Mapping[int, int]
) -> tuple[int, int]:
    """Number of acknowledged readings, and of those in flight when the run ended.

    `good`: responses of each connection; then its rows in both tables. A connection sends one request at
    a time, so apart from acknowledged readings those of its last request may be stored, all or none. Raises
    Problem otherwise.
    """
    acknowledged = in_flight = 0
    for number, answers in enumerate(good):
        confirmed, stored = answers * case.readings, positions.get(number, 0)
        # The tables are counted one after the other; the last request may be committed in between.
        beside = {stored - confirmed, readings.get(number, 0) - confirmed}
        if not beside <= {0, case.readings}:
            raise Problem(
                f"{case.name}: {confirmed} readings of connection {number} were acknowledged, but "
                f"{stored} positions and {readings.get(number, 0)} values are stored."
            )
        acknowledged += confirmed
        in_flight += stored - confirmed
    return acknowledged, in_flight


def _now() -> datetime:
    """The time in UTC without time zone, as in the database."""
    return datetime.now(UTC).replace(tzinfo=None)


def _line(title: str, outcome: Outcome | None, readings: float | None, sql: float, demand: str) -> str:
    figures = ["–"] * 6
    if outcome:
        latencies = (f"{one:.1f}" for one in (outcome.p50, outcome.p95, outcome.p99))
        figures = [f"{outcome.rate:,.0f}", *latencies, f"{outcome.api:.2f}", f"{outcome.database:.2f}"]
    posted = f"{readings:,.0f}" if readings else ""
    cells = [title, figures[0], posted, *figures[1:], f"{sql:.2f}", demand]
    return f"| {' | '.join(cells)} |"
