-- A code that a new row names must be one the caller may refer to; whether others exist is not disclosed.
-- Called by private.reference_errors.
-- Security definer: looks codes up among rows that the caller may not read.
create function private.reference_error(p_column text, p_code integer) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case when not case p_column
      when 'cdCliente' then p_code = any (private.managed_clients())
        or private.is_service() and exists (select from public."TbCliente" c where c."cdCliente" = p_code)
      when 'cdDestinatario' then p_code in (select private.managed_sites())
      when 'cdProduto' then p_code in (select private.managed_products())
      when 'cdDispositivo' then p_code in (select private.managed_devices())
      when 'cdTipoSensor' then exists (select from public."TbTipoSensor" t where t.id = p_code)
      when 'cdProdutoItem' then exists (select from public."TbProdutoItem" i where i."cdProdutoItem" = p_code)
        and not private.is_foreign_item(p_code)
      else true
    end then format('%s %s is not known', p_column, p_code) end
$$;
comment on function private.reference_error is 'Why a new row may not refer to this code; null when it may.';
revoke all on function private.reference_error from public;
