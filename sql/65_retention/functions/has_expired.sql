-- True when some of the requested range has expired: in an hour of a visible client that has no values any
-- more, and no rollup this fine.
-- p_minutes   1, 5 or 60; null: values
-- Security definer: no API role may read TbRetencaoPiso; only visible clients are looked at.
-- Who may call it: every API role.
create function private.has_expired(p_minutes integer, p_sensor integer, p_since timestamp, p_until timestamp)
returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visible_clients integer[];
  v_width interval := make_interval(mins => p_minutes);
begin
  if not exists (select from private."TbRetencaoPiso" f
                 where f."dtBruto" > p_since or f."dt1h" > p_since) then
    return false;
  end if;
  v_visible_clients := private.visible_clients();
  return exists (
    select from ( -- of a client the lowest floor counts, see private.expiring_sensors
      select o."cdCliente", min(o."dtBruto") as "dtBruto", min(o."dt1h") as "dt1h"
      from private."TbRetencaoPiso" o
      where o."cdDispositivo" = 0 or o."cdDispositivo" in (
        select s."cdDispositivo" from public."TbSensorVinculo" s where s."cdSensor" = p_sensor)
      group by o."cdCliente"
    ) f
    where f."cdCliente" = any (v_visible_clients)
      and f."cdCliente" in (
        select d."cdCliente" from public."TbSensorVinculo" s
        join public."TbDispositivoVinculo" d on d."cdDispositivo" = s."cdDispositivo"
        where s."cdSensor" = p_sensor)
      and (f."dt1h" > p_since or exists (
        select from private.hours_between(
          array[p_sensor], p_since - interval '1 hour', least(p_until, f."dtBruto")) b
        where b."cdCliente" = f."cdCliente" and b."dtBucket" > p_since - interval '1 hour'
          and (b."nrFino" > p_minutes or p_minutes is null
            -- the requested part of a bucket would have to come from the values
            or date_trunc('hour', p_since) = b."dtBucket"
               and p_since <> date_bin(v_width, p_since, timestamp '2000-01-01')
            or date_trunc('hour', p_until) = b."dtBucket"
               and p_until <> date_bin(v_width, p_until, timestamp '2000-01-01')))));
end
$$;
comment on function private.has_expired is
  'Whether some of the data of a sensor has expired, at a resolution in minutes (null: values).';
revoke all on function private.has_expired from public;
grant execute on function private.has_expired to authenticated, service_role;
