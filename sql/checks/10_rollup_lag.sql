-- The watermark follows the clock, at most two hours and nrMinutosRollup behind.
select 'watermark' as oque,
       case when not isfinite(m."dtMarca") then 'Nothing has been summed up yet'
            else format('It is at %s UTC, %s behind', m."dtMarca",
                        date_trunc('second', now() at time zone 'UTC' - m."dtMarca")) end as porque,
       case when m."dtAnunciada" > m."dtMarca" and m."xiAnuncio" is not null
            then coalesce('End the transaction open since before ' || m."dtAnuncio"::text || ': ' || o.quem,
                          'call private.run_maintenance();')
            else 'Make sure that maintenance runs: call private.run_maintenance();' end as remedio
from private."TbRollupMarca" m
cross join private."TbConfiguracao" conf
cross join lateral (
  select string_agg(t.quem, ', ') as quem
  from (
    select format('process %s (%s) since %s', a.pid, a.usename, a.xact_start) as quem from pg_stat_activity a
    where a.backend_xid is not null and a.xact_start < m."dtAnuncio"
    union all
    select format('prepared transaction %s since %s', p.gid, p.prepared) from pg_prepared_xacts p
    where p.prepared < m."dtAnuncio"
  ) t
) o
where not isfinite(m."dtMarca")
   or now() at time zone 'UTC' - m."dtMarca"
      > interval '2 hours' + make_interval(mins => conf."nrMinutosRollup")
