-- As private.bucket_points, for sensors of which the last value counts: value is the newest of each bucket.
-- Rollups do not keep it, and could not for late data without being read again; so it is looked up among the
-- values, and a page ends after 100,000 of them, or after one bucket. Null where the values have expired.
-- Part of public.get_data_points. Who may call it: every API role; row-level security decides which values.
create function private.last_points(p_minutes integer, p_sensor integer, p_since timestamp,
  p_until timestamp, p_limit integer, out data json, out last_time timestamp, out more boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_page json;
  v_begin timestamp;
begin
  select b.data, b.last_time, b.more into v_page, last_time, more
  from private.bucket_points(p_minutes, p_sensor, p_since, p_until, p_limit, null) b;
  select coalesce(json_agg(p.point order by p.ts), '[]'), min(p.ts), max(p.ts),
         more or coalesce(count(*) < max(p.total), false)
  into v_page, v_begin, last_time, more
  from (
    select e.point, (e.point ->> 'ts')::timestamp as ts, count(*) over () as total,
           sum((e.point ->> 'count')::bigint) over (order by e.n) - (e.point ->> 'count')::bigint as earlier
    from json_array_elements(v_page) with ordinality as e(point, n)
  ) p
  where p.earlier < 100000;
  data := (
    select coalesce(json_agg(row_to_json(b) order by b.ts), '[]')
    from (
      select (e ->> 'ts')::timestamp as ts, (e ->> 'avg')::double precision as avg,
             (e ->> 'min')::double precision as min, (e ->> 'max')::double precision as max,
             (e ->> 'sum')::double precision as sum, (e ->> 'count')::bigint as count, l.value
      from json_array_elements(v_page) e
      left join (
        select distinct on (1) date_bin(make_interval(mins => p_minutes), r."dtRegistro",
                                        timestamp '2000-01-01') as ts, r."nrValor" as value
        from private.values_between(p_sensor, greatest(v_begin, p_since),
                                    least(last_time + make_interval(mins => p_minutes), p_until)) r
        where r."nrValor" is not null and r."nrQualidade" < 2
        order by 1, r."dtRegistro" desc, r."cdCliente" desc
      ) l on l.ts = (e ->> 'ts')::timestamp
    ) b);
end
$$;
comment on function private.last_points is 'Buckets of one sensor with the last value of each.';
revoke all on function private.last_points from public;
grant execute on function private.last_points to authenticated, service_role;
