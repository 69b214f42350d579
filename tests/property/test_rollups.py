"""Rollups, views and totals say what the rows say, at any moment: promise 3.

Several connections write, some in transactions that stay open; the owner deletes and changes rows; readings
expire; maintenance runs in any order. After every step everything is compared with the rows, in one snapshot.
Comments name changes to the SQL that were tried and make the test fail.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._lib.databases import Database
from tests.db import _lab, _packing, _rollups
from tests.db._fleet import CHILD, CLIENT
from tests.db._lab import Caller, Lab
from tests.db._rollups import STEPS, Reader
from tests.db._strategies import examples, iso

pytestmark = pytest.mark.timeout(600)  # a test tries many examples

HOURS = 6  # that the watermark is behind at first
HOUR = datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0)
SENSORS, DEVICES = (11, 12, 21), (1, 2)
DEVICE = {11: 1, 12: 1, 21: 2}
VALUES = st.one_of(st.sampled_from([0, 1, -2.5, 1e154, -1e153, 3e-308]), st.integers(-9, 9))


@st.composite
def times(draw: Any) -> datetime:
    """Within nine hours or so long ago that they may expire; often at the edges of buckets."""
    hours = draw(st.one_of(st.integers(-9, -1), st.integers(-9, -1), st.integers(-82, -78)))
    minutes = draw(st.sampled_from([0, 0, 1, 4, 5, 59]))
    seconds = draw(st.sampled_from([0, 1, 20, 59.999999]))
    return HOUR + timedelta(hours=hours, minutes=minutes, seconds=seconds)


@st.composite
def batches(draw: Any) -> list[dict[str, Any]]:
    """Up to forty readings; some come second by second, so that fine rollups pay."""
    sensor, start = draw(st.sampled_from(SENSORS)), draw(times())
    count, gap = draw(st.integers(1, 40)), draw(st.sampled_from([0.5, 7, 90, 1000]))
    numbers = draw(st.lists(VALUES, min_size=count, max_size=count))
    item = draw(st.sampled_from([{}, {}, {"cdProdutoItem": 2}, {"nrQualidade": 1}, {"nrQualidade": 2}]))
    return batch(sensor, start, gap, numbers, item, {"nrBat": 3.5} if draw(st.booleans()) else {})


def batch(
    sensor: int,
    start: datetime,
    gap: float,
    numbers: Sequence[float],
    more: dict[str, int] | None = None,
    position: dict[str, float] | None = None,
) -> list[dict[str, Any]]:
    """Readings of one sensor, so many seconds from each other."""
    moments = [start + timedelta(seconds=gap * n) for n in range(len(numbers))]
    return [
        {
            "cdDispositivo": DEVICE[sensor],
            "dtRegistro": iso(moment),
            "sensores": [{"cdSensor": sensor, "nrValor": number} | ((more or {}) if n % 3 else {})],
        }
        | (position or {})
        for n, (moment, number) in enumerate(zip(moments, numbers, strict=True), 1)
        if moment < HOUR
    ]


ACTIONS = st.one_of(
    st.tuples(st.just("send"), batches()),
    st.tuples(st.just("send"), batches()),
    st.tuples(st.just("hold"), batches()),
    st.tuples(st.sampled_from(["commit", "rollback"])),
    st.tuples(st.just("step"), st.sampled_from(STEPS)),
    st.tuples(st.just("step"), st.sampled_from([*STEPS, "expire_raw", "expire_rollups"])),
    st.tuples(st.just("maintenance")),
    st.tuples(st.just("pack"), st.sampled_from([None, [11], [12, 21]]), st.sampled_from([None, 1, 5, 60])),
    st.tuples(st.just("keep"), st.sampled_from([None, CLIENT, CHILD]), st.sampled_from([2, None])),
    st.tuples(st.just("expire"), st.sampled_from([None, CLIENT, CHILD])),
    st.tuples(st.just("further"), st.integers(1, HOURS)),
    st.tuples(
        st.sampled_from(["delete", "change", "judge", "enlarge", "delete positions"]),
        times(),
        st.sampled_from([1, 60, 4000]),
    ),
    st.tuples(
        st.just("window"),
        st.sampled_from(DEVICES),
        st.sampled_from([("06:00", "18:00"), ("22:30", "05:10"), None]),
    ),
    st.tuples(st.just("sell"), st.sampled_from([CLIENT, CHILD])),
)


class World:
    """The laboratory, a transaction that may be open, and what can be done."""

    def __init__(self, lab: Lab, held: Caller, reader: Reader) -> None:
        self.lab, self.held, self.reader = lab, held, reader
        self.held.connection.autocommit = False
        self.gone: _rollups.Rows = {}

    def begin(self) -> None:
        self.held.connection.rollback()
        self.lab.sql('update "TbDispositivo" set "horarioMedicaoInicio" = null, "horarioMedicaoFim" = null')
        self.lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 2', CHILD)
        self.lab.sql('delete from "TbPoliticaRetencao" where "cdCliente" is not null')
        self.keep(None, None)
        self.lab.sql('delete from private."TbRetencaoPiso"')
        long_ago = HOUR - timedelta(hours=80)
        self.lab.sql(  # nothing is older, so that no step is needed for each day of more than a year
            """insert into private."TbRetencaoPiso" ("cdCliente", "dtBruto", "dtAnunciado")
               select "cdCliente", date_trunc('day', %s::timestamp), date_trunc('day', %s::timestamp)
               from "TbCliente" """,
            long_ago, long_ago,
        )  # fmt: skip
        _rollups.begin_anew(self.lab, HOURS)
        self.gone = {}
        for sensor, gap in ((11, 5), (12, 700), (21, 90)):
            self.send(batch(sensor, long_ago, gap, [1.5] * 20))

    def act(self, action: str, *how: Any) -> None:
        getattr(self, action.replace(" ", "_"))(*how)

    def send(self, batch: list[dict[str, Any]]) -> None:
        if not self.is_open():  # otherwise it may wait for what is held
            self.lab.gateway.ingest(batch)

    def hold(self, batch: list[dict[str, Any]]) -> None:
        self.held.ingest(batch)

    def commit(self) -> None:
        self.held.connection.commit()

    def rollback(self) -> None:
        self.held.connection.rollback()

    def step(self, name: str) -> None:
        with self.remembering():
            _rollups.step(self.lab, name)

    def maintenance(self) -> None:
        with self.remembering():
            self.lab.sql("call private.run_maintenance(2)")

    def pack(self, sensors: list[int] | None, width: int | None) -> None:
        _packing.pack_rollups(self.lab, sensors, width)

    def expire(self, client: int | None) -> None:
        self.keep(client, 2)
        self.maintenance()

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Maintenance deletes what has expired, and nothing else."""
        with self.lab.owner.cursor() as cursor:
            before = self.reader.rows(cursor)
            yield
            after = self.reader.rows(cursor)
        for sensor, rows in before.items():
            self.gone[sensor] = self.gone.get(sensor, []) + [row for row in rows if row not in after[sensor]]

    def keep(self, client: int | None, days: int | None) -> None:
        """Readings of a client, or of everybody, for so many days or for ever."""
        self.lab.sql(
            """insert into "TbPoliticaRetencao"
                 ("cdCliente", "nrDiasBruto", "nrDias1m", "nrDias5m", "nrDias1h")
               values (%s, %s, null, null, null)
               on conflict ("cdCliente") do update set "nrDiasBruto" = excluded."nrDiasBruto" """,
            client, days,
        )  # fmt: skip

    def further(self, hours: int) -> None:
        _rollups.hold_back(self.lab, hours)

    def delete(self, time: datetime, seconds: int) -> None:
        self._change('delete from series."TbSensorRegistro"', time, seconds)

    def change(self, time: datetime, seconds: int) -> None:
        self._change('update series."TbSensorRegistro" set "nrValor" = -"nrValor"', time, seconds)

    def judge(self, time: datetime, seconds: int) -> None:
        self._change('update series."TbSensorRegistro" set "nrQualidade" = 2 - "nrQualidade"', time, seconds)

    def enlarge(self, time: datetime, seconds: int) -> None:
        self._change('update series."TbSensorRegistro" set "nrValor" = -1e308', time, seconds)

    def delete_positions(self, time: datetime, seconds: int) -> None:
        self._change('delete from series."TbPosicao"', time, seconds)

    def _change(self, what: str, time: datetime, seconds: int) -> None:
        self.lab.sql(
            f'{what} where "dtRegistro" >= %s and "dtRegistro" < %s', time, time + timedelta(seconds=seconds)
        )

    def window(self, device: int, window: tuple[str, str] | None) -> None:
        begin, end = window or (None, None)
        self.lab.sql(
            'update "TbDispositivo" set "horarioMedicaoInicio" = %s, "horarioMedicaoFim" = %s '
            'where "cdDispositivo" = %s',
            begin, end, device,
        )  # fmt: skip

    def sell(self, client: int) -> None:
        if not self.is_open():
            self.lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 2', client)

    def is_open(self) -> bool:
        return bool(self.held.connection.info.transaction_status)

    def compare(self) -> None:
        odd = HOUR - timedelta(hours=4, minutes=17, seconds=3.5)
        old = HOUR - timedelta(hours=81, minutes=56)
        whole = (HOUR - timedelta(hours=84), HOUR + timedelta(hours=1))
        cut = [(begin, begin + timedelta(hours=2, minutes=1)) for begin in (odd, old)]
        self.reader.look(SENSORS, DEVICES, [whole, *cut], self.gone)


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[World]:
    with ExitStack() as stack:
        lab = stack.enter_context(_lab.opened(database))
        (held,) = stack.enter_context(lab.gateways(1))
        yield World(lab, held, stack.enter_context(closing(Reader(database, _rollups.service(lab)))))


# Fails without the marks of mark_dirty_hours(), without complete_rollups(); what needs a certain moment is
# in tests/db/rollups/test_rollups.py.
@given(actions=st.lists(ACTIONS, min_size=4, max_size=14))
@examples(18)
def test_the_answer_equals_the_rows_after_every_step(world: World, actions: list[tuple[Any, ...]]) -> None:
    world.begin()
    for action in actions:
        world.act(*action)
        world.compare()
    world.held.connection.rollback()
    _rollups.settle(world.lab)
    world.compare()
    assert world.lab.sql("""select 1 from private."TbRollupPendente" where isfinite("dtHora")""") == []
