-- Called by private.refuse_foreign_reference, for columns that a trigger names.
-- Security definer: looks at rows of clients that the caller may not see.
create function private.is_foreign_reference(p_column text, p_code integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case p_column
    when 'cdEndereco' then private.is_foreign_address(p_code)
    when 'cdProdutoItem' then private.is_foreign_item(p_code)
    when 'cdDestinatario' then not p_code in (select private.managed_sites())
    when 'cdProduto' then not p_code in (select private.managed_products())
  end
$$;
comment on function private.is_foreign_reference is
  'The row that this column would point to is not the caller''s.';
revoke all on function private.is_foreign_reference from public;
