"""Acknowledgements in the order of arrival, never across a reconnect. Comments: changes that make it fail."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingest.acks import Acks, Message, finish
from tests.ingest._messages import message


def begun() -> tuple[Acks, list[int]]:
    sent: list[int] = []
    acks = Acks(sent.extend, 12)
    acks.connected()
    return acks, sent


def expected(acks: Acks, count: int, first: int = 1) -> list[Message]:
    messages = [message(n, session=acks.session) for n in range(first, first + count)]
    assert acks.expect(messages) == count
    return messages


# Fails when done() sends what it is given.
@given(st.permutations(range(12)), st.lists(st.integers(1, 4), min_size=12, max_size=12))
def test_whatever_is_done_first_they_go_in_order(order: list[int], sizes: list[int]) -> None:
    acks, sent = begun()
    messages = expected(acks, 12)
    left = list(order)
    for size in sizes:
        acks.done([messages[place] for place in left[:size]])
        left = left[size:]
        done = set(order) - set(left)
        assert sent == [one.mid for place, one in enumerate(messages) if set(range(place + 1)) <= done]
    assert acks.held == 0


# Fails without clear() in connected().
def test_numbers_of_an_earlier_connection_mean_nothing() -> None:
    acks, sent = begun()
    old = expected(acks, 2)
    acks.disconnected()
    acks.done(old[:1])
    acks.connected()
    new = expected(acks, 2)
    acks.done(old)
    assert sent == []
    acks.done(new)
    assert sent == [1, 2]


# Fails when what is left of an earlier connection is not counted, or counted again when it is done.
def test_what_is_left_of_an_earlier_connection_takes_room_until_it_is_committed() -> None:
    acks, sent = begun()
    old = expected(acks, 5)
    acks.done(old[1:2])
    acks.connected()
    new = expected(acks, 2)
    assert acks.held == 4 + 2
    acks.done([*old[2:], new[1]])
    assert acks.held == 1 + 2
    acks.connected()
    assert acks.held == 1 + 1
    acks.done([old[0], new[0]])
    assert (acks.held, sent) == (0, [])


# Fails without notify() in done(), and without it in close().
def test_whoever_brings_too_many_waits_until_there_is_room() -> None:
    acks, sent = begun()
    messages = expected(acks, 12)
    with ThreadPoolExecutor() as threads:
        one_more = threads.submit(acks.expect, [message(13)])
        with pytest.raises(TimeoutError):
            one_more.result(0.1)
        acks.done(messages[:1])
        assert one_more.result(5)
        another = threads.submit(acks.expect, [message(14)])
        with pytest.raises(TimeoutError):
            another.result(0.1)
        acks.close()
        assert not another.result(5)
    assert (sent, acks.held) == ([1], 12)


# Fails when all are taken, and when what there is no room for is waited for with the first in hand.
def test_of_many_as_many_are_taken_as_there_is_room_for() -> None:
    acks, sent = begun()
    first = expected(acks, 10)
    more = [message(n) for n in range(11, 16)]
    assert acks.expect(more) == 2
    acks.done(first[:3])
    assert acks.expect(more[2:]) == 3
    assert (sent, acks.held, acks.full) == ([1, 2, 3], 12, 0)


# Seen to fail: with messages counted, whatever their size; with places of acknowledged messages, of those
# that were done before a reconnect, or of those that came before it, kept for ever.
def test_large_messages_leave_room_for_fewer() -> None:
    acks, sent = begun()
    made = [message(n, session=1) for n in range(1, 9)]
    for one in made:
        one.places = 5
    assert acks.expect(made) == 3
    assert (acks.held, acks.is_full) == (3, True)
    acks.done([made[0]])
    assert acks.expect(made[3:]) == 1
    acks.done([made[2]])
    acks.connected()
    assert (sent, acks.is_full, acks.held) == ([1], False, 2)
    assert acks.expect([message(1, session=2), message(2, session=2), message(3, session=2)]) == 2
    acks.done([made[1], made[3]])
    new = [message(n, session=2) for n in range(3, 13)]
    assert acks.expect([*new, message(13, session=2)]) == 10


# Fails with the acknowledgements of one session sent by another.
def test_each_message_is_acknowledged_where_it_came_from() -> None:
    one, sent_by_one = begun()
    other, sent_by_other = begun()
    messages = [message(n) for n in range(4)]
    for place, each in enumerate(messages):
        each.acks = (one, other)[place % 2]
        each.acks.expect([each])
    finish(messages)
    assert (sent_by_one, sent_by_other) == ([0, 2], [1, 3])
