-- Each step is a function of this name without arguments that returns how much it did; 0 when there is
-- nothing to do for now. Each call is a bounded transaction that continues where the last one ended, whoever
-- was killed in between.
-- Who may call it: the maintenance role.
create function private.maintenance_steps() returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '{ensure_partitions,advance_watermark,redo_dirty_hours,recount_changed_windows,extend_floor,
           expire_quarantine,delete_requested_series,finish_person_deletions,expire_raw,
           expire_rollups,pack_history,pack_rollups,verify_packs,drop_empty_partitions}'::text[]
$$;
comment on function private.maintenance_steps is 'The steps of maintenance, in order.';
revoke all on function private.maintenance_steps from public;
grant execute on function private.maintenance_steps to rastro_manutencao;
