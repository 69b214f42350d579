-- Whether sums of devices have all of a time range (end excluded): nothing of it has expired, and no packed
-- history of their sensors is damaged and left out. Sums of hours that were made before the damage are right
-- all the same; what cannot be verified any more is said, as for points.
-- p_minutes   width of the buckets that are summed up, 5 or 60
-- Who may call it: every API role; row-level security decides which chunks.
create function private.sums_are_complete(p_minutes integer, p_devices integer[], p_types bigint[],
  p_since timestamp, p_until timestamp) returns boolean
language sql stable set search_path = pg_catalog, pg_temp set enable_seqscan = off
begin atomic
  select not private.have_sums_expired(p_minutes, p_devices, p_types, p_since, p_until)
    and (
      not exists (select from series."TbSensorRegistroFrio" c where c."blDanificado")
        and not exists (select from series."TbRollupFrio" c where c."blDanificado") -- as a rule
      or not exists (
        select from private.sensors_of_devices(p_devices, p_types) s
        where private.is_damaged(s."cdSensor", p_since, p_until)));
end;
comment on function private.sums_are_complete is 'Whether sums of devices have all of a time range.';
revoke all on function private.sums_are_complete from public;
grant execute on function private.sums_are_complete to authenticated, service_role;
