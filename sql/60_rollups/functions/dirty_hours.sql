-- For the views: dirty hours between floor and watermark, which are read from the values.
-- Security definer: no API role may read TbRollupPendente; only visible sensors are returned.
-- Who may call it: every API role, as the views run as their caller.
create function private.dirty_hours()
returns table ("cdSensor" integer, "dtHora" timestamp, "dtFim" timestamp)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct p."cdSensor", p."dtHora", p."dtHora" + interval '1 hour'
  from private."TbRollupPendente" p cross join private."TbRollupMarca" m
  where p."cdSensor" is not null and p."dtHora" >= m."dtPiso" and p."dtHora" < m."dtMarca"
    and private.is_visible_sensor_history(p."cdSensor")
$$;
comment on function private.dirty_hours is 'Dirty hours of visible sensors.';
revoke all on function private.dirty_hours from public;
grant execute on function private.dirty_hours to authenticated, service_role;
