-- anon has no rights; no API role may write time series or access a partition directly.
select format('%s on %s', g.papel, c.oid::regclass) as oque,
       'The role has the privilege ' || g.direito as porque,
       format('revoke all on %s from %I; then grant only what it needs', c.oid::regclass, g.papel) as remedio
from pg_class c
cross join (values ('anon'), ('authenticated'), ('service_role'),
                   ('rastro_api'), ('rastro_manutencao'), ('rastro_broker'),
                   ('rastro_api_2'), ('rastro_manutencao_2'), ('rastro_broker_2')) as p(papel)
cross join lateral (
  select p.papel, d.direito
  from unnest('{select,insert,update,delete,truncate}'::text[]) as d(direito)
  where to_regrole(p.papel) is not null and has_table_privilege(p.papel, c.oid, d.direito)
) g
where c.relkind in ('r', 'p', 'v', 'm')
  and (c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and p.papel not in ('authenticated', 'service_role')
    or c.relnamespace = 'particoes'::regnamespace
    or g.direito <> 'select' and (c.relnamespace = 'series'::regnamespace
      or c.relnamespace = 'public'::regnamespace and c.relkind = 'v'))
  and not exists (select from pg_depend x where x.objid = c.oid and x.deptype = 'e')
