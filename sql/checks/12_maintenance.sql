-- Maintenance runs every minute, and each of its steps succeeds.
select 'maintenance' as oque, 'It last ran: ' || coalesce(max(e."dtFim")::text, 'never') as porque,
       'Enable pg_cron, or run python -m app.jobs.maintenance' as remedio
from public."TbManutencaoExecucao" e
having max(e."dtFim") is null or max(e."dtFim") < now() - interval '10 minutes'
union all
select e."dsPasso", 'It failed: ' || e."dsErro", 'Fix the cause; the step is repeated every minute'
from unnest(private.maintenance_steps()) as p(passo)
cross join lateral (
  select * from public."TbManutencaoExecucao" e where e."dsPasso" = p.passo order by e."dtInicio" desc limit 1
) e
where e."dsErro" is not null
