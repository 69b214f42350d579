"""Whom the broker lets in while connections are few. Comments name changes that make a test fail."""

from collections.abc import Collection
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from app.jobs.broker_seats import Seats, group, level

A, B, C = 1, 2, 3
LOGINS = [str(number) for number in range(200)]


class Scene:
    """100 connections, and a clock of its own."""

    def __init__(self, most: int = 100) -> None:
        self.now, self.told, self.connected = 0.0, 0, dict[int, list[str]]()
        self.seats = Seats(most, self._tell, lambda: self.now)

    def _tell(self) -> None:
        self.told += 1

    def report(self, *, beside: int = 0) -> None:
        """``beside``: connections of which nobody knows whose they are."""
        known = sum(map(len, self.connected.values()))
        self.seats.report(known + beside, lambda: self.connected)

    def out(self, client: int, logins: Collection[str] = LOGINS) -> list[str]:
        return [login for login in logins if not self.seats.lets_in(client, login)]


# Seen to fail: with all clients cut alike; with the newest connections kept; without the time that it lasts.
def test_who_has_most_is_cut_for_a_time_and_keeps_its_oldest_connections() -> None:
    scene = Scene()
    scene.connected = {A: LOGINS[:79], B: LOGINS[100:110]}
    scene.report()
    assert (scene.told, scene.out(A)) == (0, [])
    scene.connected[C] = LOGINS[120:121]
    scene.report()
    assert scene.told == 1
    assert scene.out(A) == LOGINS[64:], "also those that are not connected now"
    assert scene.out(B) == scene.out(C) == []
    scene.connected[A] = LOGINS[:64]
    scene.now = 599.0
    scene.report()
    assert scene.told == 1
    scene.now = 600.0
    scene.report()
    assert (scene.told, scene.out(A)) == (2, [])


# Seen to fail: with what is left of the first cut let in by the second.
def test_who_fills_up_next_is_cut_too() -> None:
    scene = Scene()
    scene.connected = {A: LOGINS[:90]}
    scene.report()
    assert len(scene.out(A)) == 200 - 75
    scene.connected = {A: LOGINS[:75], B: LOGINS[100:120]}
    scene.report()
    assert (len(scene.out(A)), scene.out(B)) == (200 - 55, [])


# Seen to fail: without the limit of 0.
def test_without_a_limit_nobody_is_cut() -> None:
    scene = Scene(0)
    scene.connected = {A: LOGINS}
    scene.report()
    assert (scene.told, scene.out(A)) == (0, [])


# Seen to fail: with those that are known; with all groups at once; with another time right after it; with an
# end as soon as there is room because a group has to connect again.
def test_those_that_nobody_knows_connect_once_more_in_groups() -> None:
    scene = Scene()
    scene.connected = {A: LOGINS[:10]}
    out: list[str] = []
    for number in count():
        scene.report(beside=85 if not number else 0)
        now = scene.out(B)
        if not now:
            break
        assert {group(login) for login in now} == {number // 2}
        out += now if number % 2 == 0 else []
    assert sorted(out) == sorted(LOGINS[10:])
    told = scene.told
    scene.report(beside=85)
    assert (scene.told, scene.out(B)) == (told, [])


# Seen to fail: without asking whether it is needed still.
def test_nobody_connects_once_more_without_need() -> None:
    scene = Scene()
    needed = [True, False]
    scene.seats.renew(LOGINS[:10], lambda: needed.pop(0))
    assert {group(login) for login in scene.out(A)} == {0}
    scene.report()
    scene.report()
    assert {group(login) for login in scene.out(A)} == {1}
    scene.report()
    scene.report()
    assert scene.out(A) == []


@given(st.lists(st.integers(0, 300), max_size=12), st.integers(0, 500))
def test_a_level_leaves_no_more_than_there_is_and_is_the_largest(sizes: list[int], most: int) -> None:
    found = level(sizes, most)
    assert sum(min(size, found) for size in sizes) <= most
    if found < max(sizes, default=0):
        assert sum(min(size, found + 1) for size in sizes) > most
