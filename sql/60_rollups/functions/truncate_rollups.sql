create function private.truncate_rollups() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_table_name = 'TbSensorRegistro' then
    truncate public."TbSensorRegistro1m", public."TbSensorRegistro5m", public."TbSensorRegistro1h", public."TbSensorRegistro1d";
  else
    truncate public."TbContagemDiaria";
  end if;
  return null;
end
$$;
comment on function private.truncate_rollups is 'Rollups and counters go with what they were made of.';
revoke all on function private.truncate_rollups from public;
