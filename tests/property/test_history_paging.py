"""Pages by cursor while readings arrive: no row twice, none missed that was there, newest first.

Comments name changes to the SQL that were tried and make the test fail.
"""

import random
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._lib.databases import Database
from tests.db import _lab
from tests.db._element import PositionKey
from tests.db._lab import Caller, Lab, together
from tests.db._strategies import NOON, examples, iso

pytestmark = pytest.mark.timeout(600)  # a test tries many examples

TIMES = (NOON, NOON + timedelta(microseconds=1), NOON - timedelta(days=35), NOON - timedelta(days=36))
SEQS = (None, -1, 0, 2**31 - 1)
WRITERS = 4
KEYS = st.builds(PositionKey, st.sampled_from((1, 2, 3)), st.sampled_from(TIMES), st.sampled_from(SEQS))
ARRIVALS = st.lists(KEYS, max_size=8)
Rank = tuple[datetime, int, bool, int]


@pytest.fixture(scope="module")
def lab(database: Database) -> Iterator[Lab]:
    with _lab.opened(database) as opened:
        yield opened


@pytest.fixture(scope="module")
def reader(lab: Lab) -> Iterator[Caller]:
    with lab.caller("read") as caller:
        yield caller


def rank(key: PositionKey) -> Rank:
    """Ascending in the order of history: no nrSeq is the lowest."""
    return key.time.replace(tzinfo=None), key.device, key.seq is not None, key.seq or 0


def store(caller: Caller, keys: list[PositionKey]) -> None:
    answer = caller.ingest(
        [{"cdDispositivo": k.device, "dtRegistro": iso(k.time), "nrSeq": k.seq, "nrBat": 3.5} for k in keys]
    )
    assert answer["stored"] + answer["duplicate"] == len(keys)


def pages(reader: Caller, size: int, between: Callable[[], Any] = lambda: None) -> Iterator[list[int]]:
    """cdPosicao of each page by cursor; `between` runs before every page but the first."""
    cursor = None
    while True:
        answer = reader.call("get_historico_paginado", p_page_size=size, p_cursor=cursor)
        yield [row["cdPosicao"] for row in answer["data"]]
        if (cursor := answer["nextCursor"]) is None:
            return
        between()


def ranks(lab: Lab) -> dict[int, Rank]:
    """Where each stored row stands, by cdPosicao."""
    return {code: rank(key) for key, code in lab.position_ids().items()}


def strictly_descending(seen: list[Rank]) -> bool:
    return all(newer > older for newer, older in pairwise(seen))


# Fails when is_behind_cursor() takes null nrSeq for the highest, compares nrSeq by <=, or forgets the device.
@examples(30)
@given(ARRIVALS, st.lists(ARRIVALS, max_size=6), st.integers(1, 4))
def test_each_page_is_what_stood_behind_the_cursor_when_it_was_asked_for(
    lab: Lab, reader: Caller, first: list[PositionKey], later: list[list[PositionKey]], size: int
) -> None:
    """Arrivals between pages, ahead of the cursor or behind it, are the only change."""
    lab.reset()
    present = set(first)
    arrivals = iter(later)

    def arrive() -> None:
        keys = next(arrivals, [])
        store(lab.gateway, keys)
        present.update(keys)

    store(lab.gateway, first)
    last: Rank | None = None
    for codes in pages(reader, size, arrive):
        behind = sorted((r for r in map(rank, present) if last is None or r < last), reverse=True)
        stands = ranks(lab)
        assert [stands[code] for code in codes] == behind[:size]
        last = behind[:size][-1] if behind else None
    assert {rank(key) for key in present} == set(ranks(lab).values())


def scattered(rng: random.Random, count: int) -> list[PositionKey]:
    """Reports of three days, at few enough moments that several meet in one."""
    moments = (NOON - timedelta(minutes=rng.randrange(3 * 24 * 60) // 10 * 10) for _ in range(count))
    return [PositionKey(rng.choice((1, 2, 3)), moment, rng.choice(SEQS)) for moment in moments]


def write_until(stop: threading.Event, arrived: threading.Event, seed: int, caller: Caller) -> None:
    rng = random.Random(seed)
    while not stop.is_set():
        store(caller, scattered(rng, 10))
        arrived.set()


def read_and_stop(reader: Caller, size: int, stop: threading.Event, arrived: threading.Event) -> list[int]:
    """Codes of all pages; between two pages something arrives, however fast the reader is."""

    def wait_for_arrivals() -> None:
        arrived.clear()
        assert arrived.wait(30), "nobody writes"

    try:
        return [code for page in pages(reader, size, wait_for_arrivals) for code in page]
    finally:
        stop.set()


# Fails when is_behind_cursor() compares nrSeq by <=, and when it forgets the device.
@pytest.mark.parametrize("size", [7, 50])
def test_cursors_hold_while_four_writers_insert(lab: Lab, reader: Caller, size: int) -> None:
    lab.reset()
    store(lab.gateway, scattered(random.Random(0), 400))
    before = ranks(lab)
    stop, arrived = threading.Event(), threading.Event()
    with lab.gateways(WRITERS) as gateways:
        writers = [
            partial(write_until, stop, arrived, seed, caller) for seed, caller in enumerate(gateways, 1)
        ]
        seen = together(partial(read_and_stop, reader, size, stop, arrived), *writers)[0]
    after = ranks(lab)
    assert len(after) > len(before), "nobody wrote"
    assert strictly_descending([after[code] for code in seen])
    assert before.keys() <= set(seen)
    assert set(seen) - before.keys(), "nothing arrived behind the cursor"
