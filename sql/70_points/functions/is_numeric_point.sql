-- The newest value of a time range decides what kind of point the sensor is: number, or boolean and text.
-- Who may call it: every API role; row-level security decides which values.
create function private.is_numeric_point(p_sensor integer, p_since timestamp, p_until timestamp)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan as $$
begin
  return coalesce((
    select r."nrValor" is not null from private.newest_value(p_sensor, p_since, p_until) r), true);
end
$$;
comment on function private.is_numeric_point is
  'Whether the newest value of a time range is a number; true when there is none.';
revoke all on function private.is_numeric_point from public;
grant execute on function private.is_numeric_point to authenticated, service_role;
