"""The way back: the old tables, views and functions again, with what was written since."""

import itertools
import time
from contextlib import suppress
from typing import Any

import psycopg2

from ..console import Problem
from . import failures, ground, locks, state, statements, texts
from .statements import FREE, LATE

_ROWS = 5_000  # of a transaction
# Keys that may be left when the locks are taken: so many more with each attempt, as on a busy server others
# write that many while one is made.
_FEW, _MOST = 100, 1_000
# PostgREST calls it before each request until it has read its settings again, a moment after the commit.
PRE_REQUEST = "public.antes_da_requisicao"
_RELOAD_S = 1.0


def run(cursor: Any, patience: float = locks.PATIENCE_S) -> dict[str, int]:
    """Go back from a switched database; `cursor` is in autocommit. Returns what the old tables cannot hold.

    Raises Problem; then the database is still switched. After psycopg2.Error that is not known: the
    connection was lost, at the COMMIT maybe.
    """
    state.require(cursor, state.SWITCHED)
    cursor.execute(texts.text("back", "rows", addresses=texts.rule("addresses")))
    _index_addresses(cursor)
    under_locks = _under_locks()  # reads all migrations: nobody is to wait for that
    most = itertools.chain(range(_FEW, _MOST, _FEW), itertools.repeat(_MOST))
    rest = locks.Rest(lambda: _return_rows(cursor) <= _FEW, lambda: _are_few(cursor, next(most)))
    rest.catch_up(time.monotonic() + patience)
    cursor.execute("begin; set local check_function_bodies = off; set local jit = off")
    try:
        locks.take(cursor, "back/lock", patience, rest)
        while _return_rows(cursor):
            pass
        cursor.execute(under_locks)
        state.complete(cursor, state.BACK)
        cursor.execute("notify pgrst, 'reload schema'; notify pgrst, 'reload config'; commit")
    except psycopg2.Error as error:
        if cursor.connection.closed:
            raise
        cursor.execute("rollback")
        raise Problem(f"Nothing was changed. {failures.in_words(error)}") from error
    except BaseException:
        if not cursor.connection.closed:
            cursor.execute("rollback")
        raise
    cursor.execute("set lock_timeout = '1s'")
    with suppress(psycopg2.errors.LockNotAvailable):
        comment(cursor)
    cursor.execute("reset lock_timeout")
    time.sleep(_RELOAD_S)
    drop_pre_request(cursor)
    return beyond(cursor)


def comment(cursor: Any) -> None:
    """Comments as they were before the switch, if they are still due: somebody was in the way then."""
    cursor.execute(state.step("back/comments"))


def drop_pre_request(cursor: Any) -> None:
    """What the way back left for requests in flight; also where it was ended before it could do so itself."""
    cursor.execute(f"drop function if exists {PRE_REQUEST}()")


def beyond(cursor: Any) -> dict[str, int]:
    """Values that the old tables cannot hold, by reason."""
    cursor.execute('select "dsMotivo", count(*) from conversao."TbConversaoAlem" group by 1 order by 1')
    return {reason: int(count) for reason, count in cursor.fetchall()}


def _index_addresses(cursor: Any) -> None:
    """Where addresses were deleted: by it old positions are found that refer to them. `back` drops it."""
    cursor.execute(
        """select exists (select from conversao."TbConversaoVolta" v where v."cdEndereco" is not null
             and not exists (select from public."TbEndereco" e where e."cdEndereco" = v."cdEndereco"))"""
    )
    if cursor.fetchone()[0]:
        cursor.execute('drop index concurrently if exists legado."TbPosicao_cdEndereco_conversao_idx"')
        cursor.execute(
            'create index concurrently "TbPosicao_cdEndereco_conversao_idx"'
            ' on legado."TbPosicao" ("cdEndereco")'
        )


def _return_rows(cursor: Any) -> int:
    """Carry a part of what was written since the switch into the old tables; how many keys it was."""
    cursor.execute("select conversao.return_rows(%s)", (_ROWS,))
    return int(cursor.fetchone()[0])


def _are_few(cursor: Any, most: int) -> bool:
    cursor.execute(
        'select count(*) <= %s from (select from conversao."TbConversaoVolta" limit %s) v', (most, most + 1)
    )
    return bool(cursor.fetchone()[0])


def _under_locks() -> str:
    captures = (
        texts.text("prepare", "20_capture", table=table, key=key, sensor=sensor)
        for table, (key, sensor) in ground.CAPTURED.items()
    )
    owners = texts.text("prepare", "25_owners")
    return ";\n".join([state.step("switch/unserve"), state.step("back/unlog"), _restore(), *captures, owners])


def _restore() -> str:
    made = [part for group in (FREE, LATE) for part in statements.of_group(group)]
    functions = {
        name for part in made if (name := statements.function_of(part)) and name.startswith("public.")
    } - {PRE_REQUEST}
    text = state.step("back/restore")
    for mark, names in (
        ("{functions}", functions),
        ("{views}", statements.views()),
        ("{bound}", statements.bound()),
        ("{accounts}", statements.account_functions()),
        ("{address_keys}", statements.address_keys()),
    ):
        text = text.replace(mark, "array[" + ", ".join(f"'{name}'" for name in sorted(names)) + "]")
    again = [
        part.text
        for part in statements.of_group(statements.EARLY)
        if statements.about_function(part) in statements.account_functions()
    ]
    accounts = ", ".join(f"('{name}'::regproc)" for name in sorted(statements.account_functions()))
    noted = f"""insert into conversao."TbConversaoFeito"
        select 'pg_proc'::regclass, f from (values {accounts}) as f(f) on conflict do nothing"""
    return ";\n".join([text, *again, noted])
