-- Whether something that sums of devices need has expired: the hours themselves, or, where the range begins
-- or ends within an hour or is summed up by five minutes, what is finer. Hours are asked by device at once;
-- the rest by sensor (private.has_expired), where values have expired at all.
-- Part of private.sums_are_complete.
-- p_minutes   width of the buckets that are summed up, 5 or 60
-- Security definer: no API role may read TbRetencaoPiso; only visible clients are looked at.
-- Who may call it: every API role.
create function private.have_sums_expired(p_minutes integer, p_devices integer[], p_types bigint[],
  p_since timestamp, p_until timestamp) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visible_clients integer[];
begin
  if not exists (select from private."TbRetencaoPiso" f where f."dtBruto" > p_since) then
    return false;
  end if;
  v_visible_clients := private.visible_clients();
  return exists (
      select from unnest(p_devices) d
      join public."TbDispositivoVinculo" v on v."cdDispositivo" = d
      cross join lateral ( -- the lowest floor counts, see private.expiring_sensors
        select min(f."dt1h") as "dt1h" from private."TbRetencaoPiso" f
        where f."cdCliente" = v."cdCliente" and f."cdDispositivo" in (0, d)
      ) f
      where v."cdCliente" = any (v_visible_clients) and f."dt1h" > p_since
    ) or (
      p_minutes < 60 or p_since <> date_trunc('hour', p_since) or p_until <> date_trunc('hour', p_until)
    ) and exists (
      select from private.sensors_of_devices(p_devices, p_types) s
      where private.has_expired(p_minutes, s."cdSensor", greatest(p_since, '1970-01-01'),
        least(p_until, '10000-01-01')));
end
$$;
comment on function private.have_sums_expired is 'Whether something that sums of devices need has expired.';
revoke all on function private.have_sums_expired from public;
grant execute on function private.have_sums_expired to authenticated, service_role;
