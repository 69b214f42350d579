"""A writer and a database that fails in every way. Comments name changes to the code that make it fail."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from app.errors import ApiError
from app.identity.principal import NOBODY, Principal
from app.ingest.acks import Acks
from app.ingest.batch import Batch, Message
from app.ingest.circuit import Circuit
from app.ingest.metrics import Metrics
from app.ingest.worker import Stop, Writer
from app.rpc import Answer
from tests.ingest._messages import message

AWAY = ApiError(503, "UNAVAILABLE", "away")
TIMEOUT = ApiError(503, "TIMEOUT", "slow")
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

    def committed(self, _seconds: float) -> None:
        pass


def written(
    base: Base, messages: list[Message], seconds: float = 20, *, reconnected: bool = False
) -> list[int]:
    """What was acknowledged, in order, once a writer has done what it can."""
    sent: list[int] = []
    acks, stop = Acks(sent.append, 100), Stop(seconds)
    acks.connected()
    for one in messages:
        acks.expect(one)
    if reconnected:
        acks.connected()
    stop._until = stop._clock() + seconds
    circuit = Circuit(chance=lambda: 0.0)
    Writer("writer", Once(messages, stop), acks, base, NOBODY, circuit, Metrics(), stop).run()
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
