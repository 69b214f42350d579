"""`replay`: quarantined old rows once more, after their cause was mended."""

from typing import Any

from ..console import Problem
from . import carry, state
from .verify import rows

_LEFT = """
    select "dsTabela" as table_name, "dsMotivo" as reason, count(*) as rows
    from conversao."TbConversaoLinha" where "dsDestino" = 'quarantined' group by 1, 2 order by 1, 2
"""


def replay(dsn: str) -> list[dict[str, Any]]:
    """Judge them again; what is good now is stored. Returns what is left, by table and reason.

    Until the switch the old tables are read again, so that a row may be mended there as well; afterwards
    the rows are taken as they were kept.
    """
    with carry.alone(dsn) as cursor:
        step = state.reached(cursor)
        if step == state.NEW:
            raise Problem("This database is not prepared: run scripts/convert prepare first.")
        if step == state.SWITCHED:
            _replay_kept(cursor)
        else:
            cursor.execute("select conversao.replay_old()")
            while carry.carry_changes(cursor, carry.ROWS):
                pass
        return rows(cursor, _LEFT)


def _replay_kept(cursor: Any) -> None:
    cursor.execute('select max("cdLinha") from conversao."TbConversaoLinha"')
    (until,) = cursor.fetchone()
    last: int | None = 0
    while last is not None:
        cursor.execute("select conversao.replay_kept(%s, %s, %s)", (last, until, carry.ROWS))
        (last,) = cursor.fetchone()
