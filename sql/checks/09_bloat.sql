-- Dead rows that were not vacuumed slow down every reader of the table.
select u.relid::regclass::text as oque,
       format('%s dead rows beside %s live ones; last vacuum %s', u.n_dead_tup, u.n_live_tup,
              coalesce(greatest(u.last_vacuum, u.last_autovacuum)::text, 'never')) as porque,
       format('vacuum analyze %s; and find out what holds autovacuum back: a transaction, or its settings',
              u.relid::regclass) as remedio
from pg_stat_user_tables u
where u.schemaname in ('public', 'series', 'private', 'particoes', 'inventario')
  and u.n_dead_tup > 50000 and u.n_dead_tup > u.n_live_tup / 2
