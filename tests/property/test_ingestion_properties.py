"""Exactly once, whatever way readings come: promise 2.

Comments name changes to the SQL that were tried and make the test fail.
"""

from collections.abc import Iterator
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._lib.databases import Database
from tests.db import _lab
from tests.db._fleet import CHILD, CLIENT, FLEET
from tests.db._lab import Caller, Lab, together
from tests.db._model import Model
from tests.db._strategies import (
    TIMES,
    Json,
    agreeing_elements,
    bad_elements,
    batches_of,
    elements,
    examples,
    iso,
)
from tests.db.ingestion._anything import ANYTHING, ODDLY_DATED, SPOILT

pytestmark = pytest.mark.timeout(600)  # a test tries many examples

ANY = st.one_of(elements(), elements(), bad_elements())
CONNECTIONS = 3


@pytest.fixture(scope="module")
def lab(database: Database) -> Iterator[Lab]:
    with _lab.opened(database) as opened:
        yield opened


@pytest.fixture(scope="module")
def gateways(lab: Lab) -> Iterator[list[Caller]]:
    """The same gateway on several connections."""
    with lab.gateways(CONNECTIONS) as callers:
        yield callers


def rows(lab: Lab) -> tuple[Any, ...]:
    return lab.positions(), lab.readings(), lab.current(), lab.quarantine()


def modelled(elements: list[Json]) -> tuple[Model, list[str]]:
    model = Model(FLEET, {CLIENT, CHILD})
    return model, [answer.verdict for answer in model.ingest(elements)]


def state(model: Model) -> tuple[Any, ...]:
    return model.positions, model.readings, model.current(), model.quarantine


# Fails when compare_values() never answers 'tomar', when is_later() takes any other time for a later one,
# and when settle_overlapping() changes nothing.
@examples(90)
@given(agreeing_elements(), st.data())
def test_any_order_repetition_and_grouping_gives_the_same_rows(
    lab: Lab, sent: list[Json], data: st.DataObject
) -> None:
    lab.reset()
    expected, _ = modelled(sent)
    again = sent + data.draw(st.lists(st.sampled_from(sent), max_size=8), label="repeated")
    shuffled = data.draw(st.permutations(again), label="order")
    for batch in batches_of(shuffled, data.draw(st.lists(st.integers(0, 30), max_size=6), label="cuts")):
        answer = lab.gateway.ingest(batch)
        assert answer["stored"] + answer["duplicate"] == len(batch)
    assert rows(lab) == state(expected)


# Fails when ingest() does not catch unique_violation.
@examples(70)
@given(st.lists(st.lists(ANY, min_size=2, max_size=8), min_size=CONNECTIONS, max_size=CONNECTIONS))
def test_batches_at_one_moment_are_as_batches_in_some_order(
    lab: Lab, gateways: list[Caller], batches: list[list[Json]]
) -> None:
    lab.reset()
    jobs = [partial(caller.ingest, batch) for caller, batch in zip(gateways, batches, strict=True)]
    answers = [[result["verdict"] for result in answer["results"]] for answer in together(*jobs)]
    found = (answers, rows(lab))
    assert any(found == in_order(batches, order) for order in permutations(range(CONNECTIONS)))


def in_order(batches: list[list[Json]], order: tuple[int, ...]) -> tuple[Any, Any]:
    """Verdicts of each batch, and the state, when the batches come in this order."""
    model, verdicts = modelled([element for index in order for element in batches[index]])
    answers: list[list[str]] = [[] for _ in batches]
    for index in order:
        answers[index], verdicts = verdicts[: len(batches[index])], verdicts[len(batches[index]) :]
    return answers, state(model)


@examples(80)
@given(agreeing_elements(), st.data())
def test_the_same_readings_over_several_connections_are_stored_once(
    lab: Lab, gateways: list[Caller], sent: list[Json], data: st.DataObject
) -> None:
    lab.reset()
    expected, _ = modelled(sent)
    orders = [data.draw(st.permutations(sent), label="order") for _ in gateways]
    jobs = [partial(caller.ingest, batch) for caller, batch in zip(gateways, orders, strict=True)]
    answers = together(*jobs)
    assert all(answer["stored"] + answer["duplicate"] == len(sent) for answer in answers)
    assert rows(lab) == state(expected)


# Fails when read_instant() lets 31 April through, and when read_double() asks for no upper bound.
@examples(110)
@given(st.lists(ANYTHING | SPOILT | ODDLY_DATED, min_size=3, max_size=12))
def test_any_json_gets_a_verdict_and_harms_no_neighbour(lab: Lab, sent: list[Json]) -> None:
    lab.reset()
    good = {"cdDispositivo": 3, "dtRegistro": iso(TIMES[0]), "nrSeq": 77, "nrBat": 3.5}
    results = lab.gateway.ingest([*sent, good])["results"]
    assert [result["index"] for result in results] == list(range(len(sent) + 1))
    assert results[-1]["verdict"] == "stored"
    refused = [result for result in results if result["verdict"] in ("conflict", "rejected")]
    assert all(result["error_code"] and result["error"] for result in refused)
    assert sum(lab.quarantine_counts()) == len(refused)
