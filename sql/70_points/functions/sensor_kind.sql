-- Where a sensor is, and its type with its unit and how several values are summed up; nulls when the caller
-- has no part in the sensor, or not in the type. For a former owner it is the type that the sensor had when
-- it left, and where it is now is not said.
-- Who may call it: every API role, as get_data_points runs as its caller.
-- Security definer: looks at sensors that left the caller's clients.
create function private.sensor_kind(p_sensor integer, out id bigint, out unit text, out aggregation text,
  out device integer, out point text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
  v_visible_clients integer[] := private.visible_clients();
  v_type bigint;
begin
  select s."cdTipoSensor", s."cdDispositivo", s."dsPonto" into v_type, device, point
  from public."TbSensor" s
  join public."TbDispositivo" d on d."cdDispositivo" = s."cdDispositivo"
  where s."cdSensor" = p_sensor and d."cdCliente" = any (v_visible_clients);
  if v_type is null then
    v_type := (
      select h."cdTipoSensor" from private.history_sensors(array(
        select v."cdDispositivo" from public."TbSensorVinculo" v where v."cdSensor" = p_sensor)) h
      where h."cdSensor" = p_sensor order by h."cdDispositivo" desc limit 1);
  end if;
  select t.id, t."dsUnidade", t."dsAgregacao" into id, unit, aggregation
  from public."TbTipoSensor" t
  where t.id = v_type and (t."cdCliente" is null or t."cdCliente" = any (v_visible_clients));
end
$$;
comment on function private.sensor_kind is
  'Type, unit, aggregation and place of a sensor, as far as the caller may know them.';
revoke all on function private.sensor_kind from public;
grant execute on function private.sensor_kind to authenticated, service_role;
