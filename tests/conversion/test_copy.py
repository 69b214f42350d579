"""scripts/convert copy and verify: every old row ends as carried, merged or quarantined."""

import pytest

from scripts.devkit.convert import carry, verify
from tests._lib.databases import Database
from tests._lib.legacy import legacy, load, owner, query
from tests.schema._legacy_world import rows
from tests.schema._prepared import prepare

MANY = """
  insert into public."TbPosicao" (
    "cdDispositivo", "dtRegistro", "nrBat", "cdEndereco", "blArea", "nrDistancia")
  select 1, timestamp '2025-06-01' + n * interval '1 hour', 3.5, 1 + n % 18, n % 2 = 0, n / 3.0
  from generate_series(1, 2000) n;
  insert into public."TbSensorRegistro" ("cdDispositivo", "cdSensor", "cdPosicao", "nrValor", "dtRegistro")
  select 1, s, p."cdPosicao", p."cdPosicao" / 7.0, p."dtRegistro" + interval '20 ms'
  from public."TbPosicao" p, generate_series(1, 2) s;
"""


def test_numbers_add_up(project: Database) -> None:
    with legacy(project) as database:
        load(database, rows())
        with owner(database) as cursor:
            cursor.execute(MANY)
        prepare(database)
        parts: list[int] = []
        carry.copy(database.owner_url, carry.Pace(None), parts.append, rows=500)
        assert max(parts) <= 500
        verdict = verify.verify(database.owner_url)
        assert verdict.agrees, verdict
        assert sum(one["carried"] for one in verdict.months) == 6000
        assert query(database, 'select count(*) from series."TbPosicao"') == [(2000,)]


# Seen to fail: with what the call before had chosen still there, rows were kept twice, then four times …
def test_changes_are_carried_in_many_calls_of_one_transaction(project: Database) -> None:
    with legacy(project) as database:
        load(database, rows())
        prepare(database)
        carry.copy(database.owner_url, carry.Pace(None), lambda _rows: None)
        with owner(database) as cursor:
            cursor.execute(MANY.replace("2000", "4"))
            # One that is merged, one that is quarantined.
            cursor.execute(
                """insert into public."TbPosicao" ("cdDispositivo", "dtRegistro", "nrBat", "cdEndereco")
                   select "cdDispositivo", "dtRegistro", 3.5 + n, "cdEndereco"
                   from public."TbPosicao", generate_series(0, 1) n"""
            )
        with carry.alone(database.owner_url) as cursor:
            cursor.execute("begin")
            taken = []
            while (changes := carry.carry_changes(cursor, 3)) and len(taken) < 20:
                taken.append(changes)
            cursor.execute("commit")
        assert sum(taken) == 4 + 8 + 8
        assert query(database, 'select count(*) from conversao."TbConversaoLinha"') == [(8,)]
        assert verify.verify(database.owner_url).agrees


# Seen to fail: on a busy machine, while changes were carried until a hundred were left: more came each time.
def test_it_ends_while_others_write(project: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with legacy(project) as database:
        load(database, rows())
        prepare(database)
        calls: list[int] = []

        def carry_changes(_cursor: object, limit: int) -> int:
            calls.append(limit)
            return limit if len(calls) < 3 else limit - 1

        monkeypatch.setattr(carry, "carry_changes", carry_changes)
        carry.copy(database.owner_url, carry.Pace(None), lambda _rows: None)
        assert len(calls) == 3
