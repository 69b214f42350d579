-- The client a row belongs to, directly or through its device or product. Part of
-- private.write_audit_entries, which calls it for each row: so it keeps its plans.
create function private.client_of_row(p_table text, p_row jsonb) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if p_table in ('TbSensor', 'TbDispositivoLiberado') then
    return (select d."cdCliente" from public."TbDispositivo" d
            where d."cdDispositivo" = (p_row ->> 'cdDispositivo')::integer);
  elsif p_table in ('TbImagens', 'TbProdutoItemJoinTable') then
    return (select p."cdCliente" from public."TbProduto" p
            where p."cdProduto" = (p_row ->> 'cdProduto')::integer);
  end if;
  return (p_row ->> 'cdCliente')::integer;
end
$$;
comment on function private.client_of_row is 'The client whose admins see the audit entries of a row.';
revoke all on function private.client_of_row from public;
