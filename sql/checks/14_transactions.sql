-- A forgotten transaction keeps vacuum from removing dead rows; one that has written also holds the watermark
-- back.
select format('process %s (%s)', a.pid, coalesce(a.usename, a.backend_type)) as oque,
       format('Its transaction has been idle and open since %s', a.xact_start) as porque,
       format('End it in the client, or: select pg_terminate_backend(%s);', a.pid) as remedio
from pg_stat_activity a
where a.state in ('idle in transaction', 'idle in transaction (aborted)')
  and a.xact_start < now() - interval '10 minutes'
  and a.datname = current_database()
union all
select format('prepared transaction %s', p.gid), format('It has been open since %s', p.prepared),
       format('rollback prepared %L; or commit it', p.gid)
from pg_prepared_xacts p
where p.prepared < now() - interval '10 minutes' and p.database = current_database()
