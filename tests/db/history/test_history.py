"""Pages of history say what the rows say, to each caller what is theirs: DESIGN §4.

Comments name changes to the SQL that were tried and make the test fail.
"""

import base64
import random
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest

from tests._lib import databases
from tests._lib.databases import Database
from tests.db import _fleet, _lab, _plans
from tests.db._fleet import CHILD, CLIENT, STRANGER, UNKNOWN
from tests.db._lab import Caller, Lab
from tests.db._plans import Scan
from tests.db._strategies import NOON, iso
from tests.db.history import _history
from tests.db.history._history import DEVICES, Export, Question, Row

SEES = {
    "client": {CLIENT, CHILD},
    "child": {CHILD},
    "stranger": {STRANGER},
    "service": {CLIENT, CHILD, STRANGER},
}
RPC = "get_historico_paginado"
Number = float | None


@pytest.fixture(scope="module")
def lab(database: Database) -> Iterator[Lab]:
    with _lab.opened(database, _history.install) as opened:
        _history.fill(opened)
        yield opened


@pytest.fixture(scope="module")
def export(lab: Lab) -> Export:
    return Export.of(lab)


@pytest.fixture(scope="module")
def callers(lab: Lab) -> Iterator[dict[str, Caller]]:
    """Readers by name; SEES says which clients each sees."""
    with ExitStack() as stack:
        enter = stack.enter_context
        yield {
            "client": enter(lab.caller("read")),
            "child": enter(lab.caller(client=CHILD)),
            "stranger": enter(lab.caller("read", client=STRANGER)),
            "service": enter(lab.caller(role="service")),
        }


def page(caller: Caller, question: Question = Question(), **arguments: Any) -> Row:  # noqa: B008
    return dict(caller.call(RPC, **question.arguments, **arguments))


def rows(answer: Row) -> list[Row]:
    """Its rows, with times as times."""
    return [row | {"dtRegistro": datetime.fromisoformat(row["dtRegistro"])} for row in answer["data"]]


def questions(export: Export, seed: int, count: int) -> list[Question]:
    """Random ones; windows begin and end exactly at reports."""
    rng = random.Random(seed)
    times = [p["dtRegistro"].replace(tzinfo=UTC) for p in export.tables["TbPosicao"]]
    found = []
    for _ in range(count):
        since, until = sorted(rng.sample(times, 2))
        found.append(
            Question(
                client=rng.choice([None, 0, CLIENT, CHILD, STRANGER, UNKNOWN]),
                device=rng.choice([None, None, 0, *DEVICES, UNKNOWN]),
                devices=rng.choice([None, None, rng.sample(DEVICES, 6), [UNKNOWN, DEVICES[0]]]),
                since=rng.choice([None, since]),
                until=rng.choice([None, until]),
            )
        )
    return found


# What is answered


# Fails when count_items() forgets the tare, when 'nrPorta' takes min(), when in_measuring_window() lets the
# end out or forgets midnight, when dsStatus asks "blArea is not true", when history_targets() reads
# TbDispositivo alone, and when history_sensors() reads TbSensor without TbSensorVinculo.
@pytest.mark.parametrize("name", SEES)
def test_all_history_is_as_the_rows_say(export: Export, callers: dict[str, Caller], name: str) -> None:
    answer = page(callers[name], p_page_size=1000)
    expected = export.history(Question(), SEES[name])
    assert rows(answer) == expected
    assert (answer["total"], answer["nextCursor"]) == (len(expected), None)
    assert set(answer) == {"data", "total", "page", "pageSize", "complete", "nextCursor"}


# Fails when p_cd_dispositivos is passed over, when client 0 is a client of its own, when the count lets
# the end of the time window out, and when it passes over the owner at receipt.
@pytest.mark.parametrize("name", SEES)
def test_filters_choose_rows(export: Export, callers: dict[str, Caller], name: str) -> None:
    for question in questions(export, seed=7, count=60):
        expected = export.history(question, SEES[name])
        answer = page(callers[name], question, p_page_size=1000)
        assert (answer["total"], rows(answer)) == (len(expected), expected), question


# Fails when pages skip p_page * p_page_size rows, and when nextCursor is that of the row behind the page.
@pytest.mark.parametrize("size", [1, 7, 50, 1000])
def test_pages_and_cursors_give_the_same_rows(export: Export, callers: dict[str, Caller], size: int) -> None:
    for question in [
        Question(device=DEVICES[0]),
        Question(since=NOON - timedelta(days=41), devices=[104, 106]),
    ]:
        expected = export.history(question, SEES["service"])
        cursor = None
        for number in range(1, len(expected) // size + 2):
            wanted = expected[(number - 1) * size : number * size]
            answer = page(callers["service"], question, p_page=number, p_page_size=size)
            assert rows(answer) == wanted
            assert (answer["total"], answer["page"], answer["pageSize"]) == (len(expected), number, size)
            if number == 1 or cursor:
                by_cursor = page(callers["service"], question, p_page_size=size, p_cursor=cursor)
                assert (rows(by_cursor), by_cursor["total"]) == (wanted, len(expected))
                assert by_cursor["nextCursor"] == answer["nextCursor"]
                cursor = answer["nextCursor"]
        assert cursor is None


def test_a_cursor_goes_before_a_page_number(callers: dict[str, Caller]) -> None:
    first, second = (page(callers["service"], p_page=number, p_page_size=5) for number in (1, 2))
    answer = page(callers["service"], p_page=9, p_page_size=5, p_cursor=first["nextCursor"])
    assert answer["data"] == second["data"]


def test_a_page_behind_the_last_is_empty(export: Export, callers: dict[str, Caller]) -> None:
    for number in (1000, 2**31 - 1):
        answer = page(callers["service"], p_page=number, p_page_size=1000)
        assert (answer["data"], answer["nextCursor"]) == ([], None)
        assert answer["total"] == len(export.history(Question(), SEES["service"]))


def test_pages_hold_fifty_rows_unless_asked(callers: dict[str, Caller]) -> None:
    answer = page(callers["service"])
    assert (len(answer["data"]), answer["page"], answer["pageSize"]) == (50, 1, 50)


def test_the_random_fleet_has_every_case(export: Export) -> None:
    """The oracle is only as good as what it is shown."""
    found = export.history(Question(), SEES["service"])
    texts = {"nrCodigo", "dsDescricao", "dsNome", "dsEndereco", "dsStatusDispositivo"}
    for name in {*_history.MAXIMA, *texts, "cdProduto"}:
        assert len({row[name] for row in found}) > 1, name
        assert None in {row[name] for row in found}, name
    assert {row["dsStatus"] for row in found} == {"Fora de Área", "Dentro da Área"}
    assert {"100.00%", "0.00%"} < {row["nrBatPercentual"] for row in found}
    assert len(found) < len(export.tables["TbPosicao"]), "some are outside their window"
    assert any(reading["cdPosicao"] is None for reading in export.tables["TbSensorRegistro"])


# Fails when count_items() forgets the tare, swaps weight and height, or answers 1 for an unknown.
@pytest.mark.parametrize(
    ("kind", "tare", "weight", "height", "value", "count"),
    [
        (3, 100, 12.5, 40, 350, 20),
        (3, None, 12.5, 40, 350, 28),
        (3, 100, 12.5, 40, 50, -4),
        (3, 100, 0, 40, 350, 0),
        (3, 100, None, 40, 350, 0),
        (1, 100, 12.5, 40, 350, 8.75),
        (1, 100, 12.5, 0, 350, 0),
        (1, 100, 12.5, None, 350, 0),
        (5, 100, 12.5, 40, 350, 350),
        (2, 100, None, None, 1, 1),
    ],
)
def test_items_are_counted_by_hand(
    new_lab: Lab,
    kind: int,
    tare: int | None,
    weight: float | None,
    height: float | None,
    value: float,
    count: float,
) -> None:
    new_lab.sql(
        'update "TbProdutoItem" set ("dsNome", "nrPesoUnit", "nrAlt") = (%s, %s, %s) '
        'where "cdProdutoItem" = 1',
        "Lata", weight, height,
    )  # fmt: skip
    new_lab.sql(
        'update "TbSensor" set ("cdTipoSensor", "nrUnidadeIni") = (%s, %s) where "cdSensor" = 11', kind, tare
    )
    readings = [{"cdSensor": 11, "nrValor": value}, {"cdSensor": 12, "nrValor": 9}]
    new_lab.gateway.ingest(
        [{"cdDispositivo": 1, "dtRegistro": iso(NOON), "nrBat": 1.85, "sensores": readings}]
    )
    with new_lab.caller("read") as reader:
        (row,) = page(reader)["data"]
    assert row["itens"] == [{"cdSensor": 11, "dsProdutoItem": "Lata", "nrQtdItens": count}]
    assert row["nrBatPercentual"] == "50.00%"


def test_without_battery_there_is_no_percentage(new_lab: Lab) -> None:
    new_lab.gateway.ingest([{"cdDispositivo": 1, "dtRegistro": iso(NOON), "nrSeq": 1}])
    with new_lab.caller("read") as reader:
        (row,) = page(reader)["data"]
    assert row["nrBatPercentual"] is None


@pytest.fixture(scope="module")
def opened_lab(template: Database) -> Iterator[Lab]:
    """The ordinary fleet, in a database of its own."""
    with databases.clone(template) as clone, _lab.opened(clone) as opened:
        yield opened


@pytest.fixture
def new_lab(opened_lab: Lab) -> Lab:
    opened_lab.reset()
    return opened_lab


# What is refused


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


BAD_CURSORS = {
    "empty": "",
    "not base64": "~~~",
    "cut base64": encoded("2026-01-01 00:00:00.000000,1,1")[:-1],
    "not UTF-8": encoded(b"\xff\xfe"),
    "zero byte": encoded(b"2026-01-01 00:00:00.000000,1,1\x00"),
    "something else": encoded("hello"),
    "no date": encoded("2026-02-30 00:00:00.000000,1,1"),
    "no time": encoded("2026-01-01 25:00:00.000000,1,1"),
    "no year": encoded("0000-01-01 00:00:00.000000,1,1"),
    "infinity": encoded("infinity,1,1"),
    "huge device": encoded("2026-01-01 00:00:00.000000,9999999999,1"),
    "huger device": encoded("2026-01-01 00:00:00.000000,99999999999999999999,1"),
    "huge nrSeq": encoded("2026-01-01 00:00:00.000000,1,99999999999999999"),
    "low nrSeq": encoded("2026-01-01 00:00:00.000000,1,-99999999999999999"),
    "no device": encoded("2026-01-01 00:00:00.000000,,1"),
    "too few parts": encoded("2026-01-01 00:00:00.000000,1"),
    "too many parts": encoded("2026-01-01 00:00:00.000000,1,1,1"),
    "five parts": encoded("1,2026-01-01 00:00:00.000000,1,1,1"),
    "no client": encoded(",2026-01-01 00:00:00.000000,1,1"),
    "huge client": encoded("9999999999,2026-01-01 00:00:00.000000,1,1"),
    "line behind": encoded("2026-01-01 00:00:00.000000,1,1\n"),
    "two lines": encoded("x\n2026-01-01 00:00:00.000000,1,1"),
}
BAD_PAGES = [
    {"p_page": 0}, {"p_page": -1}, {"p_page": None}, {"p_page_size": 0}, {"p_page_size": -5},
    {"p_page_size": 1001}, {"p_page_size": 2**31 - 1}, {"p_page_size": None},
]  # fmt: skip


def refusal(caller: Caller, **arguments: Any) -> tuple[str | None, str | None]:
    with pytest.raises(psycopg2.Error) as caught:
        page(caller, **arguments)
    return caught.value.pgcode, caught.value.diag.message_hint


# Fails when read_cursor() catches invalid_parameter_value only, and when its pattern has no end.
@pytest.mark.parametrize("cursor", BAD_CURSORS.values(), ids=BAD_CURSORS)
def test_a_cursor_that_was_not_handed_out_is_refused(callers: dict[str, Caller], cursor: str) -> None:
    assert refusal(callers["client"], p_cursor=cursor) == ("PT400", "INVALID_PARAMETER")


# Fails when read_cursor() leaves dates and integers to its callers.
@pytest.mark.parametrize("text", ["hello", "2026-02-30 00:00:00,1", "2026-01-01 00:00:00,99999999999999999"])
def test_a_cursor_of_a_track_that_was_not_returned_is_refused(callers: dict[str, Caller], text: str) -> None:
    window = {"p_dt_inicio": "-infinity", "p_dt_fim": "infinity"}
    with pytest.raises(psycopg2.Error) as caught:
        callers["client"].call("get_trajeto", p_cd_dispositivo=1, **window, p_cursor=encoded(text))
    assert (caught.value.pgcode, caught.value.diag.message_hint) == ("PT400", "INVALID_PARAMETER")


# Fails when the RPC asks for p_page >= 0, or for a p_page_size up to 1001, or takes null for well.
@pytest.mark.parametrize("arguments", BAD_PAGES, ids=str)
def test_a_page_that_cannot_be_is_refused(callers: dict[str, Caller], arguments: Row) -> None:
    assert refusal(callers["client"], **arguments) == ("PT400", "INVALID_PARAMETER")


# Fails when the RPC does not ask for 'read'.
def test_only_readers_are_answered(lab: Lab) -> None:
    with lab.caller("ingest") as gateway:
        assert refusal(gateway) == ("PT403", "FORBIDDEN")
    nobody = Caller(lab.database.api_url, key_sha256="0" * 64)
    with closing(nobody.connection):
        assert refusal(nobody) == ("PT401", "UNAUTHORIZED")


# How it is read


MONTHS, A_DAY = 4, 50
LOAD = """
    insert into series."TbPosicao" ("cdDispositivo", "cdCliente", "dtRegistro", "nrSeq", "nrBat")
    select d, 1, %s::timestamp - make_interval(mins => 29 * n), null, 3.5
    from generate_series(1000, 1019) d, generate_series(0, %s) n
"""
DEVICE = 1007


@pytest.fixture(scope="module")
def loaded(template: Database) -> Iterator[Lab]:
    """Twenty devices with four months of reports, and a few thousand addresses; statistics know."""
    with databases.clone(template) as clone, _lab.opened(clone) as opened:
        opened.sql(
            'insert into "TbDispositivo" ("cdDispositivo", "cdCliente") '
            "select d, 1 from generate_series(1000, 1019) d"
        )
        opened.sql(LOAD, NOON.replace(tzinfo=None), MONTHS * 30 * A_DAY)
        opened.sql('insert into "TbEndereco" ("cdEndereco") select generate_series(1000, 4000)')
        opened.sql('analyze series."TbPosicao", "TbEndereco"')
        yield opened


def partitions(lab: Lab, since: datetime, until: datetime) -> set[str]:
    """Those that hold rows of this window."""
    found = lab.sql(
        'select distinct tableoid::regclass::text from series."TbPosicao" '
        'where "dtRegistro" between %s and %s',
        since.replace(tzinfo=None), until.replace(tzinfo=None),
    )  # fmt: skip
    return {name.split(".")[1].strip('"') for (name,) in found}


def scans(lab: Lab, question: Question, mode: str) -> list[list[Scan]]:
    """Of each statement that the RPC ran on positions: its scans of partitions that were executed."""
    names = ", ".join(f"{name} => %s" for name in question.arguments)
    claims = {"sub": _fleet.add_user(lab.owner, CLIENT)}
    statement, values = f"select {RPC}({names})", [*question.arguments.values()]
    plans = _plans.run(lab.database, claims, statement, values, [f"set plan_cache_mode = {mode}"])
    found = [
        [scan for scan in _plans.scans(lab.database, [plan]) if scan.table == "TbPosicao"] for plan in plans
    ]
    return [statement for statement in found if statement]  # reading the page, then counting


WINDOWS = ((1, 3), (34, 36), (25, 60), (0, 100))  # days ago


# Fails when the count compares dtRegistro + interval '0', and when the page compares cdDispositivo + 0.
@pytest.mark.parametrize("mode", ["auto", "force_generic_plan"])
@pytest.mark.parametrize("days", WINDOWS)
def test_a_page_reads_the_unique_index_of_its_partitions(
    loaded: Lab, days: tuple[int, int], mode: str
) -> None:
    since, until = NOON - timedelta(days=days[1]), NOON - timedelta(days=days[0])
    reading, counting = scans(loaded, Question(device=DEVICE, since=since, until=until), mode)
    needed = partitions(loaded, since, until)
    assert {scan.kind for scan in reading} == {"Index Scan"}
    assert {scan.indexes for scan in reading + counting} == {
        frozenset({"TbPosicao_cdDispositivo_dtRegistro_nrSeq_cdCliente_key"})
    }
    assert {scan.partition for scan in counting} == needed
    assert max(needed) in {scan.partition for scan in reading} <= needed


# Fails when each device gives all its rows instead of p_limite.
def test_a_page_reads_no_more_of_a_device_than_fits(loaded: Lab) -> None:
    reading, _ = scans(loaded, Question(device=DEVICE), "auto")
    assert sum(scan.rows for scan in reading) <= 60
