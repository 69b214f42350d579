-- The parent of a client decides who sees it: only the service may change it.
-- Security definer: runs as a trigger, whoever changes the row. Raises PT403 FORBIDDEN.
create function private.refuse_parent_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not private.is_service() then
    raise sqlstate 'PT403' using message = 'Only the service can change the parent of a client',
      hint = 'FORBIDDEN';
  end if;
  return new;
end
$$;
comment on function private.refuse_parent_change is
  'Refuses changes of a client''s parent by anyone but the service.';
revoke all on function private.refuse_parent_change from public;
