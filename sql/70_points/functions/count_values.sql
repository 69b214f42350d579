-- Counted from rollups by the hour where they are right. Who may call it: every API role; row-level security
-- decides which values count.
create function private.count_values(p_sensor integer, p_since timestamp, p_until timestamp) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_custom_plan as $$
declare
  v_plan private.reading_plan := private.plan_reading(60, array[p_sensor], p_since, p_until);
begin
  return (select coalesce(sum(b."nrQtd"), 0) from private.known_buckets(60, p_sensor, v_plan) b);
end
$$;
comment on function private.count_values is 'How many numeric values a sensor has in a time range.';
revoke all on function private.count_values from public;
grant execute on function private.count_values to authenticated, service_role;
