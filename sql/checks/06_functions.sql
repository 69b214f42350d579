-- Nobody without credentials may run a function; one that runs as its owner names its search path, temporary objects last.
select f.oid::regprocedure::text as oque, p.porque, p.remedio
from pg_proc f
cross join lateral (
  select 'Anybody may run it' as porque, format('revoke execute on function %s from public, anon;', f.oid::regprocedure) as remedio
  where has_function_privilege('anon', f.oid, 'execute') and f.proname <> 'antes_da_requisicao'
  union all
  select 'It runs as its owner on a search path of the caller', 'Give it: set search_path = pg_catalog, pg_temp'
  where f.prosecdef and not coalesce(array_to_string(f.proconfig, ',') ~ 'search_path=.*pg_temp', false)
) p
where f.pronamespace::regnamespace::text in ('public', 'private', 'inventario')
  and not exists (select from pg_depend x where x.objid = f.oid and x.deptype = 'e')
