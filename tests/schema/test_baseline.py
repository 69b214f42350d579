"""The baseline is what was read off the catalogue of an installation: legacy_catalogue.tsv.

Each line of the file is a kind, a name and a description, as PostgreSQL itself writes them. The query that
renders a database the same way shares nothing with `scripts/db inspect`.
"""

from pathlib import Path

from tests._lib.databases import Database
from tests._lib.legacy import legacy, query

CATALOGUE = Path(__file__).parent / "legacy_catalogue.tsv"
_RENDER = """
with relation as (
  select c.*, format('%s.%s', n.nspname, c.relname) as name
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'inventario') and c.relkind in ('r', 'p', 'v')
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
)
select 'enum', format('%s.%s', t.typnamespace::regnamespace, t.typname),
       string_agg(e.enumlabel, ', ' order by e.enumsortorder)
from pg_type t
join pg_enum e on e.enumtypid = t.oid
where t.typnamespace in ('public'::regnamespace, 'inventario'::regnamespace)
group by 2
union all
select case r.relkind when 'v' then 'view column' else 'column' end, format('%s.%s', r.name, a.attname),
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
                 case a.attidentity when 'd' then 'identity by default' when 'a' then 'identity always' end,
                 'default ' || pg_get_expr(d.adbin, d.adrelid))
from relation r
join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
union all
select 'constraint', format('%s %s', c.conrelid::regclass, c.conname), pg_get_constraintdef(c.oid)
from relation r
join pg_constraint c on c.conrelid = r.oid and c.contype <> 'n'
union all
select 'index', format('%s %s', r.name, x.relname), substring(pg_get_indexdef(i.indexrelid) from 'USING .*')
from relation r
join pg_index i on i.indrelid = r.oid
join pg_class x on x.oid = i.indexrelid
union all
select 'function', format('%s(%s)', p.proname, replace(oidvectortypes(p.proargtypes), ', ', ',')),
       concat_ws(', ', 'returns ' || pg_get_function_result(p.oid),
                 case when p.prosecdef then 'security definer' end,
                 case p.provolatile when 'v' then 'volatile' when 's' then 'stable' else 'immutable' end,
                 'arguments: ' || pg_get_function_arguments(p.oid))
from pg_proc p
where p.pronamespace in ('public'::regnamespace, 'inventario'::regnamespace)
  and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
union all
select 'policy', format('%s %s', r.name, p.polname),
       case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE'
         when 'd' then 'DELETE' else 'ALL' end || ' to '
       || (select string_agg(case o when 0 then 'public' else pg_get_userbyid(o)::text end, ', ')
           from unnest(p.polroles) o)
from relation r
join pg_policy p on p.polrelid = r.oid
union all
select 'rls', r.name, case when r.relrowsecurity then 'on' else 'off' end
from relation r where r.relkind <> 'v'
union all
select 'view option', r.oid::regclass::text, coalesce(array_to_string(r.reloptions, ', '), '')
from relation r where r.relkind = 'v'
union all
select 'table grant', format('%s to %s', r.name, a.grantee::regrole),
       string_agg(a.privilege_type, ', ' order by a.privilege_type)
from relation r
cross join lateral aclexplode(r.relacl) a
where a.grantee in ('anon'::regrole, 'authenticated'::regrole, 'service_role'::regrole)
  and a.privilege_type <> 'MAINTAIN' -- since PostgreSQL 17
group by 2
"""


# Seen to fail: with the baseline as it was guessed before, in 230 lines.
def test_the_baseline_is_what_an_installation_has(project: Database) -> None:
    with legacy(project) as database:
        found = {"\t".join(row) for row in query(database, _RENDER)}
    assert found == set(CATALOGUE.read_text().splitlines())
