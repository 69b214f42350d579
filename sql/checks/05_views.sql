-- A view without security_invoker shows the rows its owner sees, not those the caller sees.
select c.oid::regclass::text as oque, 'The view is not security_invoker' as porque,
       format('alter view %s set (security_invoker = true);', c.oid::regclass) as remedio
from pg_class c
where c.relkind = 'v' and c.relnamespace::regnamespace::text in ('public', 'inventario')
  and not coalesce(c.reloptions::text ~ 'security_invoker=(true|on)', false)
  and not exists (select from pg_depend x where x.objid = c.oid and x.deptype = 'e')
