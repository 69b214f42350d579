-- Where pg_cron is installed, it runs maintenance, and the runs succeed.
-- only if: to_regclass('cron.job') is not null
select 'rastro-manutencao' as oque, 'pg_cron has no active job of this name' as porque,
       $$select cron.schedule('rastro-manutencao', '* * * * *', 'call private.run_maintenance()');$$
         as remedio
where not exists (select from cron.job where jobname = 'rastro-manutencao' and active)
union all
select j.jobname, 'It failed: ' || d.return_message, 'Look at cron.job_run_details'
from cron.job j
cross join lateral (
  select * from cron.job_run_details d where d.jobid = j.jobid order by d.start_time desc limit 1
) d
where j.jobname = 'rastro-manutencao' and d.status = 'failed'
