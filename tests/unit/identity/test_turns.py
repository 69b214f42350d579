"""Who is next: clients in turn, and a client's callers in turn."""

import pytest

from app.identity.met import Met
from app.identity.share import Share
from app.identity.turns import Turns

A, B, OTHER = Share("1", "a"), Share("1", "b"), Share("2", "c")


def served(turns: Turns[str]) -> str:
    found = []
    while one := turns.next():
        found.append(one[1])
    return " ".join(found)


# Seen to fail: with turns of callers alone (a1 b1 c1 a2 b2 c2 …) and with first come, first served.
def test_clients_take_turns_and_callers_within_a_client() -> None:
    turns: Turns[str] = Turns()
    for caller, name, many in ((A, "a", 4), (B, "b", 2), (OTHER, "c", 3)):
        for number in range(many):
            turns.put(caller, f"{name}{number + 1}")
    assert len(turns) == 9
    assert served(turns) == "a1 c1 b1 c2 a2 c3 b2 a3 a4"
    assert (len(turns), turns._clients) == (0, {})


def test_who_may_not_is_passed_over_and_keeps_its_turn() -> None:
    turns: Turns[str] = Turns()
    for caller, one in ((A, "a"), (OTHER, "c")):
        turns.put(caller, one)
    assert turns.next(lambda caller: caller != A) == (OTHER, "c")
    assert turns.next(lambda _: False) is None
    assert turns.next() == (A, "a")


def test_what_is_removed_waits_no_longer() -> None:
    turns: Turns[str] = Turns()
    turns.put(A, "a")
    assert A in turns
    with pytest.raises(ValueError, match="not in"):
        turns.remove(A, "b")
    turns.remove(A, "a")
    assert A not in turns
    assert turns.next() is None


# Seen to fail: when a hash that is not known has turns of its own.
def test_whoever_invents_credentials_is_a_stranger_and_so_are_all_others_who_do() -> None:
    met = Met()
    met.add(b"known", A)
    met.add(b"", A)
    assert met.share(b"known") == A
    assert met.share(b"invented") == met.share(b"another") != met.share(b"")
    assert met.share(b"") not in (A, B)
