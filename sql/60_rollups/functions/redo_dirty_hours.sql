-- Hours with marks, made anew. The marks are noted first: what they stand for is in what is read afterwards, and whoever
-- writes in the meantime leaves a mark that stays.
create function private.redo_dirty_hours() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_watermark private."TbRollupMarca";
  v_dirty bigint[];
  v_target record;
begin
  select m.* into v_watermark from private."TbRollupMarca" m for update;
  with target as (
    select distinct p."cdSensor", p."cdDispositivo", p."dtHora"
    from (select * from private."TbRollupPendente" order by "cdPendente" limit 10000) p
    where isfinite(p."dtHora")
    limit 500
  )
  select array_agg(m."cdPendente") into v_dirty
  from (
    select p."cdPendente" from target a
    join private."TbRollupPendente" p on p."cdSensor" = a."cdSensor" and p."dtHora" = a."dtHora"
    union all
    select p."cdPendente" from target a
    join private."TbRollupPendente" p on p."cdDispositivo" = a."cdDispositivo" and p."dtHora" = a."dtHora"
  ) m;
  if v_dirty is null then
    return 0;
  end if;

  select array_agg(s."cdSensor") as sensores, array_agg(s."dtHora") as hours, array_agg(s."dtHora" + interval '1 hour') as hour_ends
  into v_target
  from (select distinct p."cdSensor", p."dtHora" from private."TbRollupPendente" p
        where p."cdPendente" = any (v_dirty) and p."cdSensor" is not null
          and p."dtHora" >= v_watermark."dtPiso" and p."dtHora" < v_watermark."dtMarca") s;
  perform private.forget_hours(v_target.sensores, v_target.hours);
  perform private.sum_hours(v_target.sensores, v_target.hours, v_target.hour_ends);
  select array_agg(d.sensor) as sensores, array_agg(d.day) as days
  into v_target
  from (select distinct a.sensor, date_trunc('day', a.hour) as day from unnest(v_target.sensores, v_target.hours) as a(sensor, hour)) d
  where d.day >= v_watermark."dtPiso" and d.day + interval '1 day' <= v_watermark."dtMarca";
  perform private.sum_days(v_target.sensores, v_target.days);

  select array_agg(d."cdDispositivo") as devices, array_agg(d.since) as since, array_agg(d.until) as until
  into v_target
  from (select p."cdDispositivo", min(p."dtHora") as since, max(p."dtHora") + interval '1 hour' as until
        from private."TbRollupPendente" p
        where p."cdPendente" = any (v_dirty) and p."cdDispositivo" is not null
          and p."dtHora" >= v_watermark."dtPiso" and p."dtHora" < v_watermark."dtMarca"
        group by p."cdDispositivo", p."dtHora"::date) d;
  perform private.count_hours(v_target.devices, v_target.since, v_target.until, v_watermark."dtPiso", v_watermark."dtMarca");

  delete from private."TbRollupPendente" p where p."cdPendente" = any (v_dirty);
  return cardinality(v_dirty);
end
$$;
comment on function private.redo_dirty_hours is 'Makes marked hours anew; returns how many marks are done.';
revoke all on function private.redo_dirty_hours from public;
