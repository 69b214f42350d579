-- Old transaction numbers are frozen long before they run out.
select d.datname::text as oque,
       format('Its oldest transaction is %s transactions old', age(d.datfrozenxid)) as porque,
       'vacuum (freeze); and find out what holds autovacuum back' as remedio
from pg_database d
where d.datname = current_database()
  and age(d.datfrozenxid) > 2.5 * current_setting('autovacuum_freeze_max_age')::bigint
