-- Sum and mean of devices by the name of the sensor type: [{cdDispositivo, dsTipoSensor, totalLeitura,
-- mediaLeitura}], for the types named 'Camera de movimento', 'Abertura de Porta' and 'Temperatura', where
-- there are values.
-- dispositivos                             devices
-- dt_registro_comeco, dt_registro_fim      both ends included; null: no limit
-- p_cd_cliente                             only devices of this client; null: of all. By it PostgREST, which
--                                          looks at names only, tells this function from the legacy one
-- The other arguments keep the names that legacy callers use.
-- Who: callers with the permission read; row-level security decides which values.
create function public.get_grouped_sensor_data(dispositivos integer[],
  dt_registro_comeco timestamptz default null, dt_registro_fim timestamptz default null,
  p_cd_cliente integer default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := coalesce(dt_registro_comeco at time zone 'UTC', '-infinity');
  v_until timestamp := case when dt_registro_fim < '10000-01-01Z'
    then dt_registro_fim at time zone 'UTC' + interval '1 microsecond' else 'infinity' end;
  v_types bigint[] := array(
    select t.id from public."TbTipoSensor" t
    where t."dsNome" in ('Camera de movimento', 'Abertura de Porta', 'Temperatura'));
begin
  perform private.require_permission('read');
  perform private.require_few('dispositivos', dispositivos);
  if p_cd_cliente is not null then
    dispositivos := array(
      select d."cdDispositivo" from public."TbDispositivo" d
      where d."cdDispositivo" = any (dispositivos) and d."cdCliente" = p_cd_cliente);
  end if;
  return (
    select coalesce(json_agg(entry order by entry."cdDispositivo", entry."dsTipoSensor"), '[]')
    from (
      select s."cdDispositivo", t."dsNome" as "dsTipoSensor",
             private.finite(sum(s."nrSoma")) as "totalLeitura",
             private.finite(private.ratio(sum(s."nrSoma"), sum(s."nrQtd"))) as "mediaLeitura"
      from private.sum_devices(60, dispositivos, v_types, v_since, v_until, 'total', 'UTC') s
      join public."TbTipoSensor" t on t.id = s."cdTipoSensor"
      group by 1, 2
    ) entry);
end
$$;
comment on function public.get_grouped_sensor_data is
  'Sum and mean of the values of devices by sensor type: doors, people, temperature.';
revoke all on function public.get_grouped_sensor_data from public;
grant execute on function public.get_grouped_sensor_data to authenticated, service_role;
