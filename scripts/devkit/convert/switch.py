"""The switch: from the old tables, views and functions to the new ones, in one transaction."""

import re
import time
from contextlib import suppress
from typing import Any

import psycopg2

from ..console import Problem
from . import back, carry, failures, locks, state, statements, texts
from .early import execute
from .statements import FREE, LATE, Part

# Before others wait. With null for an argument it would not be called.
_LOAD_POSTGIS = """select extensions.st_geomfromgeojson('{"type": "Point", "coordinates": [0, 0]}')"""
_STEPS = ("own_views", "serve", "functions", "log", "values", "columns")
_AFTER = (
    *(state.step(f"switch/{name}") for name in _STEPS),
    texts.text("switch", "addresses", addresses=texts.rule("addresses")),
    texts.text("switch", "gate", gate=str(locks.GATE)),
)


def run(
    cursor: Any, radius: str | None = None, until: str | None = None, patience: float = locks.PATIENCE_S
) -> float:
    """Switch a prepared and verified database; `cursor` is in autocommit. Returns for how long it held locks.

    Raises Problem; then nothing was changed. After psycopg2.Error that is not known: the connection was lost,
    at the COMMIT maybe. What locks nothing that the old application uses comes first;
    then, in a moment or again later, all locks; under them the last changes are carried and the rest is run.
    """
    _require_ready(cursor)
    if state.reached(cursor) == state.BACK:
        back.comment(cursor)
    for function in texts.functions():
        cursor.execute(function)
    back.drop_pre_request(cursor)
    cursor.execute(state.step("switch/address_text"))
    rest = locks.Rest(lambda: _carry(cursor) <= carry.FEW, lambda: carry.are_few(cursor))
    rest.catch_up(time.monotonic() + patience)
    cursor.execute("begin; set local check_function_bodies = off; set local jit = off")
    try:
        _note(cursor)
        cursor.execute(_LOAD_POSTGIS)
        cursor.execute(state.step("switch/old_functions"))
        for part in statements.of_group(FREE):
            execute(cursor, _adapted(part))
        began = locks.take(cursor, "switch/lock", patience, rest)
        while _carry(cursor):
            pass
        _move(cursor, radius, until)
        cursor.execute("commit")
        held = time.monotonic() - began
    except BaseException:
        if not cursor.connection.closed:
            cursor.execute("rollback")
        raise
    _comment(cursor)
    return held


def _comment(cursor: Any) -> None:
    """Comments lock nobody out. If somebody is in the way, `finish` makes them."""
    cursor.execute("set lock_timeout = '1s'")
    with suppress(psycopg2.errors.LockNotAvailable):
        cursor.execute(statements.comments())
    cursor.execute("reset lock_timeout")


def _require_ready(cursor: Any) -> None:
    state.require(cursor, state.PREPARED, state.BACK)
    cursor.execute('select "dtVerificada" is not null from conversao."TbConversao"')
    if cursor.fetchone() != (True,):
        raise Problem("Old and new were not found to agree: run scripts/convert copy and verify first.")


def _note(cursor: Any) -> None:
    """Keep what the switch changes, for the way back."""
    cursor.execute(texts.text("switch", "own", reached=texts.text("plan", "reached")))
    cursor.execute(state.step("switch/definitions"))
    cursor.execute(state.step("switch/default_privileges"))
    for (statement,) in cursor.fetchall():
        cursor.execute(
            """insert into conversao."TbConversaoDefinicao" ("dsTipo", "dsNome", "dsCria", "nrOrdem")
               values ('default', '', %s, 0)""",
            (statement,),
        )


def _carry(cursor: Any) -> int:
    """Carry a part of what was written to the old tables since it was copied; how many changes it was."""
    return carry.carry_changes(cursor, carry.ROWS)


def _adapted(part: Part) -> Part:
    """Before it takes its place, the new TbEndereco is in the schema of the conversion."""
    return Part(part.text.replace('references public."TbEndereco"', 'references conversao."TbEndereco"'),
                part.group, part.place)  # fmt: skip


def _move(cursor: Any, radius: str | None, until: str | None) -> None:
    """Everything that needs the locks, in few messages: the server may be far away."""
    unit = 'comment on column public."TbDestinatario"."nrRaio" is ' + (f"'{radius}'" if radius else "null")
    parts = [re.sub(r"\bconcurrently\b", "", part.text) for part in statements.of_group(LATE)]
    try:
        cursor.execute(
            ";\n".join([state.step("switch/keys"), state.step("switch/move"), unit, *parts, *_AFTER])
        )
    except psycopg2.Error as error:
        if cursor.connection.closed:
            raise
        raise Problem(f"The switch failed; nothing was changed. {failures.in_words(error)}") from error
    cursor.execute(
        'insert into conversao."TbConversaoEtapa" ("dsEtapa", "dtAte", "dsUnidade") values (%s, %s, %s)',
        (state.SWITCHED, until, radius),
    )
