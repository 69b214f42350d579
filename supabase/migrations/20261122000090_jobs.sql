-- The room 90_jobs. Pasted from sql/ by scripts/new-migration.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- sql/90_jobs/01_agenda.sql
-- Where pg_cron is installed it runs the upkeep; elsewhere whoever operates the database calls private.manutencao().
do $$
begin
  if to_regprocedure('cron.schedule(text,text,text)') is not null then
    perform cron.schedule('rastro-manutencao', '7 * * * *', 'call private.manutencao()');
  end if;
end
$$;
