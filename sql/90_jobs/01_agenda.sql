-- Where pg_cron is installed it runs the upkeep; elsewhere whoever operates the database calls private.manutencao().
do $$
begin
  if to_regprocedure('cron.schedule(text,text,text)') is not null then
    perform cron.schedule('rastro-manutencao', '7 * * * *', 'call private.manutencao()');
  end if;
end
$$;
