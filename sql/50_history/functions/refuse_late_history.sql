-- When devices or sensors were found without history (private.refuse_if_history), some may have been on its
-- way. So this looks again, with ingestion shut out until the deletion has committed: everybody's readings
-- wait for that, so it comes once for a statement, after all else that the statement does, only if rows were
-- deleted, and for a bounded number of them. Trigger function, with the column of the key.
-- Security definer: the person who deletes has no rights on the lock, and may not see all history.
-- Raises PT409 CONFLICT, PT413 TOO_LARGE, PT503 BUSY.
create function private.refuse_late_history() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_codes integer[] := array(select (to_jsonb(o) ->> tg_argv[0])::integer from old_rows o);
begin
  if v_codes = '{}' then
    return null;
  end if;
  if cardinality(v_codes) > 500 then
    raise sqlstate 'PT413' using hint = 'TOO_LARGE',
      message = format('One request deletes at most 500 rows of %s', tg_table_name),
      detail = 'Nothing has been deleted. Send several requests.';
  end if;
  perform private.shut_out_ingestion();
  if private.has_history(tg_table_name, v_codes) then
    perform private.raise_history(tg_table_name);
  end if;
  return null;
end
$$;
comment on function private.refuse_late_history is
  'Rejects a deletion if history was stored meanwhile; keeps ingestion out until it has committed.';
revoke all on function private.refuse_late_history from public;
