-- Whether packed values or rollups of a sensor in a time range are damaged, so that a read of them is not
-- complete.
-- Who may call it: every API role; row-level security decides which chunks.
create function private.is_damaged(p_sensor integer, p_since timestamp, p_until timestamp) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select exists (
    select from series."TbSensorRegistroFrio" c
    where c."cdSensor" = p_sensor and c."blDanificado" and c."dtPrimeiro" < p_until
      and c."dtPrimeiro" >= date_trunc('month', p_since) and c."dtUltimo" >= p_since)
    or exists (
    select from series."TbRollupFrio" c
    where c."cdSensor" = p_sensor and c."blDanificado" and c."dtInicio" < p_until
      and c."dtInicio" > p_since - interval '7 days' and c."dtFim" > p_since);
end;
comment on function private.is_damaged is
  'Whether packed values or rollups of a sensor are damaged in a time range.';
revoke all on function private.is_damaged from public;
grant execute on function private.is_damaged to authenticated, service_role;
