-- A page of buckets of one sensor; avg and sum are null where they overflow. Part of public.get_data_points.
-- p_aggregation   sum, mean or null: what value is; of last see private.last_points
-- more            the page is full: there may be another
-- Planned anew for each reading, so that no partition outside its time is locked.
-- Who may call it: every API role; row-level security decides which rows.
create function private.bucket_points(p_minutes integer, p_sensor integer, p_since timestamp,
  p_until timestamp, p_limit integer, p_aggregation text, out data json, out last_time timestamp,
  out more boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_custom_plan set work_mem = '16MB' as $$
declare
  v_plan private.reading_plan := private.plan_reading(p_minutes, array[p_sensor], p_since, p_until);
begin
  -- a row as JSON costs half of what json_build_object does
  if v_plan.is_split then
    select coalesce(json_agg(b), '[]'), max(b.ts), count(*) = p_limit
    into data, last_time, more
    from (
      select b."dtBucket" as ts,
             private.finite(private.ratio(sum(b."nrSoma"), sum(b."nrQtd"))) as avg,
             min(b."nrMin") as min, max(b."nrMax") as max,
             case when abs(sum(b."nrSoma")) < 'Infinity' then sum(b."nrSoma") end as sum,
             sum(b."nrQtd") as count,
             case p_aggregation
               when 'sum' then case when abs(sum(b."nrSoma")) < 'Infinity' then sum(b."nrSoma") end
               else private.finite(private.ratio(sum(b."nrSoma"), sum(b."nrQtd"))) end as value
      from private.known_buckets(p_minutes, p_sensor, v_plan) b
      group by 1 order by 1 limit p_limit
    ) b;
  else
    select coalesce(json_agg(b), '[]'), max(b.ts), count(*) = p_limit
    into data, last_time, more
    from (
      select b."dtBucket" as ts,
             private.finite(private.ratio(b."nrSoma", b."nrQtd")) as avg,
             b."nrMin" as min, b."nrMax" as max,
             case when abs(b."nrSoma") < 'Infinity' then b."nrSoma" end as sum,
             b."nrQtd" as count,
             case p_aggregation when 'sum' then case when abs(b."nrSoma") < 'Infinity' then b."nrSoma" end
               else private.finite(private.ratio(b."nrSoma", b."nrQtd")) end as value
      from private.known_buckets(p_minutes, p_sensor, v_plan) b
      order by 1 limit p_limit
    ) b;
  end if;
end
$$;
comment on function private.bucket_points is
  'Buckets of one sensor as JSON, ascending, the time of the last one, and whether there may be more.';
revoke all on function private.bucket_points from public;
grant execute on function private.bucket_points to authenticated, service_role;
