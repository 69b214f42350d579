-- For tables that people may write and that have no audit log; see private.require_few_rows.
-- Trigger function.
-- Security definer: part of the database only, as the function it calls.
-- Raises PT413 TOO_LARGE.
create function private.limit_rows() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_few_rows((select count(*) from changed_rows));
  return null;
end
$$;
comment on function private.limit_rows is
  'Refuses statements that change too many rows of a table without audit log.';
revoke all on function private.limit_rows from public;
