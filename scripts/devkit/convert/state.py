"""How far a conversion is, as the database says, and who is at it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..console import Problem
from ..local.paths import SQL
from ..schema import reach

ONLINE = SQL / "online"
LOCK = 5_117_302_664_190_372_845
_MOMENT_S = 5.0
# Long statements are no fault; but the server is to find within seconds that a command is gone, be it killed
# or its network down, and end its session: it holds locks, this one and others.
SESSION = """
    set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;
    set client_connection_check_interval = '1s';
    set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3;
    set tcp_user_timeout = '15s'"""
NEW, PREPARED, SWITCHED, BACK, UNDOING = "new", "prepared", "switched", "back", "undoing"
_SAID = {
    NEW: "not prepared", PREPARED: "prepared", SWITCHED: "switched", BACK: "switched back",
    UNDOING: "on the way back from prepare",
}  # fmt: skip
_NEXT = {
    NEW: "run scripts/convert plan, then prepare",
    PREPARED: "run scripts/convert copy, verify and switch",
    SWITCHED: "run scripts/convert finish when nobody needs the old application, or back",
    BACK: "run scripts/convert copy, verify and switch again, or back --give-up",
    UNDOING: "run scripts/convert back again",
}


def step(name: str) -> str:
    """The SQL of a step, sql/online/<name>.sql."""
    return (ONLINE / f"{name}.sql").read_text()


@contextmanager
def alone(url: str) -> Iterator[Any]:
    """A cursor in autocommit of the only command that works on this database; Problem for a second one.

    The lock belongs to the session and ends with it, however that ends: no URL of a transaction pooler.
    """
    with reach.session(url) as cursor:
        if not _locked(cursor):
            raise Problem("Another scripts/convert is working on this database. Wait for it, or stop it.")
        cursor.execute(SESSION)
        yield cursor


def _locked(cursor: Any) -> bool:
    """The session of a command that was just killed may last a moment longer."""
    end = time.monotonic() + _MOMENT_S
    while True:
        cursor.execute("select pg_try_advisory_lock(%s)", (LOCK,))
        (is_ours,) = cursor.fetchone()
        if is_ours or time.monotonic() > end:
            return bool(is_ours)
        time.sleep(0.1)


def ensure(cursor: Any) -> None:
    """Make the schema `conversao` with what this module reads; it can be repeated."""
    cursor.execute(step("switch/state"))


def reached(cursor: Any) -> str:
    """The last step that was completed: one of these names; UNDOING: back was interrupted."""
    cursor.execute("select to_regclass('conversao.\"TbConversaoEtapa\"') is not null")
    if not cursor.fetchone()[0]:
        return NEW
    cursor.execute('select "dsEtapa" from conversao."TbConversaoEtapa" order by "cdEtapa" desc limit 1')
    row = cursor.fetchone()
    return str(row[0]) if row else NEW


def is_begun(cursor: Any) -> bool:
    """Whether there is anything of a conversion, be it of a `prepare` that was interrupted."""
    cursor.execute("select to_regclass('conversao.\"TbConversaoFeito\"') is not null")
    return bool(cursor.fetchone()[0])


def require(cursor: Any, *steps: str) -> None:
    """Raises Problem unless one of these steps is the last that was completed."""
    if (found := reached(cursor)) not in steps:
        raise Problem(f"The database is {_SAID[found]}: {_NEXT[found]}.")


def status(cursor: Any) -> dict[str, Any]:
    """The last step that was completed, and what the conversion has noted of itself."""
    found: dict[str, Any] = {"step": reached(cursor)}
    cursor.execute("""select to_regclass('series."TbPosicao"') is not null""")
    if found["step"] == NEW and cursor.fetchone() == (True,) and not is_begun(cursor):
        return {"step": "finished", "next": "nothing: this is a database of the new system"}
    if found["step"] != NEW:
        cursor.execute(step("switch/status"))
        names = [column.name for column in cursor.description]
        found |= dict(zip(names, cursor.fetchone() or [], strict=False))
    return found | {"next": _NEXT[found["step"]]}


def complete(cursor: Any, reached_step: str) -> None:
    """Record that a step is completed, in the transaction of its last statement."""
    cursor.execute('insert into conversao."TbConversaoEtapa" ("dsEtapa") values (%s)', (reached_step,))
