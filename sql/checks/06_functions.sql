-- Nobody without credentials may execute a function; a security definer function sets its search path, with
-- pg_temp last.
select f.oid::regprocedure::text as oque, p.porque, p.remedio
from pg_proc f
cross join lateral (
  select 'Anybody may execute it' as porque,
         format('revoke execute on function %s from public, anon;', f.oid::regprocedure) as remedio
  where has_function_privilege('anon', f.oid, 'execute') and f.proname <> 'antes_da_requisicao'
  union all
  select 'It has the rights of its owner, but the search path of the caller',
         'Add to the function: set search_path = pg_catalog, pg_temp'
  where f.prosecdef and not coalesce(array_to_string(f.proconfig, ',') ~ 'search_path=.*pg_temp', false)
) p
where f.pronamespace::regnamespace::text in ('public', 'private', 'inventario')
  and not exists (select from pg_depend x where x.objid = f.oid and x.deptype = 'e')
