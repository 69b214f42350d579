-- Puts packed rollups of hours back as rows, whole chunks, so that they can be deleted and made again. Called
-- by whatever changes rollups that may be packed, which has locked TbRollupMarca.
-- p_sensors, p_hours   sensors, each with the start of an hour
-- p_minutes            of this width; null: of all
create function private.unpack_rollups(p_sensors integer[], p_hours timestamp[],
  p_minutes integer default null) returns void
language sql volatile set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off as $$
  select private.unpack_buckets(array(
    select distinct c."cdPacote" from unnest(p_sensors, p_hours) as a(sensor, hour)
    join series."TbRollupFrio" c on c."cdSensor" = a.sensor and c."dtInicio" > a.hour - interval '7 days'
      and c."dtInicio" <= a.hour and c."dtFim" > a.hour
    where p_minutes is null or c."nrMinutos" = p_minutes))
$$;
comment on function private.unpack_rollups is 'Puts packed rollups of hours of sensors back as rows.';
revoke all on function private.unpack_rollups from public;
