-- Only numeric values count that are not faults, as only they are summed up.
-- Who may call it: every API role; row-level security decides which values.
create function private.last_value_time(p_devices integer[], p_types bigint[], p_since timestamp,
  p_until timestamp) returns timestamp
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_seqscan = off
set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_packed timestamp := private.packed_before();
begin
  return (
    select max(u."dtRegistro")
    from private.sensors_of_devices(p_devices, p_types) s
    cross join lateral ( -- packs are looked at for sensors only that have nothing newer
      (select r."dtRegistro" from private.value_rows() r
       where r."cdSensor" = s."cdSensor" and r."dtRegistro" >= greatest(p_since, v_packed)
         and r."dtRegistro" < p_until and r."cdDispositivo" = s."cdDispositivo" and r."nrValor" is not null
         and r."nrQualidade" < 2
       order by r."dtRegistro" desc limit 1)
      union all
      select r."dtRegistro" from private.newest_value(
        s."cdSensor", p_since, least(p_until, v_packed), s."cdDispositivo", null, true) r
      limit 1
    ) u);
end
$$;
comment on function private.last_value_time is
  'Time of the newest numeric value of devices, of sensors of some types.';
revoke all on function private.last_value_time from public;
grant execute on function private.last_value_time to authenticated, service_role;
