-- Days of UTC between floor and watermark, in ranges of one offset to UTC. Days in which the clocks of the
-- zone change, or in which its offset is not a whole number of hours, are left out. Part of
-- private.sum_devices.
-- Who may call it: every API role.
create function private.whole_days(p_since timestamp, p_until timestamp, p_zone text)
returns table (since timestamp, until timestamp, utc_offset integer)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_watermark record := private.rollup_watermark();
  v_since timestamp := private.next_day_start(
    least(greatest(p_since, v_watermark.floor), '10000-01-01'));
  v_until timestamp := date_trunc('day', least(p_until, v_watermark.watermark));
begin
  if not isfinite(v_watermark.watermark) or v_since >= v_until then
    return;
  end if;
  return query
    select min(i.day), max(i.day) + interval '1 day', (date_part('epoch', i.utc_offset) / 3600)::integer
    from (
      select d.day, d.utc_offset,
             d.day - interval '1 day' * row_number() over (partition by d.utc_offset order by d.day) as island
      from (
        select d as day, (d at time zone 'UTC' at time zone p_zone) - d as utc_offset,
               ((d + interval '1 day') at time zone 'UTC' at time zone p_zone) - (d + interval '1 day')
                 as next_offset
        from generate_series(v_since, v_until - interval '1 day', '1 day') d
      ) d
      where d.utc_offset = d.next_offset and date_part('minute', d.utc_offset) = 0
    ) i
    group by i.utc_offset, i.island
    order by 1;
end
$$;
comment on function private.whole_days is
  'Days that rollups by day can answer, with the offset of the zone in hours.';
revoke all on function private.whole_days from public;
grant execute on function private.whole_days to authenticated, service_role;
