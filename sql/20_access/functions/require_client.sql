-- For the functions by which admins invite people and by which they manage clients' settings.
-- Raises PT404 NOT_FOUND: the client does not exist, or the caller does not act for it.
create function private.require_client(p_caller private.identity, p_client integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from public."TbCliente" c where c."cdCliente" = p_client
                 and (p_caller.is_service or c."cdCliente" = any (p_caller."cdClientes"))) then
    raise sqlstate 'PT404' using message = 'Client not found', hint = 'NOT_FOUND';
  end if;
end
$$;
comment on function private.require_client is 'Refuses clients that the caller does not act for.';
revoke all on function private.require_client from public;
