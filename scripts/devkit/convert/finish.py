"""The end of a conversion: what is old is dropped, and the migrations are recorded as applied."""

from typing import Any

import psycopg2
from psycopg2.extras import execute_values

from ..console import Problem
from ..schema.migrations import HISTORY, local_migrations
from . import failures, locks, state, statements


def run(cursor: Any, patience: float = locks.PATIENCE_S) -> None:
    """Finish a switched database, in one transaction; `cursor` is in autocommit. Raises Problem; then nothing
    was dropped. After psycopg2.Error that is not known: the connection was lost, at the COMMIT maybe.

    What locks out nobody comes first; then, in a moment or again later, all locks; under them only drops.
    """
    state.require(cursor, state.SWITCHED)
    cursor.execute("begin")
    try:
        cursor.execute(state.step("finish/keep"))
        cursor.execute(statements.comments())
        _record(cursor)
        locks.take(cursor, "finish/lock", patience)
        cursor.execute(";\n".join([state.step("switch/unserve"), state.step("finish/drop"), "commit"]))
    except psycopg2.Error as error:
        if cursor.connection.closed:
            raise
        cursor.execute("rollback")
        raise Problem(f"Nothing was dropped. {failures.in_words(error)}") from error
    except BaseException:
        if not cursor.connection.closed:
            cursor.execute("rollback")
        raise


def _record(cursor: Any) -> None:
    """As the Supabase CLI records what it applied."""
    cursor.execute(HISTORY)
    execute_values(
        cursor,
        "insert into supabase_migrations.schema_migrations (version, name, statements) values %s"
        " on conflict (version) do nothing",
        [
            (migration.version, migration.name, [statement.text for statement in migration.statements()])
            for migration in local_migrations()
        ],
    )


def unknown_versions(cursor: Any) -> list[str]:
    """Migrations in the history of the database whose files are not here: the CLI refuses to push then."""
    cursor.execute("select to_regclass('supabase_migrations.schema_migrations') is not null")
    if not cursor.fetchone()[0]:
        return []
    cursor.execute("select version from supabase_migrations.schema_migrations order by version")
    known = {migration.version for migration in local_migrations()}
    return [version for (version,) in cursor.fetchall() if version not in known]


def remains(cursor: Any) -> dict[str, int]:
    """Old rows that are quarantined, and calls of the old application since yesterday."""
    cursor.execute(
        """select (select count(*) from conversao."TbConversaoLinha" where "dsDestino" = 'quarantined'),
                  (select coalesce(sum("nrChamadas"), 0) from conversao."TbConversaoUso"
                   where "dtDia" >= current_date - 1)"""
    )
    quarantined, calls = cursor.fetchone()
    return {"quarantined": int(quarantined), "calls": int(calls)}
