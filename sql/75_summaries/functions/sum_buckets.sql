-- Counts and sums of a time range, exact at any moment (private.plan_reading). Part of private.sum_devices.
-- p_by_bucket   a row for each bucket; otherwise one for each sensor and product item
-- Who may call it: every API role; row-level security decides which rows.
create function private.sum_buckets(p_minutes integer, p_sensors integer[], p_since timestamp,
  p_until timestamp, p_by_bucket boolean)
returns table (sensor integer, item integer, bucket timestamp, quantity bigint, value_sum double precision)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off set work_mem = '16MB'
set plan_cache_mode = force_generic_plan as $$
declare
  v_plan private.reading_plan := private.plan_reading(p_minutes, p_sensors, p_since, p_until);
begin
  return query
    select b."cdSensor", b."cdProdutoItem", case when p_by_bucket then b."dtBucket" end,
           sum(b."nrQtd"), sum(b."nrSoma")
    from private.buckets(p_minutes, p_sensors, v_plan) b
    group by 1, 2, 3;
end
$$;
comment on function private.sum_buckets is
  'Counts and sums of sensors, by rollups of an hour or five minutes.';
revoke all on function private.sum_buckets from public;
grant execute on function private.sum_buckets to authenticated, service_role;
