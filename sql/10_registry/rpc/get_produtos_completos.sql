-- Products of a client that have devices, newest first, as VwProdutoCompleto shows them: {data, nextCursor}.
-- p_ds_nome    part of the product's name, in any case
-- p_cd_status  status of the product
-- p_page_size  rows per page, 1 to 1,000; null: all
-- p_cursor     nextCursor of the previous page
-- p_exigir     true: PT404 NOT_FOUND for a client that is unknown or not visible, instead of nothing
-- Who: callers with the permission read; row-level security decides which products.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_produtos_completos(
  p_cd_cliente integer, p_ds_nome text default null, p_cd_status text default null,
  p_page_size integer default 50, p_cursor integer default null, p_exigir boolean default false
) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_after timestamp;
begin
  perform private.require_permission('read');
  perform private.require_short(p_ds_nome, p_cd_status);
  perform private.require_page(coalesce(p_page_size, 1));
  if p_exigir then
    perform private.require_found(
      exists (select from public."TbCliente" c where c."cdCliente" = p_cd_cliente), 'client');
  end if;
  -- the last row of the previous page says where this one begins
  v_after := (
    select coalesce(p."dtRegistro", '-infinity') from public."TbProduto" p where p."cdProduto" = p_cursor);
  return (
    with product as materialized (
      select p."cdProduto",
             row_number() over (order by coalesce(p."dtRegistro", '-infinity') desc, p."cdProduto" desc) as n
      from public."TbProduto" p
      where p."cdCliente" = p_cd_cliente and (p_cd_status is null or p."cdStatus"::text = p_cd_status)
        and (p_ds_nome is null or strpos(lower(p."dsNome"), lower(p_ds_nome)) > 0)
        and (p_cursor is null
             or (coalesce(p."dtRegistro", '-infinity'), p."cdProduto") < (v_after, p_cursor))
        and exists (select from public."TbDispositivo" d where d."cdProduto" = p."cdProduto")
      order by n limit p_page_size + 1
    )
    select json_build_object(
      'data', (select coalesce(json_agg(v order by p.n), '[]')
               from product p join public."VwProdutoCompleto" v on v."cdProduto" = p."cdProduto"
               where p_page_size is null or p.n <= p_page_size),
      'nextCursor', (select p."cdProduto" from product p
                     where p.n = p_page_size and exists (select from product q where q.n > p_page_size))));
end
$$;
comment on function public.get_produtos_completos is
  'Products of a client with first picture, sensor types and devices by status, newest first.';
revoke all on function public.get_produtos_completos from public;
grant execute on function public.get_produtos_completos to authenticated, service_role;
