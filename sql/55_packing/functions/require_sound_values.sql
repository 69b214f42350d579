-- Raises an error for a damaged chunk of sensors in a time range (both ends included) that is not marked yet.
-- Look-ups of single values (private.packed_value) leave it to their caller, as comparing a whole chunk for
-- each would cost more than the look-up: a page of history does it once.
-- Who may call it: every API role; row-level security decides which chunks.
-- Raises PT500 DAMAGED_HISTORY.
create function private.require_sound_values(p_sensors integer[], p_since timestamp, p_until timestamp)
returns void
language sql stable set search_path = pg_catalog, pg_temp set enable_seqscan = off
begin atomic
  select private.refuse_chunk(
    'TbSensorRegistroFrio', c."cdPacote", 'sensor ' || c."cdSensor", c."cdCliente", c."dtPrimeiro")
  from series."TbSensorRegistroFrio" c
  where p_since < (select private.packed_before()) and c."cdSensor" = any (p_sensors)
    and c."dtPrimeiro" >= date_trunc('month', p_since) and c."dtPrimeiro" <= p_until
    and c."dtUltimo" >= p_since and not c."blDanificado"
    and private.is_sound_values(c.ctid) is not true;
end;
comment on function private.require_sound_values is
  'Raises an error for a damaged chunk of sensors in a time range.';
revoke all on function private.require_sound_values from public;
grant execute on function private.require_sound_values to authenticated, service_role;
