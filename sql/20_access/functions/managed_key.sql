-- Locks the key, if the caller may manage it: the client on whose membership it rests is one the caller
-- manages, whoever its owner is and wherever the owner is now; or the service made it for such clients only.
-- Its owner's profile is locked first: see private.lock_profile. Called by the functions that manage keys.
-- Raises PT404 NOT_FOUND, PT403 FORBIDDEN (the caller is a key that may do less).
create function private.managed_key(p_caller private.identity, p_key_id uuid) returns public."TbApiKeys"
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_key public."TbApiKeys";
begin
  perform private.lock_profile(
    (select k."cdUsuario" from public."TbApiKeys" k where k."cdApiKey" = p_key_id));
  select k.* into v_key from public."TbApiKeys" k
  where k."cdApiKey" = p_key_id
    and (p_caller.is_service or private.belongs_to_clients(k, p_caller."cdClientes"))
  for update of k;
  if v_key."cdApiKey" is null then
    raise sqlstate 'PT404' using message = 'API key not found', hint = 'NOT_FOUND';
  end if;
  perform private.require_within_key(p_caller, v_key);
  return v_key;
end
$$;
comment on function private.managed_key is 'A key that the caller may limit, rotate or revoke.';
revoke all on function private.managed_key from public;
