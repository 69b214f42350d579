-- For what only the service may do. Raises PT403 FORBIDDEN.
create function private.require_service(p_caller private.identity) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if not p_caller.is_service then
    raise sqlstate 'PT403' using hint = 'FORBIDDEN', message = 'Only the service may do this';
  end if;
end
$$;
comment on function private.require_service is 'Refuses callers that do not act for every client.';
revoke all on function private.require_service from public;
