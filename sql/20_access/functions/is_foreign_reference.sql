-- Called by private.refuse_foreign_reference for each row, for columns that a trigger names. In plpgsql, as
-- that keeps its plans; one code is looked up, instead of all that the caller manages.
-- p_managed  clients that the caller manages; needed for sites and products
-- Security definer: looks at rows of clients that the caller may not see.
create function private.is_foreign_reference(p_column text, p_code integer, p_managed integer[])
returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return case p_column
    when 'cdEndereco' then private.is_foreign_address(p_code)
    when 'cdProdutoItem' then private.is_foreign_item(p_code)
    when 'cdDestinatario' then not exists (
      select from public."TbDestinatario" t
      where t."cdDestinatario" = p_code and t."cdCliente" = any (p_managed))
    when 'cdProduto' then not exists (
      select from public."TbProduto" p
      where p."cdProduto" = p_code and p."cdCliente" = any (p_managed))
  end;
end
$$;
comment on function private.is_foreign_reference is
  'The row that this column would point to is not the caller''s.';
revoke all on function private.is_foreign_reference from public;
