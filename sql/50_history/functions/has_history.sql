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
        where exists (select from series."TbPosicao" p where p."cdDispositivo" = c.code)
           or exists (select from series."TbPosicaoFria" f where f."cdDispositivo" = c.code))
        or exists (
        select from unnest(p_codes) c (code)
        join public."TbSensorVinculo" v on v."cdDispositivo" = c.code
        where exists (select from series."TbSensorRegistro" r
                      where r."cdSensor" = v."cdSensor" and r."cdDispositivo" = v."cdDispositivo")
           or exists (select from series."TbSensorRegistroFrio" f where f."cdSensor" = v."cdSensor"
                      and private.find_in_packed(f."pcDispositivo", f."nrQtd", v."cdDispositivo") <> '{}'));
    when 'TbSensor' then
      return exists (
        select from unnest(p_codes) c (code)
        where exists (select from series."TbSensorRegistro" r where r."cdSensor" = c.code)
           or exists (select from series."TbSensorRegistroFrio" f where f."cdSensor" = c.code));
    else
      return exists (
        select from unnest(p_codes) c (code)
        where exists (select from series."TbPosicao" p where p."cdEndereco" = c.code)
           or exists (select from public."TbEnderecoVinculo" v
                      join series."TbPosicaoFria" f on f."cdCliente" = v."cdCliente"
                      where v."cdEndereco" = c.code and f."pcEndereco" is not null
                        and private.find_in_packed(f."pcEndereco", f."nrQtd", c.code) <> '{}'));
  end case;
end
$$;
comment on function private.has_history is 'Whether one of these devices, sensors or addresses has history.';
revoke all on function private.has_history from public;
