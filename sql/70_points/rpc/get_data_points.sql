-- Values or buckets of one sensor, ascending (private.points_of_sensor):
-- {cdSensor, cdDispositivo, dsPonto, cdTipoSensor, dsUnidade, dsAgregacao, agg, degraded, thinned, expired,
-- data, complete, nextCursor}.
-- p_dt_inicio, p_dt_fim   start, included, and end, excluded; buckets at the ends hold only what lies between
--                         them
-- p_agg         raw, 1m, 5m, 1h, or auto: the finest with at most p_max_points points (default 3,000). raw
--               over more than 14 days, or of more than 100,000 values with p_max_points, becomes 1m, and
--               degraded says so. Booleans and texts are always raw.
-- p_limit       points at most, 1 to 100,000
-- p_cursor      nextCursor of the previous page: agg, time and, of a value, client of its last point, so that
--               all pages have one agg
-- p_max_points  raw only: thins the values to so many, 3 to 10,000, by largest triangles; in one page
-- p_exigir      true: PT404 NOT_FOUND for a sensor that is unknown or not visible, instead of nothing
-- p_cd_dispositivo, p_ds_ponto   instead of p_cd_sensor: the device that the sensor is on, and its point
-- data          raw {ts, value, quality}; otherwise {ts, avg, min, max, sum, count, value}, in UTC; avg and
--               sum are null where they overflow, value is what the sensor's type chooses (dsAgregacao: sum,
--               mean or last; without a type the mean), null where the last has expired
-- expired       some of the range has expired, on whatever page
-- complete      false when some has expired, or when there is more (nextCursor)
-- Who: callers with the permission read; row-level security decides which values.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND.
create function public.get_data_points(p_cd_sensor integer default null,
  p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null, p_agg text default 'auto',
  p_limit integer default 10000, p_cursor text default null, p_max_points integer default null,
  p_exigir boolean default false, p_cd_dispositivo integer default null, p_ds_ponto text default null)
returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_sensor integer := p_cd_sensor;
begin
  perform private.require_permission('read');
  perform private.require_short(p_ds_ponto);
  if p_cd_dispositivo is not null or p_ds_ponto is not null then
    if p_cd_sensor is not null or p_cd_dispositivo is null or p_ds_ponto is null then
      raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
        message = 'a sensor is named by cdSensor, or by cdDispositivo and dsPonto';
    end if;
    v_sensor := (
      select s."cdSensor" from public."TbSensor" s
      where s."cdDispositivo" = p_cd_dispositivo and s."dsPonto" = normalize(p_ds_ponto, nfc));
  end if;
  perform private.require_found(v_sensor is not null or not p_exigir, 'sensor');
  return private.points_of_sensor(
    v_sensor, p_dt_inicio at time zone 'UTC', p_dt_fim at time zone 'UTC', p_agg, p_limit, p_cursor,
    p_max_points, p_exigir);
end
$$;
comment on function public.get_data_points is
  'Values of a sensor, or their rollup in buckets, exact at any moment.';
revoke all on function public.get_data_points from public;
grant execute on function public.get_data_points to authenticated, service_role;
