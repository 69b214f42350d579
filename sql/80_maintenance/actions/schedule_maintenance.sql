-- Maintenance is run by pg_cron where that is installed, otherwise by python -m app.jobs.maintenance.
do $$
begin
  if to_regprocedure('cron.schedule(text,text,text)') is not null then
    perform cron.schedule('rastro-manutencao', '* * * * *', 'call private.run_maintenance()');
  end if;
end
$$;
