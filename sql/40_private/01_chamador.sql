-- Who calls. The claims only say who (a person's sub, the SHA-256 of an API key, or the
-- code of a tracker without credentials); what that caller may see is looked
-- up here. Service rights follow from the database role, which no claim can change.
-- Security definer: reads profiles and keys that the caller may not see. Returns null for an unknown caller.
create function private.chamador() returns private.identidade
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_claims jsonb;
begin
  if current_setting('role') = 'service_role'
     or (current_setting('role') = 'none' and pg_has_role(session_user, 'service_role', 'usage')) then
    return private.identidade_servico();
  end if;
  v_claims := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  if v_claims ? 'key_sha256' then
    return private.identidade_chave(v_claims ->> 'key_sha256');
  end if;
  if v_claims ? 'cd_dispositivo' then
    return private.identidade_dispositivo(v_claims ->> 'cd_dispositivo');
  end if;
  return private.identidade_usuario(v_claims ->> 'sub');
end
$$;
comment on function private.chamador() is 'The caller of this request, or null. Resolved from the claims by PostgreSQL.';
revoke all on function private.chamador() from public;
