"""app/rpc/signatures.py, generated from the database: the functions that the application may call."""

from contextlib import closing

import psycopg2

HEADER = '''"""Functions that the application may call: types of their arguments, and whether they only read.

Code generated from the database by `scripts/db types`. DO NOT EDIT.
"""

from __future__ import annotations

SIGNATURES: dict[str, tuple[dict[str, str], bool]] = {
'''
# Triggers and the pre-request of PostgREST answer nothing: they are not called by name.
_FUNCTIONS = """
    select p.proname,
           coalesce(json_object_agg(a.name, format_type(a.type, null) order by a.place)
                    filter (where a.name is not null), '{}'),
           p.provolatile <> 'v'
    from pg_proc p
    left join lateral unnest(p.proargnames[:p.pronargs], p.proargtypes::oid[])
      with ordinality a (name, type, place) on true
    where p.pronamespace = 'public'::regnamespace
      and p.prorettype not in ('trigger'::regtype, 'void'::regtype)
      and (has_function_privilege('authenticated', p.oid, 'execute')
           or has_function_privilege('service_role', p.oid, 'execute'))
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    group by p.oid
    order by p.proname
"""


def signatures(url: str) -> str:
    """The text of the module, for the database at this URL."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(_FUNCTIONS)
        entries = [_entry(name, types, reads) for name, types, reads in cursor.fetchall()]
    return f"{HEADER}{''.join(entries)}}}\n"


def _entry(name: str, types: dict[str, str], reads_only: bool) -> str:
    if not types:
        return f'    "{name}": ({{}}, {reads_only}),\n'
    lines = "".join(f'            "{argument}": "{kind}",\n' for argument, kind in types.items())
    return f'    "{name}": (\n        {{\n{lines}        }},\n        {reads_only},\n    ),\n'
