"""The end of a conversion: what is old is dropped, and the migrations are recorded as applied."""

from typing import Any

import psycopg2

from ..console import Problem
from ..schema.migrations import HISTORY, local_migrations
from . import state, statements

_BUDGET = "5s"  # nobody uses the old tables; triggers are dropped from views that the old application writes


def run(cursor: Any) -> None:
    """Finish a switched database, in one transaction; `cursor` is in autocommit. Raises Problem."""
    state.require(cursor, state.SWITCHED)
    cursor.execute(f"begin; set local lock_timeout = '{_BUDGET}'")
    try:
        cursor.execute(state.step("switch/unserve"))
        cursor.execute(state.step("finish/keep"))
        cursor.execute(state.step("finish/drop"))
        for part in statements.of_group(statements.TAIL):
            cursor.execute(part.text)
        _record(cursor)
        cursor.execute("commit")
    except psycopg2.Error as error:
        cursor.execute("rollback")
        raise Problem(f"Nothing was dropped: {str(error).strip()}") from error


def _record(cursor: Any) -> None:
    """As the Supabase CLI records what it applied."""
    cursor.execute(HISTORY)
    for migration in local_migrations():
        cursor.execute(
            "insert into supabase_migrations.schema_migrations (version, name, statements)"
            " values (%s, %s, %s) on conflict (version) do nothing",
            (migration.version, migration.name, [statement.text for statement in migration.statements()]),
        )


def remains(cursor: Any) -> dict[str, int]:
    """Old rows that are quarantined, and calls of the old application since yesterday."""
    cursor.execute(
        """select (select count(*) from conversao."TbConversaoLinha" where "dsDestino" = 'quarantined'),
                  (select coalesce(sum("nrChamadas"), 0) from conversao."TbConversaoUso"
                   where "dtDia" >= current_date - 1)"""
    )
    quarantined, calls = cursor.fetchone()
    return {"quarantined": int(quarantined), "calls": int(calls)}
