-- Requests of PostgREST that views do not answer as tables did, as pg_stat_statements has counted them, if
-- whoever asks may read it. {statistics} is put in by the command.
with request as (
  select s.query, s.calls from {statistics} s
  where s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
    and s.query ~ 'pgrst_|"public"\."(TbPosicao|TbSensorRegistro|TbEndereco)"'
)
select format('upserts into %s', x.name) as what, sum(r.calls)::bigint as rows,
       'refused from the switch on (42P10), as a view has no key: the application has to look and insert'
         as rule
from request r
cross join lateral (
  select substring(r.query from '(?i)insert into (?:"?public"?\.)?"(TbPosicao|TbSensorRegistro|TbEndereco)"')
    as name) x
where x.name is not null and r.query ~* '\mon conflict\M'
group by x.name
union all
select format('requests that embed another table in %s, or it in another', x.name), sum(r.calls)::bigint,
       'refused (PGRST200) once PostgREST has read its schema after the switch, as time series have no '
       'foreign keys: ask for the other table by its code'
from request r
cross join lateral (
  select substring(r.query from '"(TbPosicao|TbSensorRegistro)"') as name) x
where x.name is not null and r.query ~ 'pgrst_' and r.query ~* '\mlateral\M'
group by x.name
order by 1
