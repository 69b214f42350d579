"""Viewers of the stream that read nothing, for some seconds or for too long, beside one that reads."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from itertools import count

import psycopg2
import pytest

from tests._lib.databases import Database
from tests.http import callers
from tests.http.jobs.stream import Server, Viewer, streaming

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]

READER = callers.as_user(callers.READER)
FIRST, DEVICES = 100_000, 1_000  # a megabyte of positions: more than the kernel holds for a viewer
STALLED, ROUNDS, ROOM = 20, 8, 64 << 10
_MORE_DEVICES = """
    insert into "TbDispositivo" ("cdDispositivo", "cdCliente", "cdProduto", "cdDestinatario", "cdStatus")
    select %s + n, "cdCliente", "cdProduto", "cdDestinatario", 'ativo'
    from "TbDispositivo" cross join generate_series(0, %s - 1) n where "cdDispositivo" = 7
"""
_CHANGE = """
    update "TbPosicaoAtual" set "nrBat" = %s, "nrTransacao" = pg_current_xact_id() where "cdDispositivo" >= %s
"""


@pytest.fixture(scope="module")
def fleet(database: Database) -> Database:
    """The demo fleet, the callers, and a thousand devices more, all of which have reported."""
    callers.settle(database)
    now = datetime.now(UTC).isoformat()
    readings = [
        {"cdDispositivo": FIRST + n, "dtRegistro": now, "latitude": -23.5, "longitude": -46.6}
        for n in range(DEVICES)
    ]
    with closing(psycopg2.connect(database.owner_url)) as owner, owner, owner.cursor() as cursor:
        cursor.execute(_MORE_DEVICES, (FIRST, DEVICES))
        cursor.execute("select insert_device_readings(%s) -> 'stored'", (json.dumps(readings),))
        assert cursor.fetchone() == (DEVICES,)
    return database


@pytest.fixture
def change(fleet: Database) -> Iterator[Callable[[], float]]:
    """All of them report another voltage, which it returns."""
    numbers = count(1)
    with closing(psycopg2.connect(fleet.owner_url)) as owner, owner.cursor() as cursor:
        owner.autocommit = True

        def send() -> float:
            battery = 3 + next(numbers) / 1_000
            cursor.execute(_CHANGE, (battery, FIRST))
            return battery

        yield send


def _read_until(viewer: Viewer, battery: float) -> int:
    """Read until all of them show this voltage; how many positions of theirs that took."""
    rows = 0
    missing = set(range(FIRST, FIRST + DEVICES))
    while missing:
        event = viewer.event()
        if event.name == "positions":
            theirs = [row for row in event.data["data"] if row["cdDispositivo"] >= FIRST]
            rows += len(theirs)
            missing -= {row["cdDispositivo"] for row in theirs if row["nrBat"] == battery}
    return rows


# Seen to fail: with a queue of events for each viewer: by 98 MB, and by 10,000 positions; with a lock that is
# held while a viewer takes an event: the reader got nothing.
def test_who_reads_nothing_takes_no_memory_delays_nobody_and_then_gets_the_latest(
    fleet: Database, change: Callable[[], float]
) -> None:
    many = {"RASTRO_STREAM_MAX_PER_CALLER": str(STALLED + 1)}
    with streaming(fleet.api_url, **many) as server, ExitStack() as stack:
        reader = stack.enter_context(server.viewer(**READER))
        stalled = [  # each with a filter of its own, so that they share nothing that was encoded
            stack.enter_context(
                Server(server.port, room=ROOM).viewer(f"?circulo=-23.5,-46.6,{1_000 + n}", **READER)
            )
            for n in range(STALLED)
        ]
        _read_until(reader, change())
        before = server.memory()
        for _ in range(ROUNDS):
            battery = change()
            _read_until(reader, battery)
        assert server.memory() - before < 24 << 20
        assert server.open() == STALLED + 1
        # What was on its way, and the latest; nothing of the rounds between.
        assert max(_read_until(viewer, battery) for viewer in stalled) <= 3 * DEVICES


# Seen to fail: without TCP_USER_TIMEOUT.
def test_who_reads_nothing_for_too_long_is_cut_and_resumes_with_the_latest(
    fleet: Database, change: Callable[[], float]
) -> None:
    """Here that is two seconds, not a minute."""
    with (
        streaming(fleet.api_url, stalled_ms=2_000) as server,
        Server(server.port, room=ROOM).viewer(**READER) as stalled,
        server.viewer(**READER) as reader,
    ):
        _read_until(stalled, battery := change())
        _read_until(reader, battery)
        for _ in range(100):
            battery = change()
            _read_until(reader, battery)
            if server.open() == 1:
                break
            time.sleep(0.1)
        assert server.open() == 1
        stalled.to_the_end()
        battery = change()
        _read_until(reader, battery)
        with server.viewer(last=stalled, **READER) as resumed:
            assert resumed.event().data["resumed"] is True
            assert _read_until(resumed, battery) == DEVICES
