-- Where the newest chunk of a sensor before a time begins; null when there is none. Part of
-- private.newest_value.
-- Who may call it: every API role; row-level security decides which chunks.
create function private.chunk_start(p_sensor integer, p_before timestamp) returns timestamp
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select c."dtPrimeiro" from series."TbSensorRegistroFrio" c
  where c."cdSensor" = p_sensor and c."dtPrimeiro" < p_before
  order by c."dtPrimeiro" desc limit 1;
end;
comment on function private.chunk_start is 'Where the newest chunk of a sensor before a time begins.';
revoke all on function private.chunk_start from public;
grant execute on function private.chunk_start to authenticated, service_role;
