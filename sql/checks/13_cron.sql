-- Where pg_cron is installed, it runs maintenance of this database, and the runs succeed. A job that came
-- with a dump runs in the database that it was made in.
-- only if: to_regclass('cron.job') is not null
select 'rastro-manutencao' as oque, 'pg_cron has no active job of this name' as porque,
       $$select cron.schedule('rastro-manutencao', '* * * * *', 'call private.run_maintenance()');$$
         as remedio
where not exists (select from cron.job where jobname = 'rastro-manutencao' and active)
union all
select j.jobname, format('It runs in the database %I, not in this one', j.database),
       format('select cron.unschedule(%s); then select cron.schedule(''rastro-manutencao'', ''* * * * *'', '
              '''call private.run_maintenance()'');', j.jobid)
from cron.job j
where j.jobname = 'rastro-manutencao' and j.active and j.database <> current_database()
union all
select j.jobname, 'It failed: ' || d.return_message, 'Look at cron.job_run_details'
from cron.job j
cross join lateral (
  select * from cron.job_run_details d where d.jobid = j.jobid order by d.start_time desc limit 1
) d
where j.jobname = 'rastro-manutencao' and d.status = 'failed'
