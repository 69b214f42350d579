-- Who calls. The claims only say who (a person's sub, the SHA-256 of an API key, or the code of a tracker
-- without credentials); what that caller may see is looked up here. Service rights follow from the database
-- role, which no claim can change. Returns null for an unknown caller. Part of private.current_caller, whose
-- rights it needs: it reads profiles and keys.
create function private.resolve_caller() returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_claims jsonb;
begin
  if current_setting('role') = 'service_role'
     or (current_setting('role') = 'none' and pg_has_role(session_user, 'service_role', 'usage')) then
    return private.service_identity();
  end if;
  v_claims := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  if v_claims ? 'key_sha256' then
    return private.key_identity(v_claims ->> 'key_sha256');
  end if;
  if v_claims ? 'cd_dispositivo' then
    return private.device_identity(v_claims ->> 'cd_dispositivo');
  end if;
  return private.user_identity(v_claims ->> 'sub');
end
$$;
comment on function private.resolve_caller is
  'The caller of this request, or null. Resolved from the claims by PostgreSQL.';
revoke all on function private.resolve_caller from public;
