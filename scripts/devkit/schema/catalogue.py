"""Objects of a database as text, and how two databases differ."""

from dataclasses import dataclass, field
from typing import Any

# kind, the relation it belongs to (null: none), name, description. Names of keys, indexes, policies and
# triggers differ from one installation to the next, so their definition is used as the name.
_QUERY = """
with relation as (
  select c.oid, c.relkind, c.relrowsecurity, c.relacl, format('%s.%s', n.nspname, c.relname) as name
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'series', 'inventario') and c.relkind in ('r', 'p', 'v', 'm')
    and not c.relispartition
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
), routine as (
  select p.oid, p.prosecdef, coalesce(p.proacl, acldefault('f', p.proowner)) as acl,
         format('%s.%s(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) as name,
         pg_get_function_arguments(p.oid) as arguments
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in ('public', 'series', 'inventario')
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
), rule as (
  select p.*, pg_get_expr(p.polqual, p.polrelid) as seen, pg_get_expr(p.polwithcheck, p.polrelid) as written,
         (select string_agg(case o when 0 then 'public' else pg_get_userbyid(o)::text end, ', ')
          from unnest(p.polroles) o) as roles,
         case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
                       when 'd' then 'delete' else 'all' end as command
  from pg_policy p
)
select 'types' as kind, null as relation, format('%s.%s', n.nspname, t.typname) as name,
       string_agg(e.enumlabel, ', ' order by e.enumsortorder) as description
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
join pg_enum e on e.enumtypid = t.oid
where n.nspname in ('public', 'series', 'inventario')
group by n.nspname, t.typname
union all
select case when relkind in ('r', 'p') then 'tables' else 'views' end, null, name, ''
from relation
union all
select 'columns', r.name, format('%s.%s', r.name, a.attname),
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
                 'default ' || pg_get_expr(d.adbin, d.adrelid),
                 case when a.attidentity <> '' then 'identity' end)
from relation r
join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
union all
select case c.contype when 'f' then 'foreign keys' when 'c' then 'checks' else 'keys' end, r.name,
       format('%s: %s', r.name, pg_get_constraintdef(c.oid)), ''
from relation r
join pg_constraint c on c.conrelid = r.oid and c.contype in ('p', 'u', 'f', 'c')
union all
select 'indexes', r.name,
       format('%s: %s', r.name,
              regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX .* USING', '\\1USING')),
       case when i.indisvalid then '' else 'invalid' end
from relation r
join pg_index i on i.indrelid = r.oid
where not exists (
  select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
union all
select 'functions', null, name,
       concat_ws(' ', format('(%s) returns', arguments), pg_get_function_result(oid),
                 case when prosecdef then 'security definer' end)
from routine
union all
select 'policies', r.name, format('%s: %s to %s', r.name, p.command, p.roles),
       string_agg(concat_ws(' check ', p.seen, p.written), '; ' order by p.seen, p.written)
from relation r
join rule p on p.polrelid = r.oid
group by 2, 3
union all
select 'row-level security', name, name, case when relrowsecurity then 'on' else 'off' end
from relation where relkind in ('r', 'p')
union all
select 'triggers', r.name,
       format('%s: %s', r.name, regexp_replace(pg_get_triggerdef(t.oid), '^CREATE TRIGGER \\S+ ', '')), ''
from relation r
join pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal
union all
select 'triggers', null,
       format('auth.users: %s', regexp_replace(pg_get_triggerdef(t.oid), '^CREATE TRIGGER \\S+ ', '')), ''
from pg_trigger t
join routine f on f.oid = t.tgfoid
where t.tgrelid = to_regclass('auth.users')
union all
select 'grants', g.name, format('%s to %s', g.name, a.role),
       string_agg(a.privilege_type, ', ' order by a.privilege_type)
from (select name, relacl as acl from relation union all select name, acl from routine) g
cross join lateral (
  select x.privilege_type,
         case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end as role
  from aclexplode(g.acl) x) a
where a.role in ('public', 'anon', 'authenticated', 'service_role')
group by 2, 3
"""

Things = dict[tuple[str, str], tuple[str | None, str]]


@dataclass
class Difference:
    """Names of one kind that are missing, extra or different (with found and expected description)."""

    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    different: list[tuple[str, str, str]] = field(default_factory=list)


def read(cursor: Any) -> Things:
    """{(kind, name): (relation, description)} of the schemas public and inventario."""
    cursor.execute("set search_path = pg_catalog")  # so that every other name is written in full
    cursor.execute(_QUERY)
    return {(kind, name): (relation, description) for kind, relation, name, description in cursor.fetchall()}


def compare(found: Things, expected: Things) -> dict[str, Difference]:
    """Differences by kind. Parts of a relation that only one database has are left out."""
    differences: dict[str, Difference] = {}
    for key in sorted(found.keys() | expected.keys()):
        kind, name = key
        if not _stands_alone(key, found, expected):
            continue
        here, there = found.get(key), expected.get(key)
        of_kind = differences.setdefault(kind, Difference())
        if here is None:
            of_kind.missing.append(name)
        elif there is None:
            of_kind.extra.append(name)
        elif here[1] != there[1]:
            of_kind.different.append((name, here[1], there[1]))
    return {kind: one for kind, one in differences.items() if one != Difference()}


def _stands_alone(key: tuple[str, str], found: Things, expected: Things) -> bool:
    """Whether both databases have the relation it belongs to, if any."""
    relation = (found.get(key) or expected[key])[0]
    return relation is None or all(
        any((kind, relation) in things for kind in ("tables", "views", "functions"))
        for things in (found, expected)
    )
