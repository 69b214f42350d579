-- What has history can be retired, but not deleted: time series have no foreign keys, so this looks for it.
-- Trigger function, for each row, with the column of its key. What ingestion is about to store is found
-- afterwards, by private.refuse_late_history; positions with an address keep its link.
-- Security definer: the check must see rows that the person who deletes may not see. Raises PT409 CONFLICT.
create function private.refuse_if_history() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if private.has_history(tg_table_name, array[(to_jsonb(old) ->> tg_argv[0])::integer]) then
    perform private.raise_history(tg_table_name);
  end if;
  return old;
end
$$;
comment on function private.refuse_if_history is
  'Rejects the deletion of a device, sensor or address that has history.';
revoke all on function private.refuse_if_history from public;
