-- Transaction numbers are cleared away long before they run out.
select d.datname::text as oque, format('Its oldest transaction number is %s old', age(d.datfrozenxid)) as porque,
       'vacuum (freeze); and see what keeps autovacuum from it' as remedio
from pg_database d
where d.datname = current_database()
  and age(d.datfrozenxid) > 2.5 * current_setting('autovacuum_freeze_max_age')::bigint
