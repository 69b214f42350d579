-- One request changes as many rows as an import has, at most: what follows from each row (references, links,
-- the audit log) is work, and is locked, for as long as the request. What a statement changes elsewhere by
-- triggers and references counts for its own rows. The service is not bounded: it converts and restores.
-- Raises PT413 TOO_LARGE.
create function private.require_few_rows(p_rows bigint) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if p_rows > 5000 and pg_trigger_depth() = 1 and current_setting('role') in ('anon', 'authenticated') then
    raise sqlstate 'PT413' using message = format('One request changes at most 5000 rows, not %s', p_rows),
      hint = 'TOO_LARGE', detail = 'Send several requests.';
  end if;
end
$$;
comment on function private.require_few_rows is
  'Refuses statements of people and keys that change too many rows.';
revoke all on function private.require_few_rows from public;
