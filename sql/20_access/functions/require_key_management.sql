-- The caller, who must be allowed to manage keys. A key with a limit that could make another key, or raise
-- its own limit, would have none; so would one that was made by a key with a limit. What the caller rests on,
-- the person and the key, is locked and looked up once more, so that somebody who is removed or demoted at
-- the same moment makes no key, nor does a key that is revoked. Called by the functions that make and change
-- keys, and by public.criar_credencial.
-- Raises PT401, PT403 FORBIDDEN, PT429.
create function private.require_key_management() returns private.identity
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_key_id uuid := (private.calling_key(v_caller))."cdApiKey";
begin
  if exists (select from private.key_lineage(v_key_id) k
             where k."nrLimiteMinuto" is not null or k."nrCotaDiaria" is not null) then
    raise sqlstate 'PT403' using message = 'A key with a limit cannot make or change keys or logins',
      hint = 'FORBIDDEN';
  end if;
  if v_caller."dsTipo" in ('user', 'key') then
    perform private.lock_profile(private.key_owner(v_caller));
    perform from public."TbApiKeys" k where k."cdApiKey" = v_key_id for share;
    perform private.forget_caller();
    v_caller := private.require_caller();
    if not 'admin' = any (v_caller."dsPermissoes") then
      raise sqlstate 'PT403' using message = 'This needs the permission "admin"', hint = 'FORBIDDEN';
    end if;
  end if;
  return v_caller;
end
$$;
comment on function private.require_key_management is
  'The caller, if it may make and change keys; raises PT401, PT403 or PT429 otherwise.';
revoke all on function private.require_key_management from public;
