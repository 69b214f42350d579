"""A database with the fleet in it, callers that speak to it as the application does, and its rows."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2 import extensions

from tests._lib.databases import Database
from tests.db import _fleet
from tests.db._element import PositionKey
from tests.db._fleet import CLIENT, execute
from tests.db._model import Current, Position, Reading, ReadingKey, canonical

ENTER = "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true); "
TIME_SERIES = ("TbPosicao", "TbSensorRegistro", "TbPosicaoAtual", "TbIngestaoErro")
STORED = (
    'series."TbPosicao"',
    'series."TbSensorRegistro"',
    'series."TbPosicaoFria"',
    'series."TbSensorRegistroFrio"',
    'series."TbRollupFrio"',
    '"TbPosicaoAtual"',
    '"TbIngestaoErro"',
)

POSITIONS = """
    select "cdDispositivo", "dtRegistro", "nrSeq",
           "cdCliente", "cdDestinatario", "dsLat", "dsLong", "nrPrecisao", "nrBat", "blArea", "nrDistancia"
    from "TbPosicao"
"""
READINGS = """
    select r."cdPosicao", p."cdDispositivo", p."dtRegistro", p."nrSeq", r."cdSensor", r."dtRegistro",
           r."cdDispositivo", r."cdCliente", r."cdProdutoItem", r."nrValor", r."blValor", r."dsValor",
           r."nrQualidade"
    from "TbSensorRegistro" r
    left join "TbPosicao" p on p."cdPosicao" = r."cdPosicao" and p."dtRegistro" = r."dtRegistro"
"""
CURRENT = """
    select a."cdDispositivo", p."cdDispositivo", p."dtRegistro", p."nrSeq", a."cdCliente",
           a."dsLat", a."dsLong", a."nrPrecisao", a."blArea", a."nrDistancia", a."dtCoordenada",
           a."nrSeqCoordenada",
           a."nrBat", a."dtBateria", a."nrSeqBateria"
    from "TbPosicaoAtual" a
    left join "TbPosicao" p on (p."cdPosicao", p."dtRegistro", p."nrSeq")
      is not distinct from (a."cdPosicao", a."dtRegistro", a."nrSeq")
"""


class Caller:
    """One identity on one connection of the application's login."""

    def __init__(self, url: str, **claims: str) -> None:
        self.claims = json.dumps({"role": "authenticated"} | claims)
        self.connection: extensions.connection = psycopg2.connect(url)
        self.connection.autocommit = True

    def call(self, function: str, **arguments: Any) -> Any:
        """Role, claims and call in one round trip; the transaction is the call unless one is open."""
        names = ", ".join(f"{name} => %s" for name in arguments)
        with self.connection.cursor() as cursor:
            cursor.execute(f"{ENTER} select public.{function}({names})", (self.claims, *arguments.values()))
            return cursor.fetchall()[0][0]

    def ingest(self, elements: Any, **options: bool) -> dict[str, Any]:
        """The batch RPC; `elements` is anything JSON, or JSON text as it is."""
        text = elements if isinstance(elements, str) else json.dumps(elements)
        return dict(self.call("insert_device_readings", p_readings=text, **options))

    @property
    def pid(self) -> int:
        return self.connection.get_backend_pid()


@dataclass(frozen=True)
class Lab:
    """The owner's connection, and a gateway that may ingest for CLIENT and its child."""

    database: Database
    owner: extensions.connection
    key: str
    gateway: Caller

    def reset(self) -> None:
        """Delete every reading, packed or not; the fleet remains."""
        parts = [f"d{n} as (delete from {table})" for n, table in enumerate(STORED)]
        self.sql(f"with {', '.join(parts)} select")

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement as the owner."""
        return execute(self.owner, statement, *values)

    @contextmanager
    def gateways(self, count: int) -> Iterator[list[Caller]]:
        """A second gateway with connections of its own."""
        with ExitStack() as stack:
            callers = [Caller(self.database.api_url, key_sha256=self.key) for _ in range(count)]
            for caller in callers:
                stack.enter_context(closing(caller.connection))
            yield callers

    @contextmanager
    def caller(self, *permissions: str, client: int = CLIENT, role: str = "default") -> Iterator[Caller]:
        """A new person of this client with a new key, or without one when it has no permissions."""
        user = _fleet.add_user(self.owner, client, role)
        key = _fleet.add_key(self.owner, user, *permissions) if permissions else None
        claims = {"key_sha256": key} if key else {"sub": user}
        caller = Caller(self.database.api_url, **claims)
        with closing(caller.connection):
            yield caller

    def wait_until_blocked(self, pid: int) -> None:
        """Returns once that backend waits for a lock; fails after ten seconds."""
        for _ in range(1000):
            if self.sql("select 1 from pg_locks where pid = %s and not granted", pid):
                return
            time.sleep(0.01)
        raise AssertionError("nobody waits")

    def positions(self) -> dict[PositionKey, Position]:
        return {PositionKey(*row[:3]): Position(*row[3:]) for row in self.sql(POSITIONS)}

    def position_ids(self) -> dict[PositionKey, int]:
        rows = self.sql('select "cdDispositivo", "dtRegistro", "nrSeq", "cdPosicao" from "TbPosicao"')
        return {PositionKey(*row[:3]): row[3] for row in rows}

    def readings(self) -> dict[ReadingKey, Reading]:
        """Readings with the key of their position; fails if that position does not exist."""
        found = {}
        for row in self.sql(READINGS):
            assert (row[0] is None) == (row[1] is None), f"orphan: {row}"
            owner = PositionKey(*row[1:4]) if row[0] is not None else None
            found[ReadingKey(*row[4:6])] = Reading(owner, *row[6:])
        return found

    def current(self) -> dict[int, Current]:
        return {row[0]: Current(PositionKey(*row[1:4]), *row[4:]) for row in self.sql(CURRENT)}

    def everything(self) -> list[list[tuple[Any, ...]]]:
        """Every row of every table that ingestion writes, to see whether anything changed."""
        tables = (*TIME_SERIES, "TbSensorVinculo", "TbDispositivoVinculo")
        return [self.sql(f'select t::text from "{table}" t order by 1') for table in tables]

    def quarantine(self) -> Counter[tuple[str, str]]:
        """How often each (reason, canonical element) came."""
        rows = self.sql(
            """select "dsMotivo", convert_from("dsPayload", 'UTF8'), "nrOcorrencias" from "TbIngestaoErro" """
        )
        counts: Counter[tuple[str, str]] = Counter()
        for reason, payload, times in rows:
            assert (reason, canonical(json.loads(payload))) not in counts, "two rows for one content"
            counts[reason, canonical(json.loads(payload))] = times
        return counts

    def quarantine_counts(self) -> list[int]:
        """How often each quarantined payload came, whatever it is."""
        return [
            times for (times,) in self.sql('select "nrOcorrencias" from "TbIngestaoErro" order by "cdErro"')
        ]


@contextmanager
def opened(database: Database, install: Callable[[Any], None] = _fleet.install) -> Iterator[Lab]:
    """A laboratory in this database."""
    with closing(psycopg2.connect(database.owner_url)) as owner:
        owner.autocommit = True
        install(owner)
        key = _fleet.add_key(owner, _fleet.add_user(owner, CLIENT), "ingest")
        gateway = Caller(database.api_url, key_sha256=key)
        with closing(gateway.connection):
            yield Lab(database, owner, key, gateway)


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs at one moment, each in a thread; their answers in order. The first error is raised."""
    barrier = threading.Barrier(len(jobs))

    def start(job: Callable[[], Any]) -> Any:
        barrier.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(60) for future in [pool.submit(start, job) for job in jobs]]


@contextmanager
def in_background(job: Callable[[], Any]) -> Iterator[Future[Any]]:
    """Run one job in a thread while the block runs."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(job)
