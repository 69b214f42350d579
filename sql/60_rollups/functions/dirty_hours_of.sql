-- Dirty hours of some sensors.
-- Security definer: no API role may read TbRollupPendente; only those of visible clients are returned.
-- Who may call it: every API role.
create function private.dirty_hours_of(p_sensors integer[], p_since timestamp, p_until timestamp)
returns private.data_range[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return array(
    select distinct private.make_data_range(p_code => p."cdSensor", p_client => null,
      p_since => p."dtHora", p_until => p."dtHora" + interval '1 hour')
    from private."TbRollupPendente" p
    where p."cdSensor" = any (p_sensors)
      and p."dtHora" >= date_trunc('hour', p_since) and p."dtHora" < p_until
      and p."cdCliente" = any ((select private.visible_clients())::integer[]));
end
$$;
comment on function private.dirty_hours_of is
  'Dirty hours of sensors, as far as visible: they are read from the values, not from rollups.';
revoke all on function private.dirty_hours_of from public;
grant execute on function private.dirty_hours_of to authenticated, service_role;
