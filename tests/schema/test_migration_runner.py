"""The migration runner agrees with the Supabase CLI, and refuses what the CLI refuses or would spoil."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from scripts.devkit.console import Problem
from scripts.devkit.schema.migrations import migrate
from tests._lib import databases
from tests._lib.databases import Database

QUIET: Callable[[str], None] = lambda _text: None  # noqa: E731 - a callback


@pytest.fixture
def url(project: Database) -> Iterator[str]:
    with databases.clone(project) as database:
        yield database.owner_url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "20260101000000_tables.sql").write_text(
        "-- A table; and more\ncreate table a (t text default 'x;y');\n\n"
        "create function f() returns int language plpgsql as $b$ begin return 1; end $b$;\n"
        "-- the end\n"
    )
    return tmp_path


def query(url: str, text: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(text)
        return list(cursor.fetchall())


def history(url: str) -> list[tuple[Any, ...]]:
    return query(url, "select * from supabase_migrations.schema_migrations order by version")


def test_records_what_the_cli_records(url: str, folder: Path) -> None:
    assert migrate(url, folder, QUIET) == ["20260101000000"]
    # As `supabase db push` 3.1.0 left it for the same file.
    statements = [
        "-- A table; and more\ncreate table a (t text default 'x;y')",
        "create function f() returns int language plpgsql as $b$ begin return 1; end $b$",
        "-- the end",
    ]
    assert history(url) == [("20260101000000", statements, "tables")]
    assert migrate(url, folder, QUIET) == []


def test_a_failing_file_leaves_nothing_and_names_its_line(url: str, folder: Path) -> None:
    (folder / "20260102000000_bad.sql").write_text("create table b (i int);\n\nselect 1,\n  nonsense;\n")
    with pytest.raises(Problem, match=r"20260102000000_bad\.sql:4: .*nonsense"):
        migrate(url, folder, QUIET)
    assert [row[0] for row in history(url)] == ["20260101000000"]
    assert query(url, "select to_regclass('a') is null, to_regclass('b') is null") == [(False, True)]


def test_settings_end_with_their_file(url: str, folder: Path) -> None:
    (folder / "20260102000000_settings.sql").write_text(
        "set statement_timeout = '7s';\nset search_path = '';\n"
    )
    (folder / "20260103000000_after.sql").write_text(
        "create table c as select current_setting('statement_timeout');"
    )
    migrate(url, folder, QUIET)
    assert query(url, "select * from c") == [("0",)]


def test_stops_where_it_is_told_to(url: str, folder: Path) -> None:
    """Seen to fail: by a version that is left out, or one too many."""
    (folder / "20260102000000_b.sql").write_text("create table b (i int);\n")
    (folder / "20260103000000_c.sql").write_text("create table c (i int);\n")
    assert migrate(url, folder, QUIET, until="20260102000000") == ["20260101000000", "20260102000000"]
    assert query(url, "select to_regclass('b') is null, to_regclass('c') is null") == [(False, True)]
    assert migrate(url, folder, QUIET) == ["20260103000000"]


def test_passes_warnings_on(url: str, folder: Path) -> None:
    """Seen to fail: by keeping them, by passing notices on too, by repeating those of the file before."""
    for number in (2, 3):
        (folder / f"2026010{number}000000_w.sql").write_text(
            f"do $$ begin raise notice 'a notice'; raise warning 'file {number}'; end $$;\n"
        )
    told: list[str] = []
    migrate(url, folder, told.append)
    assert told == [
        "20260102000000_w.sql: WARNING:  file 2",
        "20260103000000_w.sql: WARNING:  file 3",
        "Applied 3 migrations",
    ]


def test_refuses_history_without_a_file(url: str, folder: Path) -> None:
    migrate(url, folder, QUIET)
    (folder / "20260101000000_tables.sql").unlink()
    with pytest.raises(Problem, match="20260101000000"):
        migrate(url, folder, QUIET)


def test_refuses_a_file_older_than_the_last_applied(url: str, folder: Path) -> None:
    migrate(url, folder, QUIET)
    (folder / "20251231000000_late.sql").write_text("create table late (i int);")
    with pytest.raises(Problem, match="20251231000000_late"):
        migrate(url, folder, QUIET)
    assert query(url, "select to_regclass('late') is null") == [(True,)]


@pytest.mark.parametrize("name", ["tables.sql", "2026-01-02_x.sql", "20260102000000.sql"])
def test_refuses_names_the_cli_passes_over(url: str, folder: Path, name: str) -> None:
    (folder / name).write_text("select 1;")
    with pytest.raises(Problem, match="named"):
        migrate(url, folder, QUIET)


# Seen to fail: two branches that took one version, merged.
def test_refuses_a_version_given_twice(url: str, folder: Path) -> None:
    for name in ("one", "other"):
        (folder / f"20260102000000_{name}.sql").write_text(f"create table {name} (i int);")
    with pytest.raises(Problem, match="the same version"):
        migrate(url, folder, QUIET)
    assert query(url, "select to_regclass('one') is null") == [(True,)]


@pytest.mark.parametrize("word", ["begin", "COMMIT", "/* why */ rollback", "start transaction"])
def test_refuses_transaction_control(url: str, folder: Path, word: str) -> None:
    (folder / "20260102000000_x.sql").write_text(f"create table b (i int);\n{word};\n")
    with pytest.raises(Problem, match="transaction"):
        migrate(url, folder, QUIET)
    assert query(url, "select to_regclass('b') is null") == [(True,)]


def test_a_concurrent_index_runs_outside_a_transaction(url: str, folder: Path) -> None:
    path = folder / "20260102000000_index.sql"
    path.write_text("set lock_timeout = '1s';\ncreate index concurrently if not exists a_t on a (t);\n")
    migrate(url, folder, QUIET)
    assert query(url, "select indisvalid from pg_index where indexrelid = 'a_t'::regclass") == [(True,)]
    assert [row[0] for row in history(url)] == ["20260101000000", "20260102000000"]


def test_a_concurrent_index_has_its_file_to_itself(url: str, folder: Path) -> None:
    text = "create table b (i int);\ncreate index concurrently a_t on a (t);\n"
    (folder / "20260102000000_index.sql").write_text(text)
    with pytest.raises(Problem, match="no other statement"):
        migrate(url, folder, QUIET)
    assert query(url, "select to_regclass('b') is null") == [(True,)]


def test_two_at_once_take_turns(url: str, folder: Path) -> None:
    """Seen to fail without the advisory lock: the later one met what the earlier one had just made."""
    slow = "create table b (i int);\nselect pg_sleep(0.5);\n"
    (folder / "20260102000000_slow.sql").write_text(slow)
    outcomes: list[object] = []

    def run() -> None:
        try:
            outcomes.append(migrate(url, folder, QUIET))
        except Exception as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == sorted(map(str, [["20260101000000", "20260102000000"], []]))
    left = "select count(*) from pg_locks join pg_database d on d.oid = database where locktype = 'advisory'"
    assert query(url, f"{left} and datname = current_database()") == [(0,)]
