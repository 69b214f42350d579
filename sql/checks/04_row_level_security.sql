-- Row-level security is enabled for every table, partitions and their parents included, and every table that
-- API roles may read has a policy.
select c.oid::regclass::text as oque,
       case when not c.relrowsecurity then 'Row-level security is disabled'
            else 'API roles may read the table, but it has no policy' end as porque,
       case when not c.relrowsecurity
            then format('alter table %s enable row level security;', c.oid::regclass)
            else 'Write a policy for it, in the folder policies of its concern in sql/' end as remedio
from pg_class c
where c.relkind in ('r', 'p')
  and c.relnamespace::regnamespace::text in ('public', 'series', 'private', 'particoes', 'inventario')
  and not exists (select from pg_depend x where x.objid = c.oid and x.deptype = 'e')
  and (not c.relrowsecurity
    or has_table_privilege('authenticated', c.oid, 'select')
      and not exists (select from pg_policy p where p.polrelid = c.oid))
