-- Truncating time series truncates what was made from them. Trigger function.
-- Security definer: nobody has rights to write rollups, whoever truncates.
create function private.truncate_rollups() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_table_name = 'TbSensorRegistro' then
    truncate series."TbSensorRegistro1m", series."TbSensorRegistro5m", series."TbSensorRegistro1h",
      series."TbSensorRegistro1d", series."TbRollupFrio";
  else
    truncate series."TbContagemDiaria";
  end if;
  return null;
end
$$;
comment on function private.truncate_rollups is
  'Truncates rollups and counters together with their time series.';
revoke all on function private.truncate_rollups from public;
