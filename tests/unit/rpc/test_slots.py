"""Connections are shared fairly. Comments name changes that make a test fail."""

import threading
import time
from collections import Counter
from contextlib import ExitStack

import pytest

from app.errors import ApiError
from app.rpc.slots import Slots


def waiting(slots: Slots, many: int) -> None:
    end = time.monotonic() + 20
    while sum(map(len, slots._waiting.values())) < many:
        assert time.monotonic() < end
        time.sleep(0.005)


# Fails without _SHARE.
def test_one_is_always_left_for_somebody_else() -> None:
    slots = Slots(4, 0.0)
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(slots.taken("flood"))
        with pytest.raises(ApiError, match="waiting"), slots.taken("flood"):
            pass
        stack.enter_context(slots.taken("other"))
        with pytest.raises(ApiError), slots.taken("third"):
            pass


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_small_pool_is_not_halved(size: int) -> None:
    slots = Slots(size, 0.0)
    with ExitStack() as stack:
        for _ in range(max(1, size)):
            stack.enter_context(slots.taken("one")) if size < 3 or slots._free > 1 else None
        assert slots._free <= 1


# Fails with first come, first served.
def test_what_is_returned_goes_to_callers_in_turn() -> None:
    slots = Slots(1, 20.0)
    served: list[str] = []
    threads = []

    def serve(caller: str) -> None:
        with slots.taken(caller):
            served.append(caller)

    with slots.taken("flood"):
        for number, caller in enumerate(["flood"] * 6 + ["a", "b"]):
            threads.append(threading.Thread(target=serve, args=(caller,)))
            threads[-1].start()
            waiting(slots, number + 1)
    for thread in threads:
        thread.join()
    assert sorted(served[:3]) == ["a", "b", "flood"]
    assert Counter(served) == {"flood": 6, "a": 1, "b": 1}
    assert (slots._free, slots._held, slots._waiting) == (1, Counter(), {})


# Fails when all are refused once one has waited in vain.
def test_whoever_waited_in_vain_is_refused_at_once_and_nobody_else() -> None:
    slots = Slots(1, 0.2)
    with slots.taken("flood"):
        for _ in range(2):
            with pytest.raises(ApiError) as refused, slots.taken("flood"):
                pass
        assert (refused.value.status, refused.value.error_code) == (503, "BUSY")
        assert slots._in_vain == {"flood"}
        other: list[str] = []

        def serve() -> None:
            with slots.taken("other"):
                other.append("served")

        thread = threading.Thread(target=serve)
        thread.start()
        waiting(slots, 1)
    thread.join()
    assert other == ["served"]
    with slots.taken("flood"):
        pass
