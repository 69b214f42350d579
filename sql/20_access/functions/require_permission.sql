-- Guard of every RPC: the caller, who must be known and have the permission. Volatile because it counts the
-- use of keys.
-- Who may call it: the API roles.
-- Security definer: reads profiles and keys, and counts the use of keys, which API roles may not do.
-- Raises PT401 UNAUTHORIZED (missing or invalid credentials), PT403 FORBIDDEN (the caller lacks the
-- permission), PT429 RATE_LIMITED, QUOTA_EXCEEDED (the key has exceeded a limit).
create function private.require_permission(p_permission text) returns private.identity
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_caller();
  v_error text := private.permission_error(v_caller, p_permission);
begin
  if v_error is not null then
    raise sqlstate 'PT403' using message = v_error, hint = 'FORBIDDEN';
  end if;
  if v_caller."dsTipo" = 'key' then
    perform private.count_key_use(substring(v_caller."dsChamador" from 5));
  end if;
  perform private.report_clients(v_caller);
  return v_caller;
end
$$;
comment on function private.require_permission is
  'The caller, if it has the permission and is within its limits; raises PT401, PT403 or PT429 otherwise.';
revoke all on function private.require_permission from public;
grant execute on function private.require_permission to authenticated, service_role;
