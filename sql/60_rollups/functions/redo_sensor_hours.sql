-- Makes the rollups of dirty hours of sensors again, and those of the days they belong to. Part of
-- private.redo_dirty_hours.
-- p_entries              keys of TbRollupPendente
-- p_floor, p_watermark   hours and days outside them have no rollups
create function private.redo_sensor_hours(p_entries bigint[], p_floor timestamp, p_watermark timestamp)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_hours record;
  v_days record;
begin
  select array_agg(h."cdSensor") as sensors, array_agg(h."dtHora") as starts,
         array_agg(h."dtHora" + interval '1 hour') as ends
  into v_hours
  from (
    select distinct p."cdSensor", p."dtHora" from private."TbRollupPendente" p
    where p."cdPendente" = any (p_entries) and p."cdSensor" is not null
      and p."dtHora" >= p_floor and p."dtHora" < p_watermark
      and not exists (
        select from series."TbSensorRegistroFrio" c
        where c."blDanificado" and c."cdSensor" = p."cdSensor"
          and c."dtPrimeiro" < p."dtHora" + interval '1 hour' and c."dtUltimo" >= p."dtHora")
  ) h;
  perform private.unpack_rollups(v_hours.sensors, v_hours.starts);
  perform private.forget_hours(v_hours.sensors, v_hours.starts);
  perform private.sum_hours(v_hours.sensors, v_hours.starts, v_hours.ends);

  select array_agg(d.sensor) as sensors, array_agg(d.day) as starts
  into v_days
  from (
    select distinct h.sensor, date_trunc('day', h.hour) as day
    from unnest(v_hours.sensors, v_hours.starts) as h(sensor, hour)
  ) d
  where d.day >= p_floor and d.day + interval '1 day' <= p_watermark;
  perform private.sum_days(v_days.sensors, v_days.starts);
end
$$;
comment on function private.redo_sensor_hours is 'Makes the rollups of dirty hours of sensors again.';
revoke all on function private.redo_sensor_hours from public;
