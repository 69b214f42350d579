-- Devices, products and sites whose rows the caller may change, and rows of others that it may not point to. For policies;
-- security definer, so that they run once and do not depend on each other's policies.
create function private.dispositivos_administrados() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d."cdDispositivo" from public."TbDispositivo" d
  where d."cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())
$$;
comment on function private.dispositivos_administrados() is 'Devices whose rows the caller may change.';
revoke all on function private.dispositivos_administrados() from public;
grant execute on function private.dispositivos_administrados() to authenticated;

create function private.produtos_administrados() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p."cdProduto" from public."TbProduto" p
  where p."cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())
$$;
comment on function private.produtos_administrados() is 'Products whose rows the caller may change.';
revoke all on function private.produtos_administrados() from public;
grant execute on function private.produtos_administrados() to authenticated;

create function private.destinatarios_administrados() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select t."cdDestinatario" from public."TbDestinatario" t
  where t."cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())
$$;
comment on function private.destinatarios_administrados() is 'Sites whose rows the caller may change.';
revoke all on function private.destinatarios_administrados() from public;
grant execute on function private.destinatarios_administrados() to authenticated;

-- Pointing a row of one's own at an address or item of another client would show it. One that is nobody's and that nobody uses is free.
create function private.endereco_alheio(p_cd_endereco integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not private.eh_servico() and exists (
    select from public."TbDestinatario" t
    where t."cdEndereco" = p_cd_endereco
      and not coalesce(t."cdCliente" = any ((select private.clientes_administrados())::integer[]), false)
    union all
    select from public."TbEnderecoVinculo" v
    where v."cdEndereco" = p_cd_endereco
      and not v."cdCliente" = any ((select private.clientes_administrados())::integer[])
    union all
    select from public."TbEndereco" e
    where e."cdEndereco" = p_cd_endereco and not e."cdCliente" = any ((select private.clientes_administrados())::integer[])
    union all -- what was found for a cell of the map may be shown to others tomorrow
    select from private."TbGeocodificacao" g where g."cdEndereco" = p_cd_endereco)
$$;
comment on function private.endereco_alheio(integer) is
  'The address is of a client that the caller does not manage, a site or report of one is at it, or the map has it.';
revoke all on function private.endereco_alheio(integer) from public;
grant execute on function private.endereco_alheio(integer) to authenticated;

create function private.item_alheio(p_cd_item integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not private.eh_servico() and coalesce((
    select not bool_or(coalesce(d."cdCliente" = any ((select private.clientes_visiveis())::integer[]), false))
    from (
      select p."cdCliente" from public."TbProdutoItemJoinTable" j
      join public."TbProduto" p on p."cdProduto" = j."cdProduto"
      where j."cdProdutoItem" = p_cd_item
      union all
      select i."cdCliente" from public."TbProdutoItem" i where i."cdProdutoItem" = p_cd_item and i."cdCliente" is not null) d), false)
$$;
comment on function private.item_alheio(integer) is 'The product item is of other clients, and of their products, only.';
revoke all on function private.item_alheio(integer) from public;
grant execute on function private.item_alheio(integer) to authenticated;

create function private.item_partilhado(p_cd_item integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not private.eh_servico() and (
    (select private.clientes_administrados())::integer[] = '{}' or exists (
      select from public."TbProdutoItemJoinTable" j
      join public."TbProduto" p on p."cdProduto" = j."cdProduto"
      where j."cdProdutoItem" = p_cd_item
        and not coalesce(p."cdCliente" = any ((select private.clientes_administrados())::integer[]), false)))
$$;
comment on function private.item_partilhado(integer) is 'A product that the caller does not manage has this item.';
revoke all on function private.item_partilhado(integer) from public;
grant execute on function private.item_partilhado(integer) to authenticated, service_role;

create function private.codigo_alheio(p_coluna text, p_codigo integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case p_coluna
    when 'cdEndereco' then private.endereco_alheio(p_codigo)
    when 'cdProdutoItem' then private.item_alheio(p_codigo)
    when 'cdDestinatario' then not p_codigo in (select private.destinatarios_administrados())
    when 'cdProduto' then not p_codigo in (select private.produtos_administrados())
  end
$$;
comment on function private.codigo_alheio(text, integer) is 'The row that this column would point to is not the caller''s.';
revoke all on function private.codigo_alheio(text, integer) from public;
