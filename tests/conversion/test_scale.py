"""What a conversion of millions of rows may not do once for each row, or while everybody waits."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from scripts.devkit.convert import back, carry, locks, state, statements, switch, verify
from scripts.devkit.local.databases import admin, roles_locked
from tests._lib.databases import Database
from tests._lib.legacy import legacy, load, owner, query
from tests.conversion.test_copy import MANY
from tests.schema._legacy_world import rows
from tests.schema._prepared import prepare

SCANS = "select pg_stat_get_xact_numscans(to_regclass(%s))"
TEMPORARY = "select sum(pg_relation_size(oid)) from pg_class where relnamespace = pg_my_temp_schema()"
CALLS = "select pg_stat_get_xact_function_calls(to_regproc(%s))"


@pytest.fixture(scope="module")
def prepared(project: Database) -> Iterator[Database]:
    """2,000 positions with two readings each at 18 addresses; nothing of it is copied."""
    with legacy(project) as database:
        load(database, rows())
        with owner(database) as cursor:
            cursor.execute(MANY)
        prepare(database)
        yield database


@pytest.fixture(scope="module")
def carried(prepared: Database) -> Database:
    """The same; all of it is copied, which the test of the copy must see."""
    with admin(prepared.name) as cursor:
        cursor.execute("begin; set local track_functions = 'all'")
        parts = 0
        while _part(cursor):
            parts += 1
        assert parts > 6
        assert _calls(cursor, "private.record_address_link") == 0
        assert 0 < _calls(cursor, "private.keep_current_position") < 4
        cursor.execute("commit")
    return prepared


def _calls(cursor: Any, function: str) -> int:
    """Calls of a function in this transaction."""
    cursor.execute(CALLS, (function,))
    return int(cursor.fetchone()[0] or 0)


def _part(cursor: Any) -> Any:
    cursor.execute("select rows from conversao.copy_part(1000)")
    return cursor.fetchone()[0] is not None


# Seen to fail: with a call of the trigger for each position (above); without the statement that records them.
def test_addresses_of_clients_are_recorded_for_all_rows_at_once(carried: Database) -> None:
    found = 'select "cdEndereco", "cdCliente" from public."TbEnderecoVinculo" order by 1, 2'
    wanted = """select distinct "cdEndereco", "cdCliente" from series."TbPosicao"
                where "cdEndereco" is not null order by 1, 2"""
    assert query(carried, found) == query(carried, wanted) != []


# Seen to fail: with the positions of a changed address looked for in the old table, which has no index.
def test_a_changed_address_reads_no_table_as_a_whole(carried: Database) -> None:
    with closing(psycopg2.connect(carried.owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute("set enable_seqscan = off")
        cursor.execute("""update public."TbEndereco" set "dsLat" = '-20.00001' where "cdEndereco" = 3""")
        cursor.execute("""select count(*) from public."TbPosicao" where "cdEndereco" = 3""")
        (positions,) = cursor.fetchone() or (0,)
        before = _scans(cursor)
        assert carry.carry_changes(cursor, carry.ROWS) == 1
        assert positions > 100
        assert _scans(cursor) - before == 0
        cursor.execute("""select count(*) from series."TbPosicao" where "dsLat" = -20.00001""")
        assert cursor.fetchone() == (positions,)
        connection.rollback()


# Seen to fail: with rows of the temporary tables deleted instead of truncated.
def test_calls_that_share_a_transaction_leave_each_other_nothing_to_go_through(carried: Database) -> None:
    sizes = set()
    with closing(psycopg2.connect(carried.owner_url)) as connection, connection.cursor() as cursor:
        for battery in (3.1, 3.2, 3.3):
            cursor.execute(
                'update public."TbPosicao" set "nrBat" = %s where "cdPosicao" %% 4 = 0', (battery,)
            )
            written = cursor.rowcount
            assert carry.carry_changes(cursor, carry.ROWS) == written > 300
            cursor.execute(TEMPORARY)
            sizes.add(cursor.fetchone())
        connection.rollback()
    assert len(sizes) == 1


def _scans(cursor: Any) -> int:
    """Scans of the old positions without an index, in this transaction."""
    cursor.execute(SCANS, ('public."TbPosicao"',))
    return int((cursor.fetchone() or (0,))[0])


# Seen to fail: with a device counted as one change.
def test_a_device_that_changes_hands_is_not_carried_under_locks(carried: Database) -> None:
    with closing(psycopg2.connect(carried.owner_url)) as connection, connection.cursor() as cursor:
        assert carry.are_few(cursor)
        cursor.execute("""update public."TbDispositivo" set "cdCliente" = 2 where "cdDispositivo" = 1""")
        assert not carry.are_few(cursor)
        connection.rollback()


# Seen to fail: with all of it carried in the transaction that compares.
def test_verify_carries_what_has_gathered_in_transactions_of_its_own(
    carried: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[tuple[int, Any]] = []

    def noted(cursor: Any, rows: int) -> int:
        changes = carry_changes(cursor, rows)
        cursor.execute("select now()")
        taken.append((changes, cursor.fetchone()[0]))
        return changes

    with owner(carried) as cursor:
        cursor.execute('update public."TbPosicao" set "nrBat" = 3.7 where "cdPosicao" % 4 = 0')
        assert cursor.rowcount > 3 * carry.FEW
    carry_changes = carry.carry_changes
    monkeypatch.setattr(carry, "carry_changes", noted)
    monkeypatch.setattr(carry, "ROWS", 200)
    assert verify.verify(carried.owner_url).agrees
    compared_in = taken[-1][1]
    assert sum(changes for changes, instant in taken if instant == compared_in) <= carry.FEW
    assert len({instant for _, instant in taken}) > 2


# Seen to fail: with the statements read from the migrations under the locks.
def test_migrations_are_read_before_the_locks(carried: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verify.verify(carried.owner_url).agrees
    read: list[int] = []

    def take(*arguments: Any) -> float:
        began = locks_take(*arguments)
        read.append(statements.parts.cache_info().currsize)
        return began

    locks_take = locks.take
    monkeypatch.setattr(locks, "take", take)
    with roles_locked(), state.alone(carried.owner_url) as cursor:
        for step in (lambda: switch.run(cursor, "km"), lambda: back.run(cursor)):
            statements.parts.cache_clear()
            step()
    assert read == [1, 1]
