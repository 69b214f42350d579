-- A key acts for the clients that it was made for and that its owner still sees, as long as the owner belongs
-- to the client on whose membership the key rests (or is the service, if the service made it); and it manages
-- only as long as its owner does. Called by private.current_caller. plan_cache_mode: see
-- private.service_identity.
create function private.key_identity(p_hash text) returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select private.make_identity(
      p_kind => 'key',
      p_caller => 'key:' || k."dsHash",
      p_client => case when (d.owner)."cdCliente" = any (c.clients) then (d.owner)."cdCliente"
                       else c.clients[1] end,
      p_clients => c.clients,
      p_permissions => case when not 'admin' = any (k."dsPermissoes") then k."dsPermissoes"
                            when 'admin' = any ((d.owner)."dsPermissoes") then '{read,ingest,admin}'
                            else array_remove(k."dsPermissoes", 'admin') end,
      p_is_service => (d.owner).is_service and k."cdClientes" is null and k."cdCliente" is null)
    from public."TbApiKeys" k
    cross join lateral (select private.user_identity(k."cdUsuario"::text) as owner offset 0) d
    cross join lateral (
      select case
        when k."cdClientes" is null then (d.owner)."cdClientes"
        else array(select u from unnest(k."cdClientes") u where u = any ((d.owner)."cdClientes"))
      end as clients
      offset 0
    ) c
    where k."dsHash" = p_hash and private.is_active_key(k) and (d.owner)."dsTipo" is not null
      and case when k."cdCliente" is null then (d.owner).is_service
               else k."cdCliente" = (d.owner)."cdCliente" end
      and (k."cdPortador" is null or (private.user_identity(k."cdPortador"::text))."dsTipo" is not null));
end
$$;
comment on function private.key_identity is
  'An API key by its SHA-256: its clients, never more than its owner sees.';
revoke all on function private.key_identity from public;
