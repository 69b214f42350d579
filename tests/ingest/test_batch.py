"""Batches close by count, bytes or age, or when waiting does not pay. Comments: changes that make it fail."""

from collections import deque
from queue import Empty

from app.ingest.acks import Message
from app.ingest.batch import MOST_BYTES, Collector
from app.readings import envelopes
from app.readings.envelopes import Content
from tests.ingest._messages import message


class Arrivals:
    """A source and a clock: messages come when their time has."""

    def __init__(self, *messages: Message) -> None:
        self.waiting = deque(messages)
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def get(self, timeout: float) -> Message:
        if self.waiting and self.waiting[0].arrived <= self.now + timeout:
            self.now = max(self.now, self.waiting[0].arrived)
            return self.waiting.popleft()
        self.now += timeout
        raise Empty


def _content(one: Message) -> Content:
    assert one.content is not None
    return one.content


def _unwanted(one: Message) -> None:
    raise AssertionError(one)


def collector(arrivals: Arrivals, most: int = 10, aside: list[Message] | None = None) -> Collector:
    return Collector(
        arrivals, _content, aside.append if aside is not None else _unwanted, most, 0.25, arrivals.clock
    )


def numbers(found: list[Message]) -> list[int]:
    return [one.mid for one in found]


def test_a_full_batch_goes_at_once() -> None:
    arrivals = Arrivals(*(message(n) for n in range(25)))
    full = collector(arrivals)
    assert [numbers(full.collect(1).messages) for _ in range(3)] == [
        list(range(10)), list(range(10, 20)), list(range(20, 25)),
    ]  # fmt: skip


def test_a_message_with_several_readings_counts_them() -> None:
    full = collector(Arrivals(*(message(n, readings=4) for n in range(5))))
    assert full.collect(1).readings == 12


# Fails with the age counted from when the batch was begun.
def test_no_message_waits_longer_than_the_age() -> None:
    arrivals = Arrivals(*(message(n, arrived=n * 0.1) for n in range(9)))
    arrivals.now = 0.2  # the writer was busy
    slow = collector(arrivals)
    slow.committed(60, 9_000)
    assert numbers(slow.collect(1).messages) == [0, 1, 2]
    assert arrivals.now == 0.25


# Fails with a linger that does not depend on the last commit.
def test_waiting_costs_no_more_than_a_commit_does() -> None:
    arrivals = Arrivals(*(message(n, arrived=n * 0.01) for n in range(50)))
    quick = collector(arrivals, 100)
    quick.committed(0.02, 1)
    assert numbers(quick.collect(1).messages) == [0, 1, 2]
    assert collector(arrivals, 100).collect(1).messages, "and nothing while nothing is known"


# Fails without MOST_BYTES.
def test_large_readings_make_small_batches() -> None:
    large = [message(n) for n in range(9)]
    for one in large:
        one.content = Content(["x" * (MOST_BYTES // 3)], [])
    assert len(collector(Arrivals(*large)).collect(1).messages) == 4


def test_nothing_comes() -> None:
    arrivals = Arrivals()
    assert collector(arrivals).collect(0.2).messages == []
    assert arrivals.now == 0.2


# Fails when what cannot be read goes with the others.
def test_what_cannot_be_read_goes_aside() -> None:
    messages = [message(n) for n in range(6)]
    for one in messages[::2]:
        one.content = envelopes.refused("MALFORMED", "no")
    aside: list[Message] = []
    found = collector(Arrivals(*messages), aside=aside).collect(1)
    assert (numbers(found.messages), numbers(aside)) == ([1, 3, 5], [0, 2, 4])


# Fails without _limit: whoever comes next waits for 800 readings, whatever each of them costs.
def test_slow_commits_make_small_batches_and_quick_ones_full_batches_again() -> None:
    one = collector(Arrivals(*(message(n) for n in range(2_000))), 160)

    def size() -> int:
        return one.collect(1).readings

    assert size() == 160
    one.committed(0.8, 160)
    assert size() == 80
    one.committed(8, 80)
    assert size() == 10, "no less than a sixteenth"
    sizes = []
    for _ in range(5):
        one.committed(0.01, one._limit)
        sizes.append(size())
    assert sizes == [20, 40, 80, 160, 160]
