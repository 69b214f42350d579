"""A writer and a database that fails in every way. Comments name changes to the code that make it fail."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from app.errors import ApiError
from app.identity.principal import NOBODY, Principal
from app.ingest.acks import Acks, Message
from app.ingest.batch import Batch
from app.ingest.circuit import Circuit
from app.ingest.keeper import Keeper
from app.ingest.metrics import Metrics
from app.ingest.remarks import Remarks
from app.ingest.stop import Stop
from app.ingest.wire import Hints
from app.ingest.worker import Writer, inserting
from app.readings import digest, envelopes
from app.rpc import Answer
from tests.ingest._messages import message

AWAY = ApiError(503, "UNAVAILABLE", "away")
TIMEOUT = ApiError(503, "TIMEOUT", "slow")
FULL = ApiError(429, "TOO_MANY_REQUESTS", "full", retry_after=3600)
REFUSED = ApiError(400, "INVALID_PARAMETER", "no")


class Base:
    """Answers as the RPC does; `fails` says for which readings it does not. Keeps what it was given."""

    def __init__(self, fails: Callable[[list[Any], int], ApiError | None]) -> None:
        self.fails, self.calls = fails, 0
        self.stored: list[Any] = []

    def call(self, name: str, _principal: Principal, /, **arguments: Any) -> Answer:
        assert name == "insert_device_messages"
        readings = json.loads(arguments["p_readings"])
        self.calls += 1
        if error := self.fails(readings, self.calls):
            raise error
        self.stored.extend(readings)
        told = {"stored": len(readings), "duplicate": 0, "conflict": 0, "rejected": 0, "committedAt": 1.0}
        return Answer(msgspec.Raw(json.dumps(told | {"results": [], "messages": []}).encode()))

    def ready(self) -> bool:
        return True

    def close(self) -> None:
        pass


class Once:
    """A collector with one batch."""

    def __init__(self, messages: list[Message], stop: Stop) -> None:
        self._batches, self._stop = [messages], stop

    def collect(self, _wait_s: float) -> Batch:
        batch = Batch()
        for one in self._batches.pop() if self._batches else []:
            assert one.content is not None
            batch.add(one, one.content)
        if not batch.messages:
            self._stop.asked.set()
        return batch

    def committed(self, _seconds: float, _readings: int) -> None:
        pass


def written(
    base: Base, messages: list[Message], seconds: float = 20, *, reconnected: bool = False
) -> list[int]:
    """What was acknowledged, in order, once a writer has done what it can."""
    sent: list[int] = []
    acks, stop = Acks(sent.extend, 100), Stop(seconds)
    acks.connected()
    for one in messages:
        one.acks = acks
    acks.expect(messages)
    if reconnected:
        acks.connected()
    stop._until = stop._clock() + seconds
    circuit, metrics, remarks = Circuit(chance=lambda: 0.0), Metrics(), Remarks()
    insert = inserting(base, NOBODY)
    keeper = Keeper(insert, metrics, remarks, stop)
    for one in messages:
        if one.content and one.content.fault:
            keeper.aside(one)
    readable = [one for one in messages if one.content and not one.content.fault]
    Writer("writer", Once(readable, stop), insert, keeper.aside, circuit, metrics, remarks, stop).run()
    stop.asked.set()
    keeper.run()
    assert not stop.failed.is_set()
    return sent


def numbers(stored: list[Any]) -> list[int]:
    return [one["nrSeq"] for one in stored if "nrSeq" in one]


# Fails when done() comes before the call.
def test_nothing_is_acknowledged_before_it_is_committed() -> None:
    base = Base(lambda _readings, call: AWAY if call < 3 else None)
    assert written(base, [message(n) for n in range(5)]) == list(range(5))
    assert (base.calls, numbers(base.stored)) == (3, list(range(5)))


# Fails when a refused batch is tried again as it is, and when the culprit is not quarantined.
def test_a_batch_that_is_refused_is_halved_until_the_culprit_stands_alone() -> None:
    base = Base(lambda readings, _call: REFUSED if {"nrSeq": 5} in readings else None)
    assert written(base, [message(n) for n in range(9)]) == list(range(9))
    assert sorted(numbers(base.stored)) == [0, 1, 2, 3, 4, 6, 7, 8]
    (wrapper,) = [one for one in base.stored if "$payload" in one]
    assert (wrapper["$error"], wrapper["cdCliente"]) == ("The database refused it: no", 1)
    assert (wrapper["cdDispositivo"], wrapper["$topico"]) == (5, "rastro/1/x/5/telem")


# Fails without TIMEOUT in _divide().
def test_a_batch_that_takes_too_long_is_halved() -> None:
    base = Base(lambda readings, _call: TIMEOUT if len(readings) > 2 else None)
    assert written(base, [message(n) for n in range(8)]) == list(range(8))
    assert sorted(numbers(base.stored)) == list(range(8))


# Fails when a message is given up that could not be quarantined either.
@pytest.mark.parametrize(
    "error", [AWAY, REFUSED, ApiError(500, "INTERNAL", "x"), ApiError(401, "UNAUTHORIZED", "x")]
)
def test_a_database_that_takes_nothing_gets_nothing_acknowledged(error: ApiError) -> None:
    base = Base(lambda _readings, _call: error)
    assert written(base, [message(n) for n in range(3)], seconds=0.5) == []
    assert base.stored == []


# Fails when what is queued is forgotten because the broker might send it again: it might also have lost it.
def test_what_came_by_an_earlier_connection_is_stored_but_not_acknowledged() -> None:
    base = Base(lambda _readings, _call: None)
    assert written(base, [message(1), message(2)], reconnected=True) == []
    assert numbers(base.stored) == [1, 2]


def unreadable(number: int) -> Message:
    made = message(number)
    made.content = envelopes.refused("MALFORMED", "not readable")
    made.hints = Hints(
        encoding="gzip", user=(("content-encoding", "gzip"), ("firmware", "7"), ("x" * 500, "y" * 500))
    )
    return made


# Fails when what cannot be read is kept without what is known of it.
def test_what_cannot_be_read_is_kept_with_all_that_is_known_of_it() -> None:
    base = Base(lambda _readings, _call: None)
    assert written(base, [message(1), unreadable(2), message(3)]) == [1, 2, 3]
    (kept,) = [one for one in base.stored if "$payload" in one]
    assert (kept["cdCliente"], kept["cdDispositivo"], kept["$topico"]) == (1, 2, "rastro/1/x/2/telem")
    properties = kept["$propriedades"]
    assert properties.pop("received-at") == "1970-01-01T00:00:00+00:00"
    assert properties == {"content-encoding": "gzip", "firmware": "7", "x" * 128: "y" * 128}


# Fails when the keeper waits for the one that the quarantine does not take, and when that one is given up.
@pytest.mark.parametrize("error", [REFUSED, TIMEOUT, FULL, ApiError(500, "INTERNAL", "x")])
def test_whatever_the_quarantine_says_of_one_the_others_are_kept(error: ApiError) -> None:
    head = digest.Digest.of(b"2").head

    def fails(readings: list[Any], _call: int) -> ApiError | None:
        return error if any(one.get("$payload") == head and "$topico" in one for one in readings) else None

    base = Base(fails)
    messages = [unreadable(n) for n in range(5)]
    messages[2].payload = b"2"
    assert written(base, [*messages, message(9)]) == [0, 1, 2, 3, 4, 9]
    kept = [one["cdDispositivo"] for one in base.stored if "$payload" in one]
    assert sorted(kept) == [0, 1, 2, 3, 4]
    assert kept[-1] == 2, "in the end without topic and properties"


# Fails when a full quarantine opens the circuit of the writers.
def test_a_full_quarantine_stops_no_reading() -> None:
    base = Base(
        lambda readings, _call: (
            FULL if any("$payload" in one or one == {"nrSeq": 3} for one in readings) else None
        )
    )
    sent = written(base, [message(n) for n in range(3)] + [message(3), unreadable(4), message(5)], seconds=2)
    assert numbers(base.stored) == [0, 1, 2, 5]
    assert sent == [0, 1, 2]


# Fails when a message alone is quarantined for a database that refuses everything.
def test_a_database_that_refuses_everything_is_waited_for() -> None:
    base = Base(lambda _readings, call: ApiError(500, "INTERNAL", "x") if call < 6 else None)
    assert written(base, [message(n) for n in range(3)]) == [0, 1, 2]
    assert numbers(base.stored) == [0, 1, 2]


# Fails without the limit, and when nobody says how many lines were left out.
def test_a_flood_of_rubbish_does_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    now = [100.0]
    remarks = Remarks(lambda: now[0])
    with caplog.at_level("WARNING", "app.ingest"):
        for _ in range(1_000):
            remarks.quarantined(message(7), "MALFORMED", "no")
        now[0] += 1
        remarks.quarantined(message(8), "MALFORMED", "no")
    lines = [record.fields for record in caplog.records]
    assert len(lines) == 6
    assert lines[0] == {
        "topic": "rastro/1/x/7/telem", "client": 1, "device": 7, "bytes": 2, "error_code": "MALFORMED",
        "error": "no",
    }  # fmt: skip
    assert lines[-1]["left_out"] == 995
