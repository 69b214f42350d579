-- Who holds a lock on a table of the old or the new system, the oldest first.
select a.pid, coalesce(nullif(a.application_name, ''), a.usename, a.backend_type), a.xact_start
from pg_catalog.pg_stat_activity a
where a.pid <> pg_backend_pid() and a.datname = current_database() and a.xact_start is not null
  and exists (
    select from pg_catalog.pg_locks l
    join pg_catalog.pg_class c on c.oid = l.relation
    where l.pid = a.pid and l.granted and c.relnamespace::regnamespace::text in (
      'public', 'inventario', 'series', 'particoes', 'legado'))
order by a.xact_start
limit 5
