"""What stands for a bucket: its sum, mean or last value, as the sensor's type says, exact at any moment."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.db import _rollups
from tests.db._fleet import CHILD, STRANGER
from tests.db._lab import Caller, Lab
from tests.db._strategies import examples, iso

SENSOR, DEVICE = 11, 1
BEGIN = datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0) - timedelta(days=3)
Given = list[tuple[int, int, int]]  # second, value, quality

seconds = st.integers(0, 7_199) | st.sampled_from([0, 59, 60, 299, 300, 3_599, 3_600])
values = st.lists(
    st.tuples(seconds, st.integers(-50, 50), st.sampled_from([0, 0, 0, 1, 2])),
    min_size=1, max_size=30, unique_by=lambda one: one[0],
)  # fmt: skip


@pytest.fixture(scope="module")
def reader(shared_lab: Lab) -> Iterator[Caller]:
    with shared_lab.caller() as caller:
        yield caller


@pytest.fixture
def typed(lab: Lab) -> Iterator[Any]:
    """Makes the type of the sensor, which then has no values, one that is summed up in this way."""
    (before,) = lab.sql('select "cdTipoSensor" from "TbSensor" where "cdSensor" = %s', SENSOR)
    made: dict[str, int] = {}

    def of(aggregation: str) -> None:
        if aggregation not in made:
            ((made[aggregation],),) = lab.sql(
                'insert into "TbTipoSensor" ("dsNome", "dsUnidade", "dsAgregacao") values (%s, %s, %s)'
                " returning id",
                *(f"type of {aggregation}", "ppm", aggregation),
            )
        lab.reset()
        lab.sql(
            'update "TbSensor" set "cdTipoSensor" = %s where "cdSensor" = %s returning 1',
            *(made[aggregation], SENSOR),
        )

    yield of
    lab.reset()
    lab.sql('update "TbSensor" set "cdTipoSensor" = %s where "cdSensor" = %s returning 1', *before, SENSOR)


def send(lab: Lab, rows: Given) -> None:
    elements = [
        {
            "cdDispositivo": DEVICE,
            "dtRegistro": iso(BEGIN + timedelta(seconds=second)),
            "sensores": [{"cdSensor": SENSOR, "nrValor": value, "nrQualidade": quality}],
        }
        for second, value, quality in rows
    ]
    assert lab.gateway.ingest(elements)["stored"] == len(rows)


def ask(reader: Caller, agg: str, begin: int = 0, end: int = 7_200, **more: Any) -> dict[str, Any]:
    first, last = (BEGIN.replace(tzinfo=UTC) + timedelta(seconds=n) for n in (begin, end))
    asked = {"p_cd_sensor": SENSOR, "p_dt_inicio": first, "p_dt_fim": last, "p_agg": agg}
    answer: dict[str, Any] = reader.call("get_data_points", **(asked | more))
    return answer


def newest(rows: Given, agg: str, begin: int, end: int) -> dict[datetime, float]:
    """The last value of each bucket, computed from the rows."""
    found: dict[datetime, float] = {}
    for second, value, quality in sorted(rows):
        if quality < 2 and begin <= second < end:
            width = _rollups.WIDTH[agg]
            found[_rollups.EPOCH + (BEGIN + timedelta(seconds=second) - _rollups.EPOCH) // width * width] = (
                value
            )
    return found


# Seen to fail: with the oldest value of a bucket.
@examples(40)
@example(rows=[(0, 1, 0), (59, 2, 0)], late=[(30, 3, 0), (58, 4, 2)], window=(0, 7_200))
@given(rows=values, late=values, window=st.tuples(seconds, seconds).map(sorted).map(tuple))
def test_the_last_value_is_that_of_the_rows_also_for_late_data(
    lab: Lab, reader: Caller, typed: Any, rows: Given, late: Given, window: tuple[int, int]
) -> None:
    typed("last")
    begin, end = window
    late = [one for one in late if one[0] not in {second for second, *_ in rows}]
    sent: Given = []
    for batch, settled in ((rows, False), ([], True), (late, False)):
        if batch:
            send(lab, batch)
        if settled:
            _rollups.forget(lab, 100)
            _rollups.settle(lab)
        sent = sent + batch
        for agg in ("1m", "5m", "1h"):
            answer = ask(reader, agg, begin, end)
            given_values = {datetime.fromisoformat(one["ts"]): one["value"] for one in answer["data"]}
            assert given_values == newest(sent, agg, begin, end)


def test_the_type_chooses_what_stands_for_a_bucket(lab: Lab, reader: Caller, typed: Any) -> None:
    for aggregation, member in (("sum", "sum"), ("mean", "avg"), ("last", None)):
        typed(aggregation)
        send(lab, [(0, 1, 0), (1, 7, 0), (2, 4, 0)])
        answer = ask(reader, "1m")
        (bucket,) = answer["data"]
        assert (answer["dsAgregacao"], answer["dsUnidade"]) == (aggregation, "ppm")
        assert bucket["value"] == (bucket[member] if member else 4)
        assert list(bucket) == ["ts", "avg", "min", "max", "sum", "count", "value"]


# Seen to fail: with the bound of a page at 100,000,000 values.
def test_a_page_of_last_values_ends_after_so_many_and_the_next_goes_on(
    lab: Lab, reader: Caller, typed: Any
) -> None:
    typed("last")
    lab.sql(
        'insert into series."TbSensorRegistro" '
        '("cdSensor", "dtRegistro", "nrValor", "cdDispositivo", "cdCliente")'
        " select %s, %s + n * interval '50 milliseconds', n, %s, 1 from generate_series(0, 143999) n"
        " returning 1",
        *(SENSOR, BEGIN, DEVICE),
    )
    first = ask(reader, "1h")
    assert ([one["value"] for one in first["data"]], first["complete"]) == ([71_999, 143_999], True)
    minutes = ask(reader, "1m")
    assert (len(minutes["data"]), minutes["complete"]) == (84, False)  # of 1,200 values each
    rest = ask(reader, "1m", p_cursor=minutes["nextCursor"])
    both = minutes["data"] + rest["data"]
    assert [one["value"] for one in both] == [1_200 * n - 1 for n in range(1, 121)]
    assert rest["complete"]


# Seen to fail: with the type of the sensor as it is now.
def test_a_former_owner_keeps_the_type_and_nobody_learns_of_anothers(lab: Lab) -> None:
    ((kind,),) = lab.sql(
        """insert into "TbTipoSensor" ("dsNome", "dsUnidade", "cdCliente") values ('secret', 'ppb', %s)
           returning id""",
        STRANGER,
    )
    lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 2', STRANGER)
    try:
        lab.sql('update "TbSensor" set "cdTipoSensor" = %s where "cdSensor" = 21', kind)
        for client, wanted in ((STRANGER, (kind, "ppb")), (CHILD, None)):
            with lab.caller(client=client) as owner:
                answer = ask(owner, "1m", p_cd_sensor=21)
                if wanted:
                    assert (answer["cdTipoSensor"], answer["dsUnidade"]) == wanted
                else:
                    assert answer["cdTipoSensor"] not in (kind, None)
                    assert answer["dsUnidade"] != "ppb"
    finally:
        lab.sql('update "TbSensor" set "cdTipoSensor" = 4 where "cdSensor" = 21')
        lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 2', CHILD)
