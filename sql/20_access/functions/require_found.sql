-- Refuses what a path names and the caller does not see; the same for what does not exist.
-- Who may call it: every API role, as the RPCs run as their caller. Raises PT404 NOT_FOUND.
create function private.require_found(p_is_found boolean, p_what text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if not p_is_found then
    raise sqlstate 'PT404' using hint = 'NOT_FOUND',
      message = format('The %s does not exist or is not visible to you.', p_what);
  end if;
end
$$;
comment on function private.require_found is 'Raises PT404 for a resource that is not visible.';
revoke all on function private.require_found from public;
grant execute on function private.require_found to authenticated, service_role;
