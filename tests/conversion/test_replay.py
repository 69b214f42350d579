"""Quarantined old rows can be read and replayed: before the switch, after it, and after the end."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.devkit.console import Problem
from scripts.devkit.convert import carry, finish, state, switch, verify
from scripts.devkit.convert.replay import replay
from tests._lib.databases import Database
from tests._lib.legacy import legacy, load, owner, query
from tests.schema._legacy_world import rows
from tests.schema._prepared import prepare

ROWS = """
  insert into public."TbDispositivo" ("cdDispositivo", "dtRegistro")
    values (8, now()), (9, now());
  insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor") values (8, 8, 3), (9, 9, 3);
  insert into public."TbPosicao" ("cdPosicao", "cdDispositivo", "dtRegistro", "nrBat", "nrSeq") values
    (1, 2, '2025-06-01 12:00', 3.5, null), (2, 2, '2025-06-01 12:00', 3.5, null),
    (3, 2, '2025-06-01 12:00', 3.6, null), (4, 1, '2025-06-01 13:00', 3700, null), (5, 1, null, 3.5, null),
    (6, 8, '2025-06-02 12:00', 3.5, 1), (7, 8, '2025-06-02 12:00', 3.5, 2),
    (8, 9, '2025-06-03 12:00', 3.5, null);
  insert into public."TbSensorRegistro" ("cdDispositivo", "cdSensor", "cdPosicao", "nrValor", "dtRegistro")
  values
    (2, 3, 1, 1, '2025-06-01 12:00:01'), (2, 3, 2, 1, '2025-06-01 12:00:01'),
    (1, 1, 4, 2, '2025-06-01 13:00:01'),
    (8, 8, 6, 1, '2025-06-02 12:00:01'), (8, 8, 7, 2, '2025-06-02 12:00:01'),
    (9, 9, 8, 5, '2025-06-03 12:00:01')
"""
KEPT = """
  select "dsTabela", "cdLinha", "dsAntes" ->> 'cdDispositivo' from private."TbConversaoAviso"
  where "dsMotivo" like 'quarantined: %' order by 1, 2
"""


@pytest.fixture(scope="module")
def copied(project: Database) -> Iterator[Database]:
    with legacy(project) as database:
        load(database, rows())
        with owner(database) as cursor:
            cursor.execute(ROWS)
        prepare(database)
        carry.copy(database.owner_url, carry.Pace(None), lambda _rows: None)
        yield database


def left(database: Database) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in replay(database.owner_url):
        found[f"{one['table_name']} {one['reason'].split(':')[0]}"] += one["rows"]
    return found


def carried(database: Database) -> list[tuple[Any, ...]]:
    return query(database, 'select "cdPosicao" from series."TbPosicao" order by 1')


# Seen to fail: with changes carried until there are none.
def test_it_ends_while_others_write(copied: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    carry_changes = carry.carry_changes

    def beside_a_writer(*arguments: Any) -> int:
        calls.append(carry_changes(*arguments))
        with owner(copied) as cursor:
            cursor.execute('update public."TbPosicao" set "nrBat" = "nrBat" where "cdPosicao" = 5')
        assert len(calls) < 5
        return calls[-1]

    monkeypatch.setattr(carry, "carry_changes", beside_a_writer)
    replay(copied.owner_url)
    assert calls


# Seen to fail: without an end to the replay, behind which is written what stays in quarantine.
def test_replay(copied: Database) -> None:
    assert carried(copied) == []
    assert left(copied) == {
        "TbPosicao INVALID_TIMESTAMP": 1,
        "TbPosicao INVALID_VALUE": 1,
        "TbPosicao UNKNOWN_DEVICE": 6,
        "TbSensorRegistro with its position": 6,
    }
    with owner(copied) as cursor:  # one cause in the registry, one in the row itself
        cursor.execute('update public."TbDispositivo" set "cdCliente" = 1 where "cdDispositivo" = 2')
        cursor.execute('update public."TbPosicao" set "nrBat" = 3.7 where "cdPosicao" = 4')
    assert left(copied) == {
        "TbPosicao CONFLICT": 1,
        "TbPosicao INVALID_TIMESTAMP": 1,
        "TbPosicao UNKNOWN_DEVICE": 3,
        "TbSensorRegistro with its position": 3,
    }
    assert carried(copied) == [(1,), (4,)]
    assert verify.verify(copied.owner_url).agrees
    with state.alone(copied.owner_url) as cursor:
        switch.run(cursor, "km")
    with owner(copied) as cursor:
        cursor.execute('update public."TbDispositivo" set "cdCliente" = 1 where "cdDispositivo" = 8')
    for step in (verify.verify, lambda url: carry.copy(url, carry.Pace(None), lambda _rows: None)):
        with pytest.raises(Problem, match="switched"):  # the old tables have other names now
            step(copied.owner_url)
    expected = {
        "TbPosicao CONFLICT": 1,
        "TbPosicao INVALID_TIMESTAMP": 1,
        "TbPosicao UNKNOWN_DEVICE": 1,
        "TbSensorRegistro CONFLICT": 1,
        "TbSensorRegistro with its position": 1,
    }
    assert left(copied) == expected
    assert left(copied) == expected
    assert carried(copied) == [(1,), (4,), (6,), (7,)]
    assert query(copied, 'select "cdPosicao", "nrValor" from series."TbSensorRegistro" order by 1') == [
        (1, 1), (4, 2), (6, 1),
    ]  # fmt: skip
    with state.alone(copied.owner_url) as cursor:
        finish.run(cursor)
    others = [("TbPosicao", "3", "2"), ("TbPosicao", "5", "1"), ("TbSensorRegistro", "7, 8", "8")]
    assert query(copied, KEPT) == sorted(
        [*others, ("TbPosicao", "8", "9"), ("TbSensorRegistro", "8, 9", "9")]
    )
    assert left(copied) == expected
    with owner(copied) as cursor:
        cursor.execute('update public."TbDispositivo" set "cdCliente" = 1 where "cdDispositivo" = 9')
    assert sum(left(copied).values()) == len(others)
    assert query(copied, KEPT) == others
    assert carried(copied) == [(1,), (4,), (6,), (7,), (8,)]
    stored = """select "cdPosicao", "nrValor", "dtRegistro"::text, to_regnamespace('conversao')
                from series."TbSensorRegistro" where "cdSensor" = 9"""
    assert query(copied, stored) == [(8, 5, "2025-06-03 12:00:00", None)]
