-- Whether one of these rows of a table has history: a device with positions or values, a sensor with values,
-- an address that positions refer to. Volatile: private.refuse_late_history looks again once ingestion is
-- shut out.
create function private.has_history(p_table name, p_codes integer[]) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  case p_table
    when 'TbDispositivo' then
      return exists (
        select from unnest(p_codes) c (code)
        cross join lateral (
          select from series."TbPosicao" p where p."cdDispositivo" = c.code limit 1) p)
        or exists (
        select from unnest(p_codes) c (code)
        join public."TbSensorVinculo" v on v."cdDispositivo" = c.code
        cross join lateral (
          select from series."TbSensorRegistro" r
          where r."cdSensor" = v."cdSensor" and r."cdDispositivo" = v."cdDispositivo" limit 1) r);
    when 'TbSensor' then
      return exists (
        select from unnest(p_codes) c (code)
        cross join lateral (
          select from series."TbSensorRegistro" r where r."cdSensor" = c.code limit 1) r);
    else
      return exists (
        select from unnest(p_codes) c (code)
        cross join lateral (
          select from series."TbPosicao" p where p."cdEndereco" = c.code limit 1) p);
  end case;
end
$$;
comment on function private.has_history is 'Whether one of these devices, sensors or addresses has history.';
revoke all on function private.has_history from public;
