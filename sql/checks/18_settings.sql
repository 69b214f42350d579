-- An acknowledged reading is committed, and a commit is on disk.
select s.name as oque, 'It is ' || s.setting || ': acknowledged readings can be lost' as porque,
       format('alter system set %I = on; then reload', s.name) as remedio
from pg_settings s
where s.name in ('fsync', 'full_page_writes', 'synchronous_commit') and s.setting = 'off'
