-- Locks the key, if the caller may manage it: its owner is a person of a client the caller manages.
-- Called by the functions that manage keys. Raises PT404 NOT_FOUND.
create function private.managed_key(p_caller private.identity, p_key_id uuid) returns public."TbApiKeys"
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_key public."TbApiKeys";
begin
  select k.* into v_key from public."TbApiKeys" k
  left join public.profiles p on p.id = k."cdUsuario"
  where k."cdApiKey" = p_key_id
    and (p_caller.is_service or p."cdCliente" = any (p_caller."cdClientes"))
  for update of k;
  if v_key."cdApiKey" is null then
    raise sqlstate 'PT404' using message = 'API key not found', hint = 'NOT_FOUND';
  end if;
  return v_key;
end
$$;
comment on function private.managed_key is 'A key that the caller may rotate or revoke.';
revoke all on function private.managed_key from public;
