-- Maintenance step: deletes expired rollups, those of one client, or of one device with a floor of its own,
-- per call, once a day for each. A floor that has caught up with that of its client after a hold is deleted.
-- Hours whose finer rollups were deleted say so in nrFino. Rollups by the hour expire only where the values
-- have expired too.
-- Returns how many rows it deleted, plus one; 0 when nothing has expired.
create function private.expire_rollups() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_client integer;
  v_sensors integer[];
  v_until record;
  v_rows integer;
  v_hours timestamp[];
  v_total integer := 0;
begin
  perform from private."TbRollupMarca" for update; -- no rollup changes meanwhile
  insert into private."TbRetencaoPiso" ("cdCliente")
  select p."cdCliente" from private.retention_deadlines() p where p."cdDispositivo" = 0
  on conflict do nothing;
  delete from private."TbRetencaoPiso" f using private."TbRetencaoPiso" c
  where f."cdDispositivo" <> 0 and c."cdCliente" = f."cdCliente" and c."cdDispositivo" = 0
    and f."dtBruto" = f."dtAnunciado" and c."dtBruto" = c."dtAnunciado"
    and (f."dtBruto", f."dt1m", f."dt5m", f."dt1h") = (c."dtBruto", c."dt1m", c."dt5m", c."dt1h")
    and not private.is_held(f."cdCliente", f."cdDispositivo");
  select f."cdCliente", f."cdDispositivo",
         f.dt1m as last_minute, f.dt5m as last_five, greatest(p.one_minute, f.dt1m) as one_minute,
         greatest(p.five_minutes, f.dt5m) as five_minutes,
         greatest(least(coalesce(p.one_hour, '-infinity'), f."dtBruto"), f.dt1h) as one_hour -- null: for ever
  into v_until
  from private."TbRetencaoPiso" f join private.retention_deadlines() p using ("cdCliente", "cdDispositivo")
  where f.dt1m < p.one_minute or f.dt5m < p.five_minutes
     or f.dt1h < least(coalesce(p.one_hour, '-infinity'), f."dtBruto")
  order by f."cdCliente", f."cdDispositivo" limit 1;
  v_client := v_until."cdCliente";
  if v_client is null then
    return 0;
  end if;
  v_sensors := private.expiring_sensors(v_client, v_until."cdDispositivo", null, v_until.one_minute,
    v_until.five_minutes, v_until.one_hour);
  v_total := private.expire_packed_rollups(v_client, v_sensors, v_until.one_minute, v_until.five_minutes,
    v_until.one_hour, least(v_until.last_minute, v_until.last_five));
  delete from series."TbSensorRegistro1m" b
  where b."cdCliente" = v_client and b."cdSensor" = any (v_sensors) and b."dtBucket" < v_until.one_minute;
  get diagnostics v_rows = row_count;
  v_total := v_total + v_rows;
  delete from series."TbSensorRegistro5m" b
  where b."cdCliente" = v_client and b."cdSensor" = any (v_sensors) and b."dtBucket" < v_until.five_minutes;
  get diagnostics v_rows = row_count;
  v_total := v_total + v_rows;
  delete from series."TbSensorRegistro1h" b
  where b."cdCliente" = v_client and b."cdSensor" = any (v_sensors) and b."dtBucket" < v_until.one_hour;
  get diagnostics v_rows = row_count;
  v_total := v_total + v_rows;
  delete from series."TbSensorRegistro1d" b
  where b."cdCliente" = v_client and b."cdSensor" = any (v_sensors) and b."dtBucket" < v_until.one_hour;
  with coarser as (
    update series."TbSensorRegistro1h" b
    set "nrFino" = case when b."dtBucket" < v_until.five_minutes then 60 else 5 end
    where b."cdCliente" = v_client and b."cdSensor" = any (v_sensors)
      and b."dtBucket" < v_until.one_minute
      and b."nrFino" < case when b."dtBucket" < v_until.five_minutes then 60 else 5 end
    returning b."dtBucket"
  )
  select array_agg(distinct c."dtBucket") into v_hours from coarser c;
  perform private.extend_calendar(v_hours);
  update private."TbRetencaoPiso" f
  set dt1m = v_until.one_minute, dt5m = v_until.five_minutes, dt1h = v_until.one_hour
  where f."cdCliente" = v_client and f."cdDispositivo" = v_until."cdDispositivo";
  return v_total + 1;
end
$$;
comment on function private.expire_rollups is
  'Maintenance step: deletes expired rollups.';
revoke all on function private.expire_rollups from public;
