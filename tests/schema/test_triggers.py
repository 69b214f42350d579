"""plpgsql_check on trigger functions beside their tables: the lint of the Supabase CLI leaves them out."""

from typing import Any

_CHECK = """
    select distinct p.oid::regprocedure::text, f.message
    from pg_trigger t
    join pg_proc p on p.oid = t.tgfoid
    join pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql'
    cross join lateral extensions.plpgsql_check_function_tb(
      p.oid, t.tgrelid, oldtable => t.tgoldtable, newtable => t.tgnewtable) f
    where not t.tgisinternal and t.tgparentid = 0
      and p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
"""


# Seen to fail: with the schema private left out; without the transition tables of a trigger.
def test_trigger_functions(db: Any) -> None:
    with db.cursor() as cursor:
        cursor.execute(_CHECK)
        assert cursor.fetchall() == []
        assert _faulty(cursor) == [("private.gatilho_errado()", 'relation "private.nada" does not exist')]


def _faulty(cursor: Any) -> list[Any]:
    """What is found in one that is wrong."""
    cursor.execute(
        "create function private.gatilho_errado() returns trigger language plpgsql as "
        "$$ begin perform nada from private.nada; return new; end $$; "
        'create trigger errado before insert on public."TbCliente" '
        "for each row execute function private.gatilho_errado()"
    )
    cursor.execute(_CHECK)
    return list(cursor.fetchall())
