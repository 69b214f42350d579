"""Whoever invents credentials does not keep those out who were met before. Pure."""

from contextlib import ExitStack

import pytest

from app.errors import ApiError
from app.jobs.stream.asking import MOST_OF_ONE, MOST_OF_STRANGERS, Asking

MINE = {"X-API-Key": "mine"}


# Seen to fail: with one count for all.
def test_strangers_wait_among_themselves() -> None:
    asking = Asking()
    with asking.one(MINE, None):
        pass
    with ExitStack() as open_ones:
        for number in range(MOST_OF_STRANGERS):
            open_ones.enter_context(asking.one({"X-API-Key": f"invented {number}"}, None))
        with pytest.raises(ApiError) as refused, asking.one({}, "bilhete_invented"):
            pass
        assert refused.value.status == 503
        for _ in range(MOST_OF_ONE):
            open_ones.enter_context(asking.one(MINE, None))
        with pytest.raises(ApiError), asking.one(MINE, None):
            pass
    with asking.one({}, "bilhete_mine"):
        pass


def test_who_is_unknown_again_is_a_stranger_again() -> None:
    asking = Asking()
    with asking.one(MINE, None):
        pass
    with pytest.raises(ApiError), asking.one(MINE, None):
        raise ApiError(401, "UNAUTHORIZED", "x")
    with ExitStack() as open_ones:
        for _ in range(MOST_OF_ONE + 1):
            open_ones.enter_context(asking.one(MINE, None))
