-- PostGIS is installed, and no extension is in the schema public, where its functions would be part of the
-- API.
select e.nome as oque, e.problema as porque, e.remedio as remedio
from (
  select 'postgis' as nome, 'The extension is missing' as problema,
         'create extension postgis with schema extensions;' as remedio
  where not exists (select from pg_extension where extname = 'postgis')
  union all
  select x.extname, 'The extension is in the schema public',
         format('alter extension %I set schema extensions; or drop it and create it there', x.extname)
  from pg_extension x where x.extnamespace = 'public'::regnamespace
) e
