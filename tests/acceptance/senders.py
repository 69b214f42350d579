"""Devices that number their readings, send each until it is acknowledged, and remember every answer."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from tests._lib.places import HOUR
from tests.http import callers

# What is promised is 2 s, also under a fault, so it is asserted: a device that waits for long keeps its radio
# on. The rest is for a machine of 2 cores that runs PostgreSQL, the API and all of its callers at once.
PROMISED_S, ALLOWANCE_S = 2.0, 1.0
PAUSE_S = 0.1  # shorter than Retry-After says: the end of a fault is to be seen soon
PATIENCE_S = 60
_ACKNOWLEDGED = {"stored", "duplicate"}
_hours = count(1)


@dataclass(frozen=True)
class Refusal:
    """An answer that acknowledges nothing."""

    status: int
    code: str
    retry_after: str | None
    seconds: float
    shape: frozenset[str]


@dataclass
class Sender:
    """One device, or one of several that speak for it: its readings are a millisecond apart from ``since``.

    ``each`` is how many go in one request; one goes to the route for one.
    """

    address: tuple[str, int]
    device: int
    since: datetime
    each: int = 1
    acknowledged: list[int] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unanswered: int = 0
    strange: list[str] = field(default_factory=list)
    sent: int = 0

    def run(self, stopped: Callable[[], bool]) -> None:
        """Send until told to stop; what was begun is sent until it is acknowledged."""
        while not stopped():
            numbers = range(self.sent + 1, self.sent + self.each + 1)
            self.sent += self.each
            self._until_acknowledged(numbers)

    def once(self) -> bool:
        """Send one more, once; whether it was acknowledged."""
        self.sent += self.each
        return self._try(self._body(range(self.sent + 1 - self.each, self.sent + 1)))

    def times(self) -> dict[int, datetime]:
        """When each reading sent was taken, by its number, as stored."""
        return {number: self._time(number).replace(tzinfo=None) for number in range(1, self.sent + 1)}

    def _until_acknowledged(self, numbers: range) -> None:
        body = self._body(numbers)
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if self._try(body):
                self.acknowledged.extend(numbers)
                return
            time.sleep(PAUSE_S)
        self.strange.append(f"{numbers} was never acknowledged")

    def _try(self, body: bytes) -> bool:
        began = time.monotonic()
        try:
            status, retry_after, answer = self._post(body)
        except (OSError, http.client.HTTPException):
            self.unanswered += 1
            return False
        seconds = time.monotonic() - began
        told = json.loads(answer)
        if status in (200, 201):
            return self._all_are_there(told)
        code = told.get("error_code", "")
        self.refusals.append(Refusal(status, code, retry_after, seconds, frozenset(told)))
        return False

    def _all_are_there(self, told: dict[str, Any]) -> bool:
        verdicts = [one["verdict"] for one in told.get("results", [told])]
        if len(verdicts) == self.each and set(verdicts) <= _ACKNOWLEDGED:
            return True
        self.strange.append(f"{verdicts} of {self.each}")
        return False

    def _post(self, body: bytes) -> tuple[int, str | None, bytes]:
        headers = {"Content-Type": "application/json", **callers.with_key(callers.INGEST_KEY)}
        path = "/v2/posicoes" if self.each == 1 else "/v2/posicoes/lote"
        with closing(http.client.HTTPConnection(*self.address, timeout=PATIENCE_S)) as connection:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers["Retry-After"], answer.read()

    def _body(self, numbers: range) -> bytes:
        readings = [self._reading(number) for number in numbers]
        return json.dumps(readings[0] if self.each == 1 else readings).encode()

    def _reading(self, number: int) -> dict[str, Any]:
        return {
            "cdDispositivo": self.device,
            "dtRegistro": self._time(number).isoformat(),
            "nrSeq": number,
            "nrBat": 3.6,
            "latitude": -23.5,
            "longitude": -46.6,
            "sensores": [{"cdSensor": self.device * 100 + 4, "nrValor": number / 8}],
        }

    def _time(self, number: int) -> datetime:
        return self.since + timedelta(milliseconds=number)


@dataclass
class Load:
    """Senders at work."""

    senders: Sequence[Sender]
    ending: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def stop(self) -> None:
        """Return when all that was begun is acknowledged."""
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def acknowledged(self) -> list[int]:
        """How many readings of each sender were, so far."""
        return [len(sender.acknowledged) for sender in self.senders]

    def besides(self, device: int) -> "Load":
        """The same without one device."""
        return Load([sender for sender in self.senders if sender.device != device])

    def refusals(self) -> list[Refusal]:
        return [refusal for sender in self.senders for refusal in sender.refusals]

    def unanswered(self) -> int:
        return sum(sender.unanswered for sender in self.senders)

    def all_go_on(self) -> float:
        """Return as soon as each sender was acknowledged something more; the seconds that took."""
        before, began = self.acknowledged(), time.monotonic()
        until(lambda: all(now > was for now, was in zip(self.acknowledged(), before, strict=True)))
        return time.monotonic() - began

    def some_are_refused(self, code: str, more: int = 5) -> None:
        """Return once so many more were refused with this code."""

        def seen() -> int:
            return sum(refusal.code == code for refusal in self.refusals())

        before = seen()
        until(lambda: seen() >= before + more)


@contextmanager
def sending(address: tuple[str, int], devices: Sequence[int]) -> Iterator[Load]:
    """Senders in threads, one for each device named, the same one perhaps several times; all of them work.

    Every other one sends ten readings at a time. They stop at the end of the block, when all is acknowledged.
    """
    since = HOUR - timedelta(hours=next(_hours))
    senders = [
        Sender(address, device, since + timedelta(seconds=number * 30), 1 + number % 2 * 9)
        for number, device in enumerate(devices)
    ]
    load = Load(senders)
    for sender in senders:
        load.threads.append(threading.Thread(target=sender.run, args=(load.ending.is_set,)))
        load.threads[-1].start()
    try:
        load.all_go_on()
        yield load
    finally:
        load.stop()


def until(condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Wait for a condition. AssertionError when it does not come to hold."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def check_answers(load: Load, *, unanswered: bool = False) -> None:
    """Each refusal is in the one shape, says when to come back, and came soon.

    All senders use one key: 429 is what exceeds its share of a process.
    """
    assert [text for sender in load.senders for text in sender.strange] == []
    for refusal in load.refusals():
        assert refusal.status == 503 or refusal.code == "TOO_MANY_REQUESTS", refusal
        assert refusal.shape == {"error", "error_code"}, refusal
        assert refusal.retry_after, refusal
        assert refusal.seconds < PROMISED_S + ALLOWANCE_S, refusal
    assert unanswered or load.unanswered() == 0


def check_stored(load: Load, cursor: Any) -> None:
    """What was sent is there, once, and its sensor's reading; nothing else of these senders is."""
    for sender in load.senders:
        assert sorted(sender.acknowledged) == list(range(1, sender.sent + 1))
    sent = sorted((sender.device, when, n) for sender in load.senders for n, when in sender.times().items())
    since, to = min(when for _, when, _ in sent), max(when for _, when, _ in sent)
    for table, number in (("TbPosicao", '"nrSeq"'), ("TbSensorRegistro", '("nrValor" * 8)::int')):
        query = f'select "cdDispositivo", "dtRegistro", {number} from "{table}"'
        assert _rows(cursor, f'{query} where "dtRegistro" between %s and %s', since, to) == sent, table


def _rows(cursor: Any, query: str, *values: Any) -> list[Any]:
    cursor.execute(query, values)
    return sorted(cursor.fetchall())
