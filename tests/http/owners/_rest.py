"""Every relation, function and write through PostgREST, from the database's catalogue. See _doors.py."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.db.access._isolation import Outcome
from tests.db.access._postgrest import Request
from tests.http.owners._doors import NOBODYS, SINCE, UNTIL, plain
from tests.http.owners._world import MOVED, World, person

_ARGUMENTS: dict[str, Any] = {
    "p_cd_cliente": 1,
    "p_cd_dispositivo": MOVED,
    "p_cd_dispositivos": "{10,11,12}",
    "p_dispositivos": "{10,11,12,20}",
    "p_cd_produto": 2,
    "p_cd_sensor": 103,
    "p_dt_inicio": SINCE,
    "p_dt_fim": UNTIL,
}
_OF_TYPE: dict[str, Any] = {
    "integer": MOVED,
    "bigint": 100_001,
    "text": "x",
    "jsonb": "{}",
    "uuid": person(1, 1),
    "boolean": True,
    "double precision": 1,
    "integer[]": "{10,12}",
    "bigint[]": "{100001}",
    "text[]": "{read}",
    "timestamp with time zone": SINCE,
}
_RELATIONS = """
    select format('%I.%I', n.nspname, c.relname), array_agg(quote_ident(a.attname) order by a.attnum)
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname in ('public', 'inventario') and c.relkind in ('r', 'p', 'v', 'm')
      and has_column_privilege('authenticated', c.oid, a.attnum, 'select')
    group by 1 order by 1
"""
_FUNCTIONS = """
    select p.proname, p.provolatile <> 'v',
           coalesce(array_agg(a.name order by a.n) filter (where a.n > 0), '{}'),
           coalesce(array_agg(format_type(p.proargtypes[a.n - 1], null) order by a.n)
                    filter (where a.n > 0), '{}'),
           p.pronargs - p.pronargdefaults
    from pg_proc p
    left join unnest(p.proargnames) with ordinality a(name, n) on a.n <= p.pronargs
    where p.pronamespace = 'public'::regnamespace
      and has_function_privilege('authenticated', p.oid, 'execute') and p.prorettype <> 'trigger'::regtype
    group by p.oid order by 1
"""


class Statement(NamedTuple):
    """A question through PostgREST."""

    label: str
    method: str
    text: str
    values: tuple[Any, ...] = ()


def statements(world: World) -> Iterator[Statement]:
    """All rows of each relation; each function as few arguments allow, and with each filter."""
    for name, columns in world.sql(_RELATIONS):
        yield Statement(
            name,
            "GET",
            f"select to_jsonb(t)::text from (select {', '.join(columns)} from {name}) t",
        )
    for name, is_read, names, types, needed in world.sql(_FUNCTIONS):
        if NOBODYS.search(name):
            continue
        given = {a: _ARGUMENTS.get(a, _OF_TYPE[t]) for a, t in list(zip(names, types, strict=True))[:needed]}
        asked = [given] + [
            given | {a: _ARGUMENTS[a]} for a in names if a in ("p_cd_cliente", "p_cd_dispositivo")
        ]
        for one in asked:
            call = ", ".join(f"{a} => %s" for a in one)
            yield Statement(
                f"{name} {one}",
                "GET" if is_read else "POST",
                f"select public.{name}({call})::text",
                (*one.values(),),
            )


_WRITABLE = """
    select format('%I.%I', n.nspname, c.relname), e.event,
           array(select quote_ident(a.attname) from pg_attribute a
                 where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and e.event <> 'delete'
                   and has_column_privilege('authenticated', c.oid, a.attnum, e.event)
                   and has_column_privilege('authenticated', c.oid, a.attnum, 'select'))
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    cross join unnest('{insert,update,delete}'::text[]) e(event)
    where n.nspname in ('public', 'inventario') and c.relkind in ('r', 'p', 'v')
      and case e.event when 'delete' then has_table_privilege('authenticated', c.oid, 'delete')
                       else has_any_column_privilege('authenticated', c.oid, e.event) end
    order by 1, 2
"""


def writes(world: World) -> Iterator[Statement]:
    """Each table that people may write: its rows again, each changed to what it is, and all deleted."""
    methods = {"insert": "POST", "update": "PATCH", "delete": "DELETE"}
    for name, event, columns in world.sql(_WRITABLE):
        listed = ", ".join(columns)
        text = {
            "insert": f"insert into {name} ({listed}) select {listed} from {name}",
            "update": f"update {name} set {', '.join(f'{c} = {c}' for c in columns)}",
            "delete": f"delete from {name}",
        }[event]
        yield Statement(f"{event} {name}", methods[event], text)


def tell(world: World, client: int, statement: Statement, by_key: bool = False) -> str:
    """What the admin of a client, or its key, is told through PostgREST. Nothing is kept."""
    path = f"/rpc/{statement.label.split()[0]}"
    if by_key:
        request = Request(statement.method, path, {"x-api-key": world.keys[client]})
    else:
        request = Request(statement.method, path, {}, {"sub": person(client, 1)}, "authenticated")
    return shown(world.gateway.ask(request, statement.text, *statement.values, keep=False))


def shown(outcome: Outcome) -> str:
    """Rows in some order, or how many, or all that an error says."""
    if not outcome.state and not outcome.rows:
        return str(outcome.count)
    return (
        "\n".join(sorted(plain(text) for (text,) in outcome.rows))
        if not outcome.state
        else f"{outcome.state} {outcome.message} {outcome.detail}"
    )
