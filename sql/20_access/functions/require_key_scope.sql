-- Nobody can grant more than they have. Raises PT400 INVALID_PARAMETER, PT403 FORBIDDEN.
create function private.require_key_scope(
  p_caller private.identity, p_clients integer[], p_permissions text[]
) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not coalesce(p_permissions <@ '{read,ingest,admin}' and cardinality(p_permissions) > 0, false) then
    raise sqlstate 'PT400' using message = 'dsPermissoes must be a list of read, ingest and admin',
      hint = 'INVALID_PARAMETER';
  end if;
  if not (coalesce(p_clients, '{}') <@ p_caller."cdClientes"
          and p_permissions <@ p_caller."dsPermissoes") then
    raise sqlstate 'PT403' using message = 'A key cannot do more than the caller who makes it',
      hint = 'FORBIDDEN';
  end if;
end
$$;
comment on function private.require_key_scope is 'Refuses a key that could do more than the caller.';
revoke all on function private.require_key_scope from public;
