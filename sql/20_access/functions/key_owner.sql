-- A key belongs to a person: whoever calls, or the owner of the key that calls.
-- Called by public.criar_api_key. Raises PT403 FORBIDDEN for callers who are neither.
create function private.key_owner(p_caller private.identity) returns uuid
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_owner uuid;
begin
  if p_caller."dsTipo" = 'user' then
    return substring(p_caller."dsChamador" from '^user:(.*)$')::uuid;
  end if;
  v_owner := (private.calling_key(p_caller))."cdUsuario";
  if v_owner is null then
    raise sqlstate 'PT403' using message = 'A key belongs to a person: sign in as a person',
      hint = 'FORBIDDEN';
  end if;
  return v_owner;
end
$$;
comment on function private.key_owner is 'The person to whom keys made by this caller belong.';
revoke all on function private.key_owner from public;
