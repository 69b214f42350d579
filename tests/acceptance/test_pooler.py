"""200 clients behind a transaction pooler with 10 connections: each is answered as itself, always."""

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import msgspec
import psycopg2
import pytest

from app.errors import ApiError
from app.identity.principal import Principal
from app.rpc.pool import Pool
from app.rpc.postgres import PostgresBackend
from tests._lib import pooler
from tests._lib.databases import Database
from tests.http import callers

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

CLIENTS, CONNECTIONS, ROUNDS = 200, 10, 12
TIMEOUT_MS = 60_000  # this is about whose answer it is; with 20 clients a connection some wait
OWN, FOREIGN = 1, 17  # devices of the first client and of the second
SINCE = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)


def _key(text: str) -> Principal:
    return Principal("key", hashlib.sha256(text.encode()).hexdigest())


READERS = [Principal("user", person) for person in (*callers.PEOPLE, callers.STRANGER)] + [
    _key(callers.READ_KEY),
    _key(callers.INGEST_KEY),
]
WRITERS = {_key(callers.INGEST_KEY): OWN, Principal("user", callers.OTHER_ADMIN): FOREIGN}


@pytest.fixture(scope="module")
def direct(database: Database) -> Iterator[PostgresBackend]:
    """The oracle: one caller at a time, without a pooler; every device has reported once."""
    callers.settle(database)
    pool = Pool(database.api_url, 1, wait_s=1, connect_timeout_s=5)
    with closing(PostgresBackend(pool, TIMEOUT_MS, TIMEOUT_MS)) as backend:
        service = Principal("user", callers.SERVICE)
        first = [{"cdDispositivo": device, "nrBat": 3.6} for device in range(1, 25)]
        backend.call("insert_device_readings", service, p_readings=msgspec.json.encode(first).decode())
        yield backend


@pytest.fixture(scope="module")
def pooled(database: Database, direct: PostgresBackend) -> Iterator[PostgresBackend]:
    with pooler.serving(database, CONNECTIONS) as url:
        pool = Pool(url, CLIENTS, wait_s=20, connect_timeout_s=20)  # more than a caller's share
        with closing(PostgresBackend(pool, TIMEOUT_MS, TIMEOUT_MS)) as backend:
            yield backend


def seen_by(backend: PostgresBackend, caller: Principal) -> Any:
    """Whose devices this caller is shown, and for which clients; or why not."""
    try:
        answer = backend.call("get_posicoes_atuais", caller)
    except ApiError as error:
        return error.error_code
    rows = msgspec.json.decode(answer.json)
    return answer.clients, sorted(row["cdDispositivo"] for row in rows)


def send(backend: PostgresBackend, caller: Principal, device: int, number: int) -> tuple[str, ...]:
    """One reading of this device and one of somebody else's: the verdicts, or why there is none."""
    when = (SINCE + timedelta(milliseconds=number)).isoformat()
    readings = [
        {"cdDispositivo": code, "dtRegistro": when, "nrSeq": number, "nrBat": 3.5}
        for code in (device, OWN + FOREIGN - device)
    ]
    text = msgspec.json.encode(readings).decode()
    answer = backend.call("insert_device_readings", caller, p_readings=text)
    return tuple(one["verdict"] for one in msgspec.json.decode(answer.json)["results"])


def left_behind(pool: Pool) -> Any:
    """Who a statement is that says nothing of itself, and what of others it finds."""
    with pool.connection() as connection, connection.cursor() as cursor:
        cursor.execute(
            "select current_user, coalesce(current_setting('request.jwt.claims', true), ''),"
            " current_setting('statement_timeout'), current_setting('lock_timeout'),"
            " coalesce(current_setting('rastro.clientes', true), '')"
        )
        return cursor.fetchone()


def untouched(database: Database) -> Any:
    """The same on a connection that nobody ever used."""
    with closing(Pool(database.api_url, 1, wait_s=1, connect_timeout_s=5)) as pool:
        return left_behind(pool)


class Connected:
    """Watches, while the block lasts, how many connections the application has to the database itself."""

    def __init__(self, database: Database) -> None:
        self._url = database.admin_url
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.most = 0

    def __enter__(self) -> "Connected":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        query = "select from pg_stat_activity where usename = 'rastro_api' and datname = current_database()"
        with closing(psycopg2.connect(self._url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            while not self._over.wait(0.05):
                cursor.execute(query)
                self.most = max(self.most, cursor.rowcount)


def stored(database: Database) -> list[tuple[int, int]]:
    """Device and number of every numbered reading that is there."""
    with closing(psycopg2.connect(database.admin_url)) as connection, connection.cursor() as cursor:
        cursor.execute('select "cdDispositivo", "nrSeq" from "TbPosicao" where "nrSeq" is not null')
        return sorted(cursor.fetchall())


def mistaken(
    backend: PostgresBackend, number: int, reader: Principal, writer: Principal, right: Any, start: Any
) -> list[Any]:
    """One client's work, begun together with all others: every answer that was not the right one."""
    start.wait()
    answers: list[Any] = []
    for turn in range(number * ROUNDS, (number + 1) * ROUNDS):
        answers += [
            (seen_by(backend, reader), right[reader]),
            (send(backend, writer, WRITERS[writer], turn), ("stored", "rejected")),
            (left_behind(backend._pool), right[None]),
        ]
    return [pair for pair in answers if pair[0] != pair[1]]


# Seen to fail: with false instead of true for role, claims or lock_timeout in app/rpc/postgres.py.
def test_no_client_is_taken_for_another(
    pooled: PostgresBackend, direct: PostgresBackend, database: Database
) -> None:
    right: dict[Any, Any] = {caller: seen_by(direct, caller) for caller in READERS}
    assert len({str(answer) for answer in right.values()}) >= 5, "callers who see the same prove less"
    right[None] = untouched(database)
    direct.close()  # or its connection would be counted
    start = threading.Barrier(CLIENTS)
    clients = list(zip(range(CLIENTS), cycle(READERS), cycle(WRITERS)))
    with Connected(database) as connected, ThreadPoolExecutor(CLIENTS) as threads:
        running = [threads.submit(mistaken, pooled, *client, right, start) for client in clients]
        assert [answer for one in running for answer in one.result()] == []
    assert 1 < connected.most <= CONNECTIONS
    assert stored(database) == sorted(
        (WRITERS[writer], turn)
        for number, _, writer in clients
        for turn in range(number * ROUNDS, (number + 1) * ROUNDS)
    )
