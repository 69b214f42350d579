"""Callers of PostgREST beside each other: its pool of connections, here ten as by default, and who has them.

Each request has a connection from the first statement to the last. Whoever finds none free waits in line.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from queue import Queue
from threading import Semaphore

import pytest

from tests._lib.databases import Database
from tests.db.access._isolation import CALLERS, Caller, Outcome, person
from tests.db.access._postgrest import Gateway, RestWorld, opened, request_of

SIZE, OF_A_CALLER, OF_A_CLIENT, OF_A_STRANGER = 10, 6, 8, 2
SENT = 12
CHEAP = 'select "cdProduto" from "TbProduto" order by 1'
# It ends when the test lets it.
SLOW = "select pg_advisory_xact_lock_shared(4711)"
ENDLESS = 'select count(*) from "TbProduto" p, generate_series(1, 1e12::bigint) n where n * 2 = p."cdProduto"'


class Pool:
    """Connections of PostgREST, and threads that use them."""

    def __init__(self, database: Database, stack: ExitStack) -> None:
        self._free: Queue[Gateway] = Queue()
        self.threads = stack.enter_context(ThreadPoolExecutor(64))
        self.answered = Semaphore(0)
        for _ in range(SIZE):
            self._free.put(stack.enter_context(opened(database)))

    def send(self, caller: Caller, statement: str, time: str = "60s") -> Future[Outcome]:
        """`time`: instead of 8 s, which slow statements of tests would exceed, or tests would wait for."""
        return self.threads.submit(self._answer, caller, statement, time)

    def _answer(self, caller: Caller, statement: str, time: str) -> Outcome:
        gateway = self._free.get(timeout=60)
        gateway.settings["authenticated"] |= {"lock_timeout": "0", "statement_timeout": time}
        try:
            return gateway.ask(request_of(caller, statement), statement)
        finally:
            self._free.put(gateway)
            self.answered.release()


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[RestWorld]:
    with RestWorld(database) as world:
        for caller in NEWCOMERS:  # each gets a profile without a client
            world.sql("insert into auth.users (id) values (%s) returning 1", caller.claims["sub"])
        yield world


@pytest.fixture
def pool(world: RestWorld) -> Iterator[Pool]:
    with ExitStack() as stack:
        yield Pool(world.database, stack)


@contextmanager
def held_up(world: RestWorld) -> Iterator[None]:
    """While it lasts, slow statements do not end."""
    world.sql("select pg_advisory_lock(4711)")
    try:
        yield
    finally:
        world.sql("select pg_advisory_unlock(4711)")


NEWCOMERS = [Caller({"sub": person(90_000 + number)}) for number in range(1, 9)]
CROWDS = {
    "a person": ([CALLERS["admin1"]], OF_A_CALLER),
    "a key": ([CALLERS["key-read1"]], OF_A_CALLER),
    "a device": ([CALLERS["tracker1"]], OF_A_CALLER),
    "all of a client": (
        [CALLERS[name] for name in ("reader1", "admin1", "key-read1", "key-ingest1")],
        OF_A_CLIENT,
    ),
    "people whom nobody knows": ([CALLERS["unknown"], CALLERS["unset"]], 2 * OF_A_STRANGER),
    "people without a client": (NEWCOMERS, OF_A_CLIENT),
}


# Seen to fail: without take_share() in admit_caller(), as nobody was served before the slow ones ended.
@pytest.mark.parametrize("crowd", CROWDS)
def test_nobody_has_all_connections(world: RestWorld, pool: Pool, crowd: str) -> None:
    callers, most = CROWDS[crowd]
    with held_up(world):
        slow = [pool.send(caller, SLOW) for caller in callers for _ in range(SENT)]
        for _ in range(len(slow) - most):
            assert pool.answered.acquire(timeout=30), "more than its share is kept"
        refused = [one.result() for one in slow if one.done()]
        assert {(one.state, one.hint, one.detail) for one in refused} == {("PT503", "BUSY", "1")}
        assert pool.send(CALLERS["admin2"], CHEAP).result(timeout=30).rows == [(201,)]
    assert [one.result().state for one in slow].count("") == most
    assert pool.send(callers[0], CHEAP).result(timeout=30).state == "", "slots are given back"


# Seen to fail: with the share of a caller, six, for people without a client: two of them had all eight.
def test_two_people_without_a_client_keep_no_other_from_joining_one(world: RestWorld, pool: Pool) -> None:
    with held_up(world):
        slow = [pool.send(caller, SLOW) for caller in NEWCOMERS[:2] for _ in range(SENT)]
        for _ in range(len(slow) - 2 * OF_A_STRANGER):
            assert pool.answered.acquire(timeout=30), "more than its share is kept"
        joining = pool.send(NEWCOMERS[2], "select public.entrar_em_cliente('no-such-code')").result(
            timeout=30
        )
        assert joining.state not in ("", "PT503"), joining
    assert [one.result().state for one in slow].count("") == 2 * OF_A_STRANGER


def test_the_service_has_no_share(world: RestWorld, pool: Pool) -> None:
    """The application itself, and the gateway, which send what comes from everybody."""
    with held_up(world):
        slow = [pool.send(CALLERS["key-gateway"], SLOW) for _ in range(SIZE)]
    assert [one.result().state for one in slow] == [""] * SIZE


# Seen to fail: without statement_timeout among the settings of the role.
def test_what_reads_for_ever_is_ended_while_others_are_served(pool: Pool) -> None:
    """A filter without an index reads everybody's rows: the time of a statement bounds it, in any role."""
    endless = [pool.send(CALLERS["reader1"], ENDLESS, "700ms") for _ in range(SENT)]
    for _ in range(SENT):
        assert pool.send(CALLERS["admin2"], CHEAP).result(timeout=30).rows == [(201,)]
    assert {one.result(timeout=60).state for one in endless} == {"57014", "PT503"}
