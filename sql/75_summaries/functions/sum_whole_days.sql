-- How a day in a time zone is summed up. TbSensorRegistro1d has the 24 hours of a day of UTC side by side;
-- the midnight of the zone cuts it in two, and each part belongs to another local day. So zones of whole
-- hours are summed up from rollups by day; private.whole_days leaves out the days for which that is wrong.
-- p_since, p_until   starts of days of UTC, the end is excluded
-- p_dirty            days of sensors that are left out, by code and since; no other may have dirty hours
-- p_axis             total, hourly, daily, by_day_of_week
-- p_utc_offset       hours that the zone is ahead of UTC
-- bucket             a time that lies in the bucket of the axis, null for total; of a local day it is noon,
--                    which no change of clocks moves out of the day
-- The planner chooses how to read the days, whatever the caller has set: those of many sensors lie next to
-- each other.
-- Part of private.sum_devices. Who may call it: every API role; row-level security decides which rows.
create function private.sum_whole_days(p_sensors integer[], p_dirty private.data_range[], p_since timestamp,
  p_until timestamp, p_axis text, p_utc_offset integer)
returns table (sensor integer, item integer, bucket timestamp, quantity bigint, value_sum double precision)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_seqscan = on
set enable_bitmapscan = on set work_mem = '16MB' as $$
declare
  v_cut integer := (24 - p_utc_offset) % 24;
  v_days text := $s$
        from private.stored_days() b
        where b."cdSensor" = any ($1) and b."dtBucket" >= $2 and b."dtBucket" < $3
          and (b."cdSensor", b."dtBucket") not in (select f.code, f.since from unnest($4) f)$s$;
begin
  return query execute case p_axis
    when 'total' then format($s$
      select b."cdSensor", b."cdProdutoItem", null::timestamp, sum(b."nrQtd"), sum(b."nrSoma")
      %s
      group by 1, 2
    $s$, v_days)
    when 'hourly' then format($s$
      select d.sensor, null::integer, $2 + (h.n - 1) * interval '1 hour', h.quantity, h.value_sum
      from (
        select b."cdSensor" as sensor, %s
        %s
        group by 1
      ) d
      cross join lateral unnest(array[%s], array[%s]) with ordinality as h(quantity, value_sum, n)
      where h.quantity > 0
    $s$, private.for_each_hour('sum(b."nrQtd##") as q##, sum(b."nrSoma##") as s##', 0, 24, ', '), v_days,
         private.for_each_hour('d.q##', 0, 24, ', '), private.for_each_hour('d.s##', 0, 24, ', '))
    else format($s$
      select m.sensor, null::integer, %s, sum(m.quantity), sum(m.value_sum)
      from (
        select b."cdSensor" as sensor, b."dtBucket" + interval '%s hours' as noon,
               %s as quantity, %s as value_sum
        %s
        union all
        select b."cdSensor", b."dtBucket" + interval '%s hours', %s, %s
        %s
      ) m
      where m.quantity > 0
      group by 1, 3
    $s$, case p_axis when 'daily' then 'm.noon' else '$2 + (m.noon - date_bin(''7 days'', m.noon, $2))' end,
         v_cut - 12, coalesce(private.for_each_hour('b."nrQtd##"', 0, v_cut, ' + '), '0'),
         coalesce(private.for_each_hour('b."nrSoma##"', 0, v_cut, ' + '), '0'), v_days,
         v_cut + 12, private.for_each_hour('b."nrQtd##"', v_cut, 24, ' + '),
         private.for_each_hour('b."nrSoma##"', v_cut, 24, ' + '), v_days)
  end using p_sensors, p_since, p_until, p_dirty;
end
$$;
comment on function private.sum_whole_days is
  'Counts and sums of sensors in whole days of a time zone, from rollups by day.';
revoke all on function private.sum_whole_days from public;
grant execute on function private.sum_whole_days to authenticated, service_role;
