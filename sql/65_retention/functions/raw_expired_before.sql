-- Where values of a sensor have expired, rollups are all there is, dirty or not; -infinity where nothing has.
-- Security definer: no API role may read TbRetencaoPiso. Who may call it: every API role, as the views run as
-- their caller.
create function private.raw_expired_before(p_client integer, p_sensor integer) returns timestamp
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(min(f."dtBruto"), '-infinity')
  from private."TbRetencaoPiso" f
  where f."cdCliente" = p_client
    and (f."cdDispositivo" = 0 or f."cdDispositivo" in (
      select s."cdDispositivo" from public."TbSensorVinculo" s where s."cdSensor" = p_sensor))
$$;
comment on function private.raw_expired_before is
  'Before this time the values that a client received of a sensor are deleted.';
revoke all on function private.raw_expired_before from public;
grant execute on function private.raw_expired_before to authenticated, service_role;
