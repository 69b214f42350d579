-- How a rollup and the values share the work. From the values come: the edges that are not a whole bucket,
-- what is not summed up yet or was stored before there were rollups, dirty hours, and hours that had too few
-- values for this rollup.
-- p_minutes          width of the buckets: 1, 5 or 60
-- p_since, p_until   the end is excluded
-- Security definer: no API role may read TbRollupMarca and TbRollupPendente; of the hours only those of
-- visible clients are looked at.
-- Who may call it: every API role.
create function private.plan_reading(p_minutes integer, p_sensors integer[], p_since timestamp,
  p_until timestamp) returns private.reading_plan
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_since timestamp;
  v_until timestamp;
  v_dirty private.data_range[];
  v_raw private.data_range[];
  v_visible_clients integer[];
  v_is_split boolean := true;
  v_watermark record := private.rollup_watermark();
  v_width interval := make_interval(mins => p_minutes);
begin
  v_since := greatest(p_since, v_watermark.floor);
  v_since := date_bin(v_width, v_since + v_width - interval '1 microsecond', timestamp '2000-01-01');
  v_until := date_bin(v_width, least(p_until, v_watermark.watermark), timestamp '2000-01-01');
  if not (isfinite(v_watermark.watermark) and v_since < v_until) then
    return row(v_since, v_since, null::private.data_range[],
      array(select row(s, null, p_since, p_until)::private.data_range
            from unnest(p_sensors) s where p_since < p_until),
      false, false);
  end if;
  v_dirty := private.dirty_hours_of(p_sensors, v_since, v_until);
  v_raw := array(
    select row(s, null, p_since, v_since)::private.data_range from unnest(p_sensors) s where p_since < v_since
    union all
    select row(s, null, v_until, p_until)::private.data_range from unnest(p_sensors) s where v_until < p_until
    union all
    select row(f.code, null, greatest(f.since, v_since), least(f.until, v_until))::private.data_range
    from unnest(v_dirty) f);
  if p_minutes < 60 then
    v_visible_clients := private.visible_clients();
    v_raw := v_raw || array(
      select row(h."cdSensor", h."cdCliente", greatest(min(h."dtBucket"), v_since),
                 least(max(h."dtBucket") + interval '1 hour', v_until))::private.data_range
      from (
        select d.*, d."dtBucket" - interval '1 hour'
                 * row_number() over (partition by d."cdSensor", d."cdCliente" order by d."dtBucket")
                 as island -- hours that follow each other are one piece
        from (
          select distinct b."cdSensor", b."cdCliente", b."dtBucket"
          from private.hours_between(p_sensors, date_trunc('hour', v_since), v_until) b
          where b."nrFino" > p_minutes
            and (b."cdCliente" = any (v_visible_clients)) is true -- or the index is searched for each client
            and (b."cdSensor", b."dtBucket") not in (select f.code, f.since from unnest(v_dirty) f)
        ) d
      ) h
      group by h."cdSensor", h."cdCliente", h.island);
    v_is_split := v_dirty <> '{}' or exists (
      select from private.hours_between(p_sensors, date_trunc('hour', v_since), v_until) b
      where (b."cdCliente" = any (v_visible_clients)) is true
      group by b."cdSensor", b."dtBucket" having count(*) > 1);
  end if;
  return row(v_since, v_until, nullif(v_dirty, '{}'), v_raw, v_is_split, exists (
    select from series."TbRollupFrio" c
    where c."cdSensor" = any (p_sensors) and c."nrMinutos" = p_minutes
      and c."dtInicio" > v_since - interval '7 days' and c."dtInicio" < v_until and c."dtFim" > v_since));
end
$$;
comment on function private.plan_reading is
  'Which part of a time range comes from a rollup, and which from the values.';
revoke all on function private.plan_reading from public;
grant execute on function private.plan_reading to authenticated, service_role;
