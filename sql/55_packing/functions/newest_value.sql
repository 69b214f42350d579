-- The newest value of a sensor in a time range (end excluded) that meets the conditions: of a device, of a
-- client (null: any), numbers without faults only. What is not packed is looked at first; then chunks, from
-- the newest back, with what arrived late for their time, so that hardly ever more than one is unpacked.
-- Who may call it: every API role; row-level security decides which values.
create function private.newest_value(p_sensor integer, p_since timestamp, p_until timestamp,
  p_device integer default null, p_client integer default null, p_numbers boolean default false)
returns setof series."TbSensorRegistro"
language plpgsql stable rows 1 set search_path = pg_catalog, pg_temp set enable_seqscan = off
set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_since timestamp := greatest(p_since, private.packed_before());
  v_until timestamp := p_until;
begin
  return query
    select v.* from private.value_rows() v
    where v."cdSensor" = p_sensor and v."dtRegistro" >= v_since and v."dtRegistro" < p_until
      and (p_device is null or v."cdDispositivo" = p_device)
      and (p_client is null or v."cdCliente" = p_client)
      and (not p_numbers or v."nrValor" is not null and v."nrQualidade" < 2)
    order by v."dtRegistro" desc, v."cdCliente" desc limit 1;
  while not found and v_since > p_since loop
    v_until := least(v_since, p_until);
    v_since := greatest(p_since, coalesce(private.chunk_start(p_sensor, v_until), '-infinity'));
    return query
      select v.* from private.values_between(p_sensor, v_since, v_until) v
      where (p_device is null or v."cdDispositivo" = p_device)
        and (p_client is null or v."cdCliente" = p_client)
        and (not p_numbers or v."nrValor" is not null and v."nrQualidade" < 2)
      order by v."dtRegistro" desc, v."cdCliente" desc limit 1;
  end loop;
end
$$;
comment on function private.newest_value is 'The newest value of a sensor in a time range.';
revoke all on function private.newest_value from public;
grant execute on function private.newest_value to authenticated, service_role;
