-- Expired rollups that are packed: whole chunks are deleted; chunks that expire in part, and hours that must
-- say which finer rollups they have left (nrFino), are put back as rows. Part of private.expire_rollups.
-- p_one_minute, p_five_minutes, p_one_hour   before which time rollups have expired; null: none has
-- p_last   up to where finer rollups had expired before
-- Returns how many buckets it deleted.
create function private.expire_packed_rollups(p_client integer, p_sensors integer[], p_one_minute timestamp,
  p_five_minutes timestamp, p_one_hour timestamp, p_last timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
  v_total integer;
begin
  with gone as (
    delete from series."TbRollupFrio" c
    where c."cdCliente" = p_client and c."cdSensor" = any (p_sensors)
      and c."dtFim" <= case c."nrMinutos" when 1 then p_one_minute when 5 then p_five_minutes
                                          else p_one_hour end
    returning c."nrQtd"
  )
  select coalesce(sum(g."nrQtd"), 0) into v_total from gone g;
  perform private.unpack_buckets(array(
    select c."cdPacote" from series."TbRollupFrio" c
    where c."cdCliente" = p_client and c."cdSensor" = any (p_sensors)
      and case c."nrMinutos"
            when 1 then c."dtInicio" < p_one_minute
            when 5 then c."dtInicio" < p_five_minutes
            else c."dtInicio" < p_one_hour
                 or c."dtInicio" < greatest(p_one_minute, p_five_minutes) and c."dtFim" > p_last end));
  return v_total;
end
$$;
comment on function private.expire_packed_rollups is 'Deletes packed rollups of a client that have expired.';
revoke all on function private.expire_packed_rollups from public;
