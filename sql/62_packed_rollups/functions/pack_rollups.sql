-- Maintenance step: packs rollups that are old enough, once a day for each width, some chunks per call. Each
-- call is one transaction and goes on where the last one ended. Nobody waits: only maintenance writes
-- rollups, and readers have either the rows or the chunk.
-- Returns how much it did; 0 when there is nothing to do for now.
create function private.pack_rollups() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state record;
  v_target record;
  v_last integer;
begin
  perform from private."TbRollupMarca" for update; -- no rollup changes meanwhile
  select s."nrMinutos" as minutes, s."cdProximo" as next_code, t.* into v_state
  from private."TbRollupFrioMarca" s cross join lateral private.rollup_tier(s."nrMinutos") t
  where s."dtDia" < (now() at time zone 'UTC')::date and t.packed_before > '-infinity'
  order by s."nrMinutos" limit 1;
  if v_state.minutes is null then
    return 0;
  end if;
  if v_state.next_code = 0 then
    perform private.truncate_emptied(v_state.name, v_state.packed_before);
  end if;
  v_target := private.rollups_to_pack(
    v_state.minutes, v_state.name, v_state.span, v_state.next_code, v_state.packed_before,
    case v_state.minutes when 1 then 8 else 24 end);
  if v_target.sensors is not null then
    update private."TbRollupFrioMarca" set "cdProximo" = v_target.sensors[1]
    where "nrMinutos" = v_state.minutes;
    return private.pack_buckets(
      v_state.minutes, v_state.name, v_state.span, v_target.sensors, v_target.starts);
  end if;
  v_last := v_target.last_code;
  update private."TbRollupFrioMarca"
  set "cdProximo" = coalesce(v_last + 1, 0),
      "dtDia" = case when v_last is null then (now() at time zone 'UTC')::date else "dtDia" end
  where "nrMinutos" = v_state.minutes;
  return 1;
end
$$;
comment on function private.pack_rollups is 'Maintenance step: packs rollups that are old enough.';
revoke all on function private.pack_rollups from public;
