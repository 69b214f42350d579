-- A transaction that is forgotten keeps dead rows, and one that has written keeps the watermark.
select format('process %s (%s)', a.pid, coalesce(a.usename, a.backend_type)) as oque,
       format('Its transaction is open since %s and does nothing', a.xact_start) as porque,
       format('End it where it began, or: select pg_terminate_backend(%s);', a.pid) as remedio
from pg_stat_activity a
where a.state in ('idle in transaction', 'idle in transaction (aborted)') and a.xact_start < now() - interval '10 minutes'
  and a.datname = current_database()
union all
select format('prepared transaction %s', p.gid), format('It is open since %s', p.prepared), format('rollback prepared %L; or commit it', p.gid)
from pg_prepared_xacts p
where p.prepared < now() - interval '10 minutes' and p.database = current_database()
