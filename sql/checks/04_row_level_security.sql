-- Row-level security is on for every table, partitions and their parents included, and where API roles may read there is a policy.
select c.oid::regclass::text as oque,
       case when not c.relrowsecurity then 'Row-level security is off' else 'It can be read, but no policy says by whom' end as porque,
       case when not c.relrowsecurity then format('alter table %s enable row level security;', c.oid::regclass)
            else 'Write a policy for it, as in sql/80_policies' end as remedio
from pg_class c
where c.relkind in ('r', 'p')
  and c.relnamespace::regnamespace::text in ('public', 'private', 'particoes', 'inventario')
  and not exists (select from pg_depend x where x.objid = c.oid and x.deptype = 'e')
  and (not c.relrowsecurity
    or has_table_privilege('authenticated', c.oid, 'select') and not exists (select from pg_policy p where p.polrelid = c.oid))
