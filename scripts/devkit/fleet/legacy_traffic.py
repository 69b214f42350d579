"""Devices that report to the legacy application, so many a second, over several connections at once."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from .ledger import Ledger
from .legacy_application import Door, Reader, Report, Writer
from .legacy_fleet import LegacyFleet

FIRST_NUMBER = 1_000_000_000  # nrSeq of what is reported here: no row of a history has it
NEW_PLACE_EVERY = 10  # a report of so many is from where no device has been


def reports(fleet: LegacyFleet, first: int = 0) -> Iterator[Report]:
    """Reports of the devices in turn, without end."""
    for n in itertools.count(first):
        device = n % fleet.devices + 1
        latitude, longitude = fleet.place_of(device)
        if n % NEW_PLACE_EVERY == 0:
            latitude += (n // NEW_PLACE_EVERY % 9_000 + 1) / 100_000
        number = FIRST_NUMBER + n
        values = {s: number % 1_000_000 + s / 1_000 for s in fleet.sensors_of(device)}
        yield Report(device, round(latitude, 5), longitude, 3.3 + n % 40 / 100, number, values)


@dataclass
class Traffic:
    """What was sent so far: reports, and those of which all requests were answered."""

    ledger: Ledger
    sent: int = 0
    whole: int = 0
    calls: int = 0
    begun: float = 0.0


@contextmanager
def reporting(
    fleet: LegacyFleet,
    door: Callable[[], Door],
    rate: float,
    connections: int = 8,
    first: int = 0,
) -> Iterator[Traffic]:
    """While the block lasts, `rate` devices a second report. What is late is sent late, not left out."""
    traffic, stop, lock = Traffic(Ledger(), begun=monotonic()), threading.Event(), threading.Lock()
    source = reports(fleet, first)

    def work() -> None:
        writer = Writer(door(), traffic.ledger)
        while not stop.is_set():
            with lock:
                report, due = next(source), traffic.begun + traffic.sent / rate
                traffic.sent += 1
            if stop.wait(max(0.0, due - monotonic())):
                with lock:
                    traffic.sent -= 1
                return
            whole = writer.write(report)
            with lock:
                traffic.whole += whole
                traffic.calls += writer.calls
            writer.calls = 0

    with _threads([work] * connections, stop):
        yield traffic


@contextmanager
def looking(reader: Reader, pause: float = 0.0) -> Iterator[Reader]:
    """While the block lasts, everything is read again and again, with a pause of so many seconds."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            reader.read()
            stop.wait(pause)

    with _threads([work], stop):
        yield reader


@contextmanager
def _threads(works: list[Callable[[], None]], stop: threading.Event) -> Iterator[None]:
    problems: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as problem:
            problems.append(problem)
            stop.set()

    threads = [threading.Thread(target=guarded, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=60)
    if problems:
        raise problems[0]
