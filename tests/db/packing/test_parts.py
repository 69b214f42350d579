"""Parts of packed chunks: a range of time has the rows of that time, and no others are unpacked for it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.db import _fleet, _packing, _plans, _rollups
from tests.db._lab import Lab
from tests.db.packing.test_packing import OLD, readings

_CHUNKS = {"TbPosicaoFria", "TbSensorRegistroFrio"}


@pytest.fixture
def old(lab: Lab) -> Lab:
    _packing.begin(lab, OLD)
    return lab


# Seen to fail: with <= for < and with v_places[1] for v_places[1] + 1 in places_between(); with any of the
# arrays whole in unpacked_values() and unpacked_positions(); with array[1, "nrQtd"] for places_between().
@pytest.mark.parametrize("gap", [timedelta(minutes=15), timedelta(microseconds=900_001)])
def test_a_range_of_packed_time_has_the_rows_of_that_time(old: Lab, gap: timedelta) -> None:
    """From a microsecond before to one after each of them, in one chunk; some columns are not packed."""
    batch = [one | {"nrSeq": n} for n, one in enumerate(readings(9, gap))]
    batch[2]["sensores"][0] = {"cdSensor": 11, "nrValor": 1 / 3}
    batch[4]["sensores"][0] = {"cdSensor": 11, "dsValor": "x"}
    batch[5]["sensores"][0] = {"cdSensor": 11, "blValor": True}
    old.gateway.ingest(batch)
    for column in ("dsLat", "dsLong", "nrPrecisao", "nrBat"):
        old.sql(f'update series."TbPosicao" set "{column}" = 1 / 3.0 where "nrSeq" in (2, 6)')
    _packing.pack(old)
    assert old.sql('select count(*) from series."TbPosicaoFria"') == [(1,)]
    for range_of, code, kind in (
        ("packed_values", 11, "values"),
        ("packed_positions", 1, "positions"),
        ("packed_times", 1, "times"),
    ):
        assert old.sql(
            f"""with stored as materialized (
                  select r."dtRegistro" as at, r::text as whole
                  from private.{range_of}({code}, '-infinity', 'infinity') r
                ), bound as (
                  select s.at + n * interval '1 microsecond' as at from stored s, generate_series(-1, 1) n
                  union select '-infinity' union select 'infinity'
                )
                select count(*), count(*) filter (
                  where f.found is distinct from (select string_agg(s.whole, ';' order by s.at)
                                                  from stored s where s.at >= a.at and s.at < b.at))
                from bound a cross join bound b
                cross join lateral (
                  select string_agg(r::text, ';' order by r."dtRegistro") as found
                  from private.{range_of}({code}, a.at, b.at) r
                ) f"""
        ) == [(29 * 29, 0)], kind


# Seen to fail: with 1 << 7 for 1 << 8, without the unit beside it, and without + 1 after the step.
def test_the_places_of_a_range_are_found_among_times_that_come_evenly_or_not(lab: Lab) -> None:
    for times in (
        list(range(0, 900, 9)), [n * 900 + n * n % 61 for n in range(99)], [1, 1, 2, 70000, 9**9],
        [n * 100 + 255 * (n // 50) for n in range(99)], [n * 10**5 + 255_000 * (n // 50) for n in range(99)],
        [0, *range(10**10, 10**10 + 50)], [0], [5, 5, 5],
    ):  # fmt: skip
        ends = sorted(
            {end + n for end in {*times[::7], times[len(times) // 2], times[-1]} for n in (-1, 0, 1)} - {-1}
        )
        found = lab.sql(
            """select a, b, private.places_between(p, %s, t, t + a * interval '1 microsecond',
                                                   t + b * interval '1 microsecond')
               from private.pack_integers(%s::bigint[]) p, date_trunc('month', timestamp '2026-01-01') t,
                 unnest(%s::bigint[]) a, unnest(%s::bigint[]) b where a <= b""",
            len(times), times, ends, ends,
        )  # fmt: skip
        for since, until, places in found:
            before = [sum(time < end for time in times) for end in (since, until)]
            assert places == [before[0] + 1, before[1]]


def _unpacked(plan: dict[str, Any]) -> int:
    """How many places of chunks were unpacked: the rows of d, as private.unpacked_values calls them."""
    nodes = list(_plans.nodes(plan))
    if not any(node.get("Relation Name") in _CHUNKS for node in nodes):
        return 0
    places = [node for node in nodes if node.get("Alias", "").partition("_")[0] == "d"]
    return sum(round(node["Actual Rows"] * node["Actual Loops"]) for node in places)


# Seen to fail: with array[1, "nrQtd"] for places_between() in unpacked_values(), unpacked_positions() or
# packed_times().
def test_a_page_unpacks_no_more_than_its_time(old: Lab) -> None:
    """A page of 50 among 2,000 positions with two values each, and what is counted beside whole hours."""
    old.gateway.ingest(readings(2000))
    _rollups.settle(old)
    _packing.pack(old)
    since, until = OLD + timedelta(minutes=29), OLD + timedelta(days=15, minutes=44)
    plans = _plans.run(
        old.database,
        {"sub": _fleet.add_user(old.owner, 1)},
        "select public.get_historico_paginado(p_cd_dispositivo => 1, "
        "p_dt_registro_comeco => %s, p_dt_registro_fim => %s)",
        (f"{since}Z", f"{until}Z"),
    )
    positions, values, counted = filter(None, map(_unpacked, plans))
    assert positions == 26 * 4, "the time that a page of a device takes that reports every half hour"
    assert values == 2 * 50
    assert counted == 2 + 2
