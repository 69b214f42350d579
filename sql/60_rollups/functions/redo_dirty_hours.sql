-- Maintenance step: makes dirty hours again. The entries are noted first: what they stand for is then visible
-- to what is read afterwards, and whoever writes in the meantime adds an entry that stays.
-- Hours whose packed history is damaged keep the rollups that were made of it when it was not.
-- Returns how many entries were done; 0 when no hour is dirty.
create function private.redo_dirty_hours() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state private."TbRollupMarca";
  v_entries bigint[];
begin
  select m.* into v_state from private."TbRollupMarca" m for update;
  v_entries := private.next_dirty_entries();
  if v_entries = '{}' then
    return 0;
  end if;
  begin
    perform private.redo_sensor_hours(v_entries, v_state."dtPiso", v_state."dtMarca");
    perform private.recount_device_hours(v_entries, v_state."dtPiso", v_state."dtMarca");
  exception when data_corrupted or internal_error or sqlstate 'PT500' then
    if private.mark_damaged_hours(v_entries) = 0 then
      raise;
    end if;
    return 1; -- the others are made next time
  end;
  delete from private."TbRollupPendente" p where p."cdPendente" = any (v_entries);
  return cardinality(v_entries);
end
$$;
comment on function private.redo_dirty_hours is 'Maintenance step: makes dirty hours again.';
revoke all on function private.redo_dirty_hours from public;
