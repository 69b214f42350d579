-- A page of the values of one sensor. Part of public.get_data_points.
-- more   the page is full: there may be another
-- Who may call it: every API role; row-level security decides which values.
create function private.raw_points(p_sensor integer, p_since timestamp, p_until timestamp, p_limit integer,
                                      out data json, out last_time timestamp, out more boolean)
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan as $$
begin
  select coalesce(json_agg(r), '[]'), max(r.ts), count(*) = p_limit
  into data, last_time, more
  from (
    select r."dtRegistro" as ts,
           coalesce(to_json(r."nrValor"), to_json(r."blValor"), to_json(r."dsValor")) as value,
           r."nrQualidade" as quality
    from public."TbSensorRegistro" r
    where r."cdSensor" = p_sensor and r."dtRegistro" >= p_since and r."dtRegistro" < p_until
    order by r."dtRegistro" limit p_limit
  ) r;
end
$$;
comment on function private.raw_points is
  'Values of one sensor as JSON, ascending, the time of the last one, and whether there may be more.';
revoke all on function private.raw_points from public;
grant execute on function private.raw_points to authenticated, service_role;
