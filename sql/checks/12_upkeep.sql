-- The upkeep runs every minute, and each of its steps succeeds.
select 'upkeep' as oque, 'It last ran ' || coalesce(max(e."dtFim")::text, 'never') as porque,
       'Enable pg_cron, or run python -m app.maintenance' as remedio
from public."TbManutencaoExecucao" e
having max(e."dtFim") is null or max(e."dtFim") < now() - interval '10 minutes'
union all
select e."dsPasso", 'It failed: ' || e."dsErro", 'Mend what it says; it is tried again every minute'
from unnest(private.maintenance_steps()) as p(passo)
cross join lateral (
  select * from public."TbManutencaoExecucao" e where e."dsPasso" = p.passo order by e."dtInicio" desc limit 1
) e
where e."dsErro" is not null
