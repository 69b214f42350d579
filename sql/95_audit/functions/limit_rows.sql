-- One request changes as many rows as an import has, at most: what follows from each row (references, links,
-- the audit log) is work, and is locked, for as long as the request. Rows are counted one by one before they
-- are written: a count afterwards would come after all of the work. Fired for statements of people and keys,
-- not for what triggers and references change in consequence; see audit_tables. Trigger function.
-- Raises PT413 TOO_LARGE.
create function private.limit_rows() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  -- One for each event: a row that is added or else changed is counted once for both.
  v_counter text := 'rastro.linhas_' || lower(tg_op);
  v_rows integer;
begin
  if tg_level = 'STATEMENT' then
    perform set_config(v_counter, '0', true);
    return null;
  end if;
  v_rows := current_setting(v_counter)::integer + 1;
  if v_rows > 5000 then
    raise sqlstate 'PT413' using message = 'One request changes at most 5000 rows',
      hint = 'TOO_LARGE', detail = 'Nothing has been changed. Send several requests.';
  end if;
  perform set_config(v_counter, v_rows::text, true);
  return case tg_op when 'DELETE' then old else new end;
end
$$;
comment on function private.limit_rows is
  'Refuses statements of people and keys that change too many rows, at the first row too many.';
revoke all on function private.limit_rows from public;
