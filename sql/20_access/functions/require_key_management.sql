-- Who may manage keys, and within which limits.
--
-- A key with a limit that could make another, or lift its own, would have none.
create function private.require_key_management() returns private.identity
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
begin
  if exists (select from public."TbApiKeys" k
             where 'key:' || k."dsHash" = v_caller."dsChamador"
               and (k."nrLimiteMinuto" is not null or k."nrCotaDiaria" is not null)) then
    raise sqlstate 'PT403' using message = 'A key with a limit neither makes nor changes keys', hint = 'FORBIDDEN';
  end if;
  return v_caller;
end
$$;
comment on function private.require_key_management is 'The caller, if it may make and change keys; otherwise 401, 403 or 429.';
revoke all on function private.require_key_management from public;
