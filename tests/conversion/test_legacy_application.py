"""The legacy application works on the legacy state, as the catalogue has it.

Seen to fail: each kind of loss by deleting, doubling or changing a row behind its back.
"""

import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Any

import pytest

from scripts.devkit.fleet.ledger import Ledger
from scripts.devkit.fleet.legacy_application import Reader, Report, Writer
from scripts.devkit.fleet.legacy_fleet import LegacyFleet, person
from scripts.devkit.fleet.legacy_traffic import looking, reporting, reports
from scripts.devkit.fleet.postgrest import Rest
from scripts.devkit.fleet.postgrest_schema import Refused, Unanswered
from tests._lib import identities, rest
from tests._lib.databases import Database
from tests._lib.legacy import legacy, owner
from tests._lib.rest_door import HttpDoor
from tests.conversion._installation import Installation, give_history, schema_of

FEW = LegacyFleet(devices=3, days=1, per_day=4)


@pytest.fixture
def cursor(old: Installation) -> Iterator[Any]:
    with owner(old.database) as cursor:
        yield cursor


def test_a_report_is_six_kinds_of_requests(old: Installation, cursor: Any) -> None:
    ledger = Ledger()
    with closing(old.door()) as door:
        writer = Writer(door, ledger)
        assert writer.write(Report(1, -23.9, -46.9, 3.6, 900_000_001, {1: 4.25, 2: 7}))
        assert writer.calls == 7  # one for each sensor; the address is known
        assert writer.write(Report(2, -20.5, -40.1, 3.6, 900_000_002, {3: 1}))
        assert writer.calls == 7 + 7  # one for the new address
    near, far = ledger.rows["TbPosicao"]
    assert (near["blArea"], far["blArea"]) == (True, False)
    assert {row["cdPosicao"] for row in ledger.rows["TbSensorRegistro"]} == {
        near["cdPosicao"], far["cdPosicao"],
    }  # fmt: skip
    assert [row["dsLat"] for row in ledger.rows["TbEndereco"]] == ["-20.50000"]
    assert not ledger.failures
    assert not ledger.account(cursor)


def test_what_is_acknowledged_is_counted(old: Installation, cursor: Any) -> None:
    with (
        reporting(old.fleet, old.door, rate=1_000, connections=4) as traffic,
        looking(old.reader()) as reader,
    ):
        while traffic.whole < 60:
            threading.Event().wait(0.05)
    assert not traffic.ledger.failures
    assert not reader.ledger.failures
    assert len(traffic.ledger.rows["TbPosicao"]) == traffic.whole
    assert not traffic.ledger.account(cursor)
    one, two, three = (row["cdPosicao"] for row in traffic.ledger.rows["TbPosicao"][:3])
    cursor.execute('delete from public."TbSensorRegistro" where "cdPosicao" = %s', (one,))
    cursor.execute('delete from public."TbPosicao" where "cdPosicao" = %s', (one,))
    cursor.execute(
        """insert into public."TbPosicao" ("cdDispositivo", "nrSeq")
           select "cdDispositivo", "nrSeq" from public."TbPosicao" where "cdPosicao" = %s""",
        (two,),
    )
    cursor.execute(
        'update public."TbSensorRegistro" set "nrValor" = "nrValor" + 0.001 where "cdPosicao" = %s', (three,)
    )
    found = traffic.ledger.account(cursor)
    assert sorted(found.lost)[0] == f"position {one}"
    assert len(found.lost) == 3
    assert found.doubled == [f"position {two}"]
    assert len(found.changed) == 2
    assert all(f"at position {three}" in one for one in found.changed)


def test_everything_is_read_as_a_user(old: Installation) -> None:
    with closing(old.door()) as door:
        assert Writer(door, Ledger()).write(Report(5, -20.5, -40.1, 3.6, 900_000_004, {9: 1}))
    answers = old.reader(device=5).read()
    assert len(answers) == 16
    empty = {name for name, answer in answers.items() if not answer}
    assert empty == set()
    assert answers["get_historico_paginado"]["total"] >= 1
    with closing(old.user(client=2)) as other:
        assert not other.select("TbPosicao", limit=1, cdDispositivo=5)
        assert not other.select("VwTbPosicaoAtual", cdProduto=1)


def test_what_is_refused_and_what_is_not_answered(old: Installation, cursor: Any) -> None:
    ledger = Ledger()
    with closing(old.door()) as door:
        writer = Writer(door, ledger)
        assert not writer.write(Report(1, -23.9, -46.9, 3.6, 900_000_003, {99_999: 1}))
        assert [one for one in ledger.refusals if "23503" in one]
        assert len(ledger.rows["TbPosicao"]) == 1  # a request of its own
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'authenticator'"
            " and datname = current_database()"
        )
        with pytest.raises(Unanswered):
            door.select("TbDispositivo", cdDispositivo=1)
        assert door.select("TbDispositivo", cdDispositivo=1)
        with pytest.raises(Refused, match="PGRST202"):
            door.call("get_grouped_sensor_data", unknown=1)
        # Two functions of this name take these arguments.
        with pytest.raises(Refused, match="PGRST203"):
            door.call("get_lista_dispositivos_resumo", cd_cliente=1)


def test_the_schema_is_read_again_when_it_is_told(old: Installation, cursor: Any) -> None:
    with closing(old.door()) as door:
        door.select("TbDispositivo", cdDispositivo=1)
        cursor.execute('create view public."VwNova" as select 1 as um')
        with pytest.raises(Refused):
            door.select("VwNova")
        cursor.execute("notify pgrst, 'reload schema'")
        while "VwNova" not in old.schema.relations:  # it takes a moment to arrive
            old.schema.refresh()
        assert door.select("VwNova") == [{"um": 1}]
        cursor.execute('drop view public."VwNova"')


@pytest.fixture(scope="module")
def served(project: Database) -> Iterator[tuple[Database, str]]:
    """A database with few devices, and the URL of a REST server in front of it."""
    with legacy(project) as database:
        give_history(database, FEW)
        with rest.serving(database) as url:
            yield database, url


def test_through_a_rest_server(served: tuple[Database, str]) -> None:
    database, url = served
    ledger = Ledger()
    door = HttpDoor(url, rest.SECRET_KEY)
    assert Writer(door, ledger).write(Report(1, -20.5, -40.1, 3.6, 900_000_001, {1: 4.25}))
    assert all(Writer(door, ledger).write(report) for report in islice(reports(FEW), 1, 9)), ledger.failures
    assert (len(ledger.rows["TbPosicao"]), len(ledger.rows["TbSensorRegistro"])) == (9, 9)
    with owner(database) as cursor:
        assert not ledger.account(cursor)
    user = HttpDoor(url, rest.PUBLISHABLE_KEY, identities.token(person(1)))
    reader = Reader(user, 1, 1, 1, "2020-01-01T00:00:00", "2100-01-01T00:00:00")
    answers = reader.read()
    assert not reader.ledger.failures
    with closing(schema_of(database)) as schema:
        # The same rows as by the statements that stand for PostgREST. The server has replaced auth.uid().
        schema.refresh()
        schema.settings["authenticated"]["request.jwt.claim.sub"] = person(1)
        reader.door = Rest(schema, "authenticated", identities.claims(person(1)))
        direct = reader.read()
    assert {name: _shape(rows) for name, rows in answers.items()} == {
        name: _shape(rows) for name, rows in direct.items()
    }
    assert sum(not answer for answer in direct.values()) <= 1


def _shape(answer: Any) -> Any:
    rows = answer if isinstance(answer, list) else [answer]
    return len(rows), sorted(rows[0]) if rows else []
