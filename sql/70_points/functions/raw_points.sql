-- A page of the values of one sensor. Part of public.get_data_points.
-- p_client      the page begins after the value of this client at p_since; null: at p_since
-- more          the page is full: there may be another
-- last_client   with more: whose value the last one is; who sees several owners of a device may see several
--               values of one time
-- Who may call it: every API role; row-level security decides which values.
create function private.raw_points(p_sensor integer, p_since timestamp, p_until timestamp, p_limit integer,
  p_client integer, out data json, out last_time timestamp, out more boolean, out last_client integer)
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
    from (
      (select v.* from private.value_rows() v
       where v."cdSensor" = p_sensor and v."dtRegistro" >= p_since and v."dtRegistro" < p_until
         and (p_client is null or v."dtRegistro" > p_since or v."cdCliente" > p_client)
       order by v."dtRegistro", v."cdCliente" limit p_limit)
      union all
      (select f.* from private.packed_values(p_sensor, p_since, p_until) f
       where p_client is null or f."dtRegistro" > p_since or f."cdCliente" > p_client
       order by f."dtRegistro", f."cdCliente" limit p_limit)
    ) r
    order by r."dtRegistro", r."cdCliente" limit p_limit
  ) r;
  if not more then
    return;
  end if;
  select case when count(*) = 1 then min(r."cdCliente") end into last_client
  from private.values_between(p_sensor, last_time, private.after(last_time)) r;
  if last_client is null then
    select r."cdCliente" into last_client
    from (
      (select v.* from private.value_rows() v
       where v."cdSensor" = p_sensor and v."dtRegistro" >= p_since and v."dtRegistro" < p_until
         and (p_client is null or v."dtRegistro" > p_since or v."cdCliente" > p_client)
       order by v."dtRegistro", v."cdCliente" limit p_limit)
      union all
      (select f.* from private.packed_values(p_sensor, p_since, p_until) f
       where p_client is null or f."dtRegistro" > p_since or f."cdCliente" > p_client
       order by f."dtRegistro", f."cdCliente" limit p_limit)
    ) r
    order by r."dtRegistro", r."cdCliente" offset p_limit - 1 limit 1;
  end if;
end
$$;
comment on function private.raw_points is
  'Values of one sensor as JSON, ascending, time and client of the last one, and whether there may be more.';
revoke all on function private.raw_points from public;
grant execute on function private.raw_points to authenticated, service_role;
