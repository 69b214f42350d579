-- Where pg_cron is installed it runs the upkeep; elsewhere python -m app.maintenance does.
do $$
begin
  if to_regprocedure('cron.schedule(text,text,text)') is not null then
    perform cron.schedule('rastro-manutencao', '* * * * *', 'call private.run_maintenance()');
  end if;
end
$$;
