"""`replay`: quarantined old rows once more, after their cause was mended."""

from typing import Any

import psycopg2

from ..console import Problem
from . import carry, state, texts
from .verify import rows

_LEFT = """
    select "dsTabela" as table_name, "dsMotivo" as reason, count(*) as rows
    from conversao."TbConversaoLinha" where "dsDestino" = 'quarantined' group by 1, 2 order by 1, 2
"""


def replay(dsn: str) -> list[dict[str, Any]]:
    """Judge them again; what is good now is stored. Returns what is left, by table and reason.

    Until the switch the old tables are read again, so that a row may be mended there as well; afterwards
    the rows are taken as they were kept, also when the conversion is finished.
    """
    with carry.alone(dsn) as cursor:
        step = state.reached(cursor)
        if step == state.NEW:
            return _replay_finished(cursor)
        if step == state.UNDOING:
            state.require(cursor, state.PREPARED)
        if step == state.SWITCHED:
            _replay_kept(cursor)
        else:
            cursor.execute("select conversao.replay_old()")
            while carry.carry_changes(cursor, carry.ROWS) >= carry.ROWS:
                pass  # fewer come again and again while others write
        return rows(cursor, _LEFT)


def _replay_finished(cursor: Any) -> list[dict[str, Any]]:
    """With what the copy needs in the schema of the conversion again, for one transaction."""
    cursor.execute("""select to_regclass('series."TbPosicao"') is not null""")
    if not cursor.fetchone()[0]:
        raise Problem("This database is not prepared: run scripts/convert prepare first.")
    cursor.execute("begin; set local check_function_bodies = off")
    try:
        for statement in (texts.text("prepare", "10_tables"), texts.text("finish", "replay"),
                          *texts.functions()):  # fmt: skip
            cursor.execute(statement)
        _replay_kept(cursor)
        left = rows(cursor, _LEFT)
        cursor.execute(texts.text("finish", "keep"))
        cursor.execute("drop schema conversao cascade; commit")
        return left
    except psycopg2.Error as error:
        raise Problem(f"Nothing was changed: {str(error).strip()}") from error


def _replay_kept(cursor: Any) -> None:
    cursor.execute('select max("cdLinha") from conversao."TbConversaoLinha"')
    (until,) = cursor.fetchone()
    last: int | None = 0
    while last is not None:
        cursor.execute("select conversao.replay_kept(%s, %s, %s)", (last, until, carry.ROWS))
        (last,) = cursor.fetchone()
