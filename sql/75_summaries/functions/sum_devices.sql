-- What the sensors of devices add up to. Sensors that were only ever on one device are answered by rollups:
-- whole days by those of days (private.sum_whole_days), the rest of the range, and days with dirty hours, by
-- finer ones (private.sum_buckets). Values of other sensors are summed up one by one, for the device they
-- came from.
-- p_minutes          width of the finer buckets, 5 or 60
-- p_since, p_until   the end is excluded
-- p_axis             total, or the axis of a chart: hourly, daily, by_day_of_week
-- p_zone             time zone of the axis
-- There may be several rows for the same key; they add up. Only totals have the product item.
-- Who may call it: every API role; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE (private.require_few_hours).
create function private.sum_devices(p_minutes integer, p_devices integer[], p_types bigint[],
  p_since timestamp, p_until timestamp, p_axis text, p_zone text)
returns table ("cdDispositivo" integer, "cdTipoSensor" bigint, "cdProdutoItem" integer, "dtBucket" timestamp,
               "nrQtd" bigint, "nrSoma" double precision)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_mergejoin = off
set enable_seqscan = off set enable_bitmapscan = off set work_mem = '16MB'
set plan_cache_mode = force_generic_plan as $$
declare
  v_devices integer[];
  v_sensors integer[];
  v_types bigint[];
  v_is_exclusive boolean[];
  v_exclusive integer[];
  v_dirty private.data_range[]; -- days
  v_watermark record := private.rollup_watermark();
begin
  select array_agg(s."cdDispositivo"), array_agg(s."cdSensor"), array_agg(s."cdTipoSensor"),
         array_agg(s.is_exclusive), coalesce(array_agg(s."cdSensor") filter (where s.is_exclusive), '{}')
  into v_devices, v_sensors, v_types, v_is_exclusive, v_exclusive
  from private.sensors_of_devices(p_devices, p_types) s;
  v_dirty := array(
    select distinct private.make_data_range(p_code => f.code, p_client => null,
      p_since => date_trunc('day', f.since), p_until => date_trunc('day', f.since) + interval '1 day')
    from unnest(private.dirty_hours_of(
      v_exclusive, p_since, date_trunc('day', least(p_until, v_watermark.watermark)))) f);
  perform private.require_few_hours(p_minutes, cardinality(v_exclusive), p_since, p_until, p_zone);
  return query
    with whole_days as materialized (
      select * from private.whole_days(p_since, p_until, p_zone)
    ), gap as (
      select coalesce(lag(d.until) over (order by d.since), p_since) as since, d.since as until
      from whole_days d
      union all
      select coalesce(max(d.until), p_since), p_until from whole_days d
    ), part as (
      select null::integer as device, s.* from whole_days d
      cross join lateral private.sum_whole_days(
        v_exclusive, v_dirty, d.since, d.until, p_axis, d.utc_offset) s
      union all
      select null, s.* from gap l
      cross join lateral private.sum_buckets(p_minutes, v_exclusive, l.since, l.until, p_axis <> 'total') s
      where l.since < l.until
      union all
      select null, s.*
      from (
        select f.since, f.until, array_agg(f.code) as sensors
        from unnest(v_dirty) f join whole_days d on f.since >= d.since and f.since < d.until
        group by 1, 2
      ) f
      cross join lateral private.sum_buckets(p_minutes, f.sensors, f.since, f.until, p_axis <> 'total') s
      union all
      select r."cdDispositivo", r."cdSensor", r."cdProdutoItem",
             case when p_axis <> 'total'
                  then date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01') end,
             count(*), sum(private.summable(r."nrValor"))
      from unnest(v_sensors, v_devices, v_is_exclusive) as s(sensor, device, is_exclusive)
      join lateral private.values_between(s.sensor, p_since, p_until) r on r."cdDispositivo" = s.device
      where not s.is_exclusive and r."nrValor" is not null and r."nrQualidade" < 2
      group by 1, 2, 3, 4
    )
    select s.device, s.sensor_type, p.item, p.bucket, p.quantity, p.value_sum
    from part p
    join private.unnest_sensors(v_sensors, v_devices, v_types) s
      on s.sensor = p.sensor and s.device = coalesce(p.device, s.device);
end
$$;
comment on function private.sum_devices is
  'Counts and sums of devices by sensor type and product item or bucket, exact at any moment.';
revoke all on function private.sum_devices from public;
grant execute on function private.sum_devices to authenticated, service_role;
