create function private.key_identity(p_hash text) returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select row('key', 'key:' || k."dsHash",
               case when (d.owner)."cdCliente" = any (c.clients) then (d.owner)."cdCliente" else c.clients[1] end,
               c.clients,
               -- a key manages only as long as its owner does
               case when not 'admin' = any (k."dsPermissoes") then k."dsPermissoes"
                    when 'admin' = any ((d.owner)."dsPermissoes") then '{read,ingest,admin}'
                    else array_remove(k."dsPermissoes", 'admin') end,
               (d.owner).is_service and k."cdClientes" is null)::private.identity
    from public."TbApiKeys" k
    cross join lateral (select private.user_identity(k."cdUsuario"::text) as owner offset 0) d
    cross join lateral (
      select case when k."cdClientes" is null then (d.owner)."cdClientes"
                  else array(select u from unnest(k."cdClientes") u where u = any ((d.owner)."cdClientes")) end as clients
      offset 0
    ) c
    where k."dsHash" = p_hash
      and k."blAtiva"
      and (k."dtExpiracao" is null or k."dtExpiracao" > now())
      and (d.owner)."dsTipo" is not null);
end
$$;
comment on function private.key_identity is 'An API key by its SHA-256: its clients, never more than its owner sees.';
revoke all on function private.key_identity from public;
