-- An acknowledged reading is committed, and a commit is on disk. Default times are stored in UTC: pg_dump
-- carries the time zone of a database only with --create.
select s.name as oque, 'It is ' || s.setting || ': acknowledged readings can be lost' as porque,
       format('alter system set %I = on; then reload', s.name) as remedio
from pg_settings s
where s.name in ('fsync', 'full_page_writes', 'synchronous_commit') and s.setting = 'off'
union all
select s.name, format('It is %s: times that the database sets are stored in it, not in UTC', s.setting),
       format('alter database %I set timezone = ''UTC''; then connect anew', current_database())
from pg_settings s
where s.name = 'TimeZone' and s.setting not in ('UTC', 'Etc/UTC', 'GMT', 'Etc/GMT')
