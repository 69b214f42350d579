"""Many connections at once: the rows of one serial run, and no error reaches a caller. Promise 2.

Comments name changes to the SQL that were tried and make the test fail.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg2
import pytest
from psycopg2 import extensions

from tests.db._fleet import CHILD, CLIENT, FLEET
from tests.db._lab import Caller, Lab, in_background, together
from tests.db._model import Model, canonical
from tests.db._strategies import NOON, iso

CONNECTIONS = 8
TIMES = [NOON + timedelta(seconds=n) for n in range(60)]
SENSORS = {1: (11, 12, 13), 2: (21,)}

Element = dict[str, Any]
Outcome = list[tuple[Element, str]]


@pytest.fixture(scope="module")
def gateways(shared_lab: Lab) -> Iterator[list[Caller]]:
    with shared_lab.gateways(CONNECTIONS) as callers:
        yield callers


def element(device: int, second: int, seq: int | None, sensors: tuple[int, ...], value: float) -> Element:
    """One report, and readings of these sensors; without a report when `seq` is negative."""
    found: Element = {"cdDispositivo": device, "dtRegistro": iso(TIMES[second])}
    if seq is None or seq >= 0:
        found |= {"nrSeq": seq, "latitude": -23.5 - second / 1000, "longitude": -46.6, "nrBat": 3.5}
    return found | {"sensores": [{"cdSensor": sensor, "nrValor": value} for sensor in sensors]}


def agreeing(rng: random.Random) -> list[Element]:
    """Reports that overlap but agree: parts of a whole, and two nrSeq that meet in a sensor and time."""
    found = []
    for device, all_sensors in SENSORS.items():
        for second in range(len(TIMES)):
            for seq in rng.sample([None, 0, 1, -1], 3):
                sensors = tuple(s for s in all_sensors if rng.random() < 0.6) or all_sensors[:1]
                found.append(element(device, second, seq, sensors, float(second)))
    return found


def contradicting(rng: random.Random) -> list[Element]:
    """The same, where values differ now and then, so that it matters who comes first."""
    return [
        element(device, rng.randrange(12), rng.choice([None, 0, -1]), sensors, rng.choice([1.0, 1.0, 2.0]))
        for device, all_sensors in SENSORS.items()
        for sensors in (all_sensors, all_sensors[:1], all_sensors[-1:])
        for _ in range(30)
    ]


def push(caller: Caller, elements: list[Element], seed: int) -> Outcome:
    """Everything twice, shuffled, in batches of uneven size; each element with its verdict."""
    rng = random.Random(seed)
    sent = elements * 2
    rng.shuffle(sent)
    outcome: Outcome = []
    while sent:
        batch, sent = sent[: (size := rng.choice([1, 7, 40, 120]))], sent[size:]
        results = caller.ingest(batch)["results"]
        outcome += zip(batch, (result["verdict"] for result in results), strict=True)
    return outcome


def push_everywhere(gateways: list[Caller], elements: list[Element]) -> Outcome:
    jobs = [partial(push, caller, elements, seed) for seed, caller in enumerate(gateways)]
    return [one for outcome in together(*jobs) for one in outcome]


def serial(elements: list[Element]) -> Model:
    model = Model(FLEET, {CLIENT, CHILD})
    model.ingest(elements)
    return model


def fresh_current(lab: Lab) -> Any:
    """Current positions computed from the stored rows."""
    model = Model(FLEET, {CLIENT, CHILD})
    model.positions = lab.positions()
    return model.current()


# Fails when ingest() does not catch unique_violation, and when an addition is called a duplicate.
@pytest.mark.parametrize("seed", [1, 2])
def test_eight_connections_give_the_rows_of_one(lab: Lab, gateways: list[Caller], seed: int) -> None:
    elements = agreeing(random.Random(seed))
    outcome = push_everywhere(gateways, elements)
    expected = serial(elements)
    assert lab.positions() == expected.positions
    assert lab.readings() == expected.readings
    assert lab.current() == expected.current()
    assert not lab.quarantine()
    assert {verdict for _, verdict in outcome} == {"stored", "duplicate"}
    check_each_row_was_stored_once(outcome)


def check_each_row_was_stored_once(outcome: Outcome) -> None:
    """Who first brought a report was told so, and nobody else; as far as the report is all that was new."""
    stored = Counter(canonical(element) for element, verdict in outcome if verdict == "stored")
    assert set(stored.values()) == {1}


# Fails when store_elements() writes positions of conflicts too, and when quarantine_elements() passes over
# conflicts.
@pytest.mark.parametrize("seed", [3, 4])
def test_contradictions_are_stored_by_one_and_refused_to_the_others(
    lab: Lab, gateways: list[Caller], seed: int
) -> None:
    outcome = push_everywhere(gateways, contradicting(random.Random(seed)))
    positions, readings = lab.positions(), lab.readings()
    final = Model(FLEET, {CLIENT, CHILD})
    final.positions, final.readings = dict(positions), dict(readings)
    verdicts: dict[str, set[str]] = {}
    for one, verdict in outcome:
        verdicts.setdefault(canonical(one), set()).add(verdict)
        # Values once stored never change: what was accepted is all there, what was refused never fits.
        assert final.take(one).verdict == {"stored": "duplicate"}.get(verdict, verdict)
    assert all(found in ({"stored", "duplicate"}, {"duplicate"}, {"conflict"}) for found in verdicts.values())
    assert (final.positions, final.readings) == (positions, readings)
    check_explained(final, outcome)
    assert lab.current() == fresh_current(lab)
    refused = Counter(("CONFLICT", canonical(one)) for one, verdict in outcome if verdict == "conflict")
    assert lab.quarantine() == refused


def check_explained(final: Model, outcome: Outcome) -> None:
    """Every row, and every owner of a reading, comes from elements that were accepted."""
    accepted = serial([one for one, verdict in outcome if verdict != "conflict"])
    assert (accepted.positions, accepted.readings) == (final.positions, final.readings)
    assert not accepted.quarantine


def test_batches_that_meet_in_themselves_do_not_lock_each_other_out(lab: Lab, gateways: list[Caller]) -> None:
    """Elements add to rows that earlier ones of their batch write, and take values over from them."""
    elements = [
        element(1, second, seq, sensors, 1.0)
        for second in range(10)
        for seq, sensors in [(1, (11,)), (1, (12, 11)), (0, (13, 11)), (None, (12,)), (-1, (13,))]
    ]
    jobs = [partial(caller.ingest, elements) for caller in gateways]
    answers = together(*jobs)
    assert all(answer["stored"] + answer["duplicate"] == len(elements) for answer in answers)
    expected = serial(elements)
    assert (lab.positions(), lab.readings()) == (expected.positions, expected.readings)


# Seen to fail: when elements that meet were stored one round after the other, with all others shut out.
@pytest.mark.parametrize("is_first", [True, False])
def test_elements_that_meet_keep_nobody_out(lab: Lab, slow: Caller, is_first: bool) -> None:
    """Whether the batch whose elements meet is the one in flight or the one that comes."""
    meeting = [element(1, 0, 9 - n, (11,), 1.0) for n in range(10)]
    plain = [element(2, 0, None, (21,), 1.0)]
    first, second = (meeting, plain) if is_first else (plain, meeting)
    assert slow.ingest(first)["stored"] == len(first)
    with lab.gateways(1) as (other,):
        with other.connection.cursor() as cursor:
            cursor.execute("set lock_timeout = '2s'")
        assert other.ingest(second)["stored"] == len(second)
    slow.connection.commit()


# Fails when store_elements() inserts positions, or readings, without order by.
@pytest.mark.parametrize("reports", [True, False])
def test_opposite_orders_do_not_deadlock(lab: Lab, gateways: list[Caller], reports: bool) -> None:
    """Forwards and backwards; with reports, whose keys run against those of the readings, and without."""
    elements = [
        element(1 + n % 2, n, 59 - n if reports else -1, SENSORS[1 + n % 2], 1.0) for n in range(len(TIMES))
    ]
    for _ in range(5):
        lab.reset()
        orders = [elements, elements[::-1]] * (CONNECTIONS // 2)
        jobs = [partial(caller.ingest, order) for caller, order in zip(gateways, orders, strict=True)]
        assert sum(answer["stored"] for answer in together(*jobs)) == len(elements)


@pytest.fixture
def slow(lab: Lab) -> Iterator[Caller]:
    """A gateway whose transactions stay open."""
    with lab.gateways(1) as (caller,):
        caller.connection.autocommit = False
        yield caller


def after(lab: Lab, slow: Caller, waiting: Caller, sent: Element, ending: str) -> str:
    """The verdict of somebody who had to wait until the slow one came to this end."""
    with in_background(partial(waiting.ingest, [sent])) as ingest:
        lab.wait_until_blocked(waiting.pid)
        getattr(slow.connection, ending)()
        return str(ingest.result(10)["results"][0]["verdict"])


# Fails when ingest() does not catch unique_violation.
@pytest.mark.parametrize(
    ("ending", "value", "verdict"),
    [("rollback", 2.0, "stored"), ("commit", 2.0, "conflict"), ("commit", 1.0, "duplicate")],
)
def test_a_faster_caller_is_waited_for_and_then_seen(
    lab: Lab, slow: Caller, ending: str, value: float, verdict: str
) -> None:
    """The loser's verdict follows from what the winner commits, or does not."""
    slow.ingest([element(1, 0, None, (11,), 1.0)])
    assert after(lab, slow, lab.gateway, element(1, 0, None, (11,), value), ending) == verdict


# Fails when take_over_values() does not ask whether the row still has the owner that was seen.
@pytest.mark.parametrize(("faster", "later"), [(None, 0), (0, None), (0, 1), (1, 0)])
def test_the_lowest_sequence_number_owns_whoever_is_faster(
    lab: Lab, slow: Caller, faster: int | None, later: int | None
) -> None:
    """Reading and reports are there; both now say that it came with theirs, and cannot see each other."""
    lab.gateway.ingest(
        [element(1, 0, seq, (), 1.0) for seq in (None, 0, 1)] + [element(1, 0, -1, (11,), 1.0)]
    )
    slow.ingest([element(1, 0, faster, (11,), 1.0)])
    assert after(lab, slow, lab.gateway, element(1, 0, later, (11,), 1.0), "commit") == "duplicate"
    lowest = None if None in (faster, later) else 0
    assert [reading.owner and reading.owner.seq for reading in lab.readings().values()] == [lowest]


# Fails when the batch is sent as two calls.
def test_a_killed_connection_leaves_whole_elements_or_nothing(lab: Lab) -> None:
    elements = [element(1, n % 60, n // 60, (11,) if n < 60 else (), 1.0) for n in range(3000)]
    started = time.monotonic()
    lab.gateway.ingest(elements)
    duration = time.monotonic() - started
    killed = 0
    for part in (0.1, 0.3, 0.5, 0.7, 0.9):
        lab.reset()
        killed += killed_after(lab, duration * part, elements)
        found = (len(lab.positions()), len(lab.readings()), len(lab.current()))
        assert found in ((0, 0, 0), (3000, 60, 1))
        assert lab.gateway.ingest(elements)["conflict"] == 0
        assert (len(lab.positions()), len(lab.readings())) == (3000, 60)
    assert killed


def killed_after(lab: Lab, seconds: float, elements: list[Element]) -> bool:
    """Ingest on a connection that is ended meanwhile. Whether the caller saw that."""
    with lab.gateways(1) as (victim,):
        pid = victim.pid
        with in_background(partial(victim.ingest, elements)) as ingest:
            time.sleep(seconds)
            lab.sql("select pg_terminate_backend(%s)", pid)
            return isinstance(ingest.exception(20), psycopg2.OperationalError)


# Fails when ingest() does not catch check_violation, and when it gives up if ensure_partitions() made
# none because another caller just did.
@pytest.mark.parametrize("table", ["TbPosicao", "TbSensorRegistro"])
def test_a_missing_partition_is_made_by_whoever_needs_it(
    lab: Lab, gateways: list[Caller], table: str
) -> None:
    lab.sql(f'drop table particoes."{table}_{NOON:%Y_%m}"')
    elements = agreeing(random.Random(5))
    jobs = [partial(caller.ingest, elements) for caller in gateways]
    assert all(answer["rejected"] == 0 for answer in together(*jobs))
    assert (lab.positions(), lab.readings()) == (serial(elements).positions, serial(elements).readings)
    made = "select relrowsecurity, relacl from pg_class where relname = %s"
    neighbour = NOON - timedelta(days=70)
    assert lab.sql(made, f"{table}_{NOON:%Y_%m}") == lab.sql(made, f"{table}_{neighbour:%Y_%m}")


# Fails when ingest() does not ask for the isolation level.
@pytest.mark.parametrize(
    "level", [extensions.ISOLATION_LEVEL_REPEATABLE_READ, extensions.ISOLATION_LEVEL_SERIALIZABLE]
)
def test_a_frozen_snapshot_is_refused(lab: Lab, level: int) -> None:
    with lab.gateways(1) as (caller,), closing(caller.connection):
        caller.connection.autocommit = False
        caller.connection.set_isolation_level(level)
        with pytest.raises(psycopg2.Error, match="read committed") as caught:
            caller.ingest([element(1, 0, None, (), 1.0)])
    assert caught.value.pgcode == "PT400"
    assert not lab.positions()


# Fails when is_later() takes any other time for a later one.
def test_current_positions_never_move_back(lab: Lab, gateways: list[Caller]) -> None:
    """Each caller brings every eighth report one by one, oldest or newest first; the newest must win."""
    elements = [element(1, n, None, (), 1.0) for n in range(len(TIMES))]

    def bring(caller: Caller, part: list[Element]) -> None:
        for one in part:
            caller.ingest([one])

    for step in (1, -1) * 3:
        lab.reset()
        parts = [elements[start::CONNECTIONS][::step] for start in range(CONNECTIONS)]
        together(*(partial(bring, *pair) for pair in zip(gateways, parts, strict=True)))
        assert lab.current() == fresh_current(lab)
