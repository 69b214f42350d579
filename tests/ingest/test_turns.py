"""Turns of clients and devices. Comments name changes that should make a test fail."""

from collections import Counter
from queue import Empty

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingest.acks import Message
from app.ingest.turns import Load, Turns, heaviest
from app.readings.topics import Topic
from tests.ingest._messages import message

places = st.tuples(st.integers(1, 3), st.integers(1, 4))


def of(client: int, device: int, number: int = 0, size: int = 2) -> Message:
    made = message(number)
    made.place, made.payload = Topic(client, device, "telem"), b"x" * size
    return made


def given_out(turns: Turns, many: int) -> Counter[tuple[int, int]]:
    found = (turns.get(0).place for _ in range(many))
    return Counter((place.client, place.device) for place in found if place)


# Fails with one queue for all.
def test_a_flood_waits_behind_its_own_messages() -> None:
    turns = Turns()
    turns.put(of(1, 1) for _ in range(5_000))
    turns.put([of(2, 5), of(1, 2)])
    assert given_out(turns, 40)[2, 5] == 1
    assert given_out(turns, 40)[1, 2] == 1 or turns.waiting(1, 2) == 0
    assert turns.deferred["device"] + turns.deferred["client"] > 0


# Fails with turns for devices alone: a client with many devices would have most of them.
def test_clients_have_turns_and_devices_within_a_client() -> None:
    turns = Turns()
    for device in range(1, 31):
        turns.put(of(1, device) for _ in range(100))
    for device in (101, 102):
        turns.put(of(2, device) for _ in range(1_000))
    found = given_out(turns, 1_200)
    of_one = sum(many for (client, _), many in found.items() if client == 1)
    assert abs(of_one - 600) <= 32
    assert abs(found[2, 101] - found[2, 102]) <= 32
    assert max(found[1, device] for device in range(1, 31)) <= 32


# Fails with messages counted alike.
def test_large_messages_have_fewer_turns() -> None:
    turns = Turns()
    turns.put(of(1, 1, size=200 << 10) for _ in range(50))
    turns.put(of(2, 2) for _ in range(1_000))
    found = given_out(turns, 500)
    assert 1 <= found[1, 1] <= 4


@given(st.lists(st.tuples(places, st.integers(0, 70_000)), max_size=60))
def test_all_come_out_once_and_those_of_a_device_in_order(waiting: list[tuple[tuple[int, int], int]]) -> None:
    turns = Turns()
    turns.put(of(*place, number, size) for number, (place, size) in enumerate(waiting))
    found = [turns.get(0) for _ in waiting]
    with pytest.raises(Empty):
        turns.get(0)
    assert (len(turns), turns.loads()) == (0, [])
    assert sorted(one.mid for one in found) == list(range(len(waiting)))
    for place in {place for place, _ in waiting}:
        mine = [one.mid for one in found if one.place and one.place[:2] == place]
        assert mine == sorted(mine)


def test_what_waits_most_is_known() -> None:
    first, second = Turns(), Turns()
    first.put(of(1, 2) for _ in range(9))
    second.put([*(of(1, 3) for _ in range(4)), of(2, 5)])
    assert heaviest([first, second], 1)[:3] == [Load(1, None, 13), Load(1, 2, 9), Load(1, 3, 4)]
    assert heaviest([first, second], 5) == [Load(1, 2, 9), Load(1, None, 9)]


# Seen to fail: with messages counted, whatever their size.
def test_large_messages_are_much_that_waits() -> None:
    turns = Turns()
    large = [of(1, 2), of(1, 2)]
    for one in large:
        one.places = 30
    turns.put([*large, *(of(1, 3) for _ in range(50))])
    assert heaviest([turns], 1) == [Load(1, None, 110), Load(1, 2, 60), Load(1, 3, 50)]
    assert (len(turns), turns.places, turns.waiting(1, 2)) == (52, 110, 60)
    for _ in range(52):
        turns.get(0)
    assert (turns.places, turns.loads()) == (0, [])


# Seen to fail: with a client's own devices as its neighbours.
def test_who_has_neighbours() -> None:
    turns = Turns()
    turns.put(of(1, device) for device in (1, 2, 3))
    assert not turns.others(1, None, 0.0)
    assert turns.others(1, 1, 0.0)
    turns.put([of(2, 9)])
    assert turns.others(1, None, 0.0)
    given_out(turns, 4)
    assert turns.others(1, None, 0.0)
    assert not turns.others(1, None, 1.0), "long ago"
