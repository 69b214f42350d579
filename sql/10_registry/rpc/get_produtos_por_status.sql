-- Products with their devices counted by status: [{cdProduto, dsDescricao, dsNome, nrAlt, nrCodigo, nrComp,
-- nrLarg, QtdeTotal, imagens: [{cdCodigo, dsCaminho}],
--   status: [{cdStatus, nrQtde}], nrFora?}]
-- nrFora: how many devices are outside their geofence; left out when none is.
-- p_cd_produto, p_cd_cliente  one product, one owner of the devices; null: all
-- Who: callers with the permission read; row-level security decides which products and devices.
create function public.get_produtos_por_status(
  p_cd_produto integer default null, p_cd_cliente integer default null
) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('read');
  return (
    select coalesce(json_agg(jsonb_build_object(
        'cdProduto', p."cdProduto", 'dsDescricao', p."dsDescricao", 'dsNome', p."dsNome", 'nrAlt', p."nrAlt",
        'nrCodigo', p."nrCodigo", 'nrComp', p."nrComp", 'nrLarg', p."nrLarg", 'QtdeTotal', d.total,
        'status', d.status,
        'imagens', (
          select coalesce(
            jsonb_agg(jsonb_build_object('cdCodigo', i."cdCodigo", 'dsCaminho', i."dsCaminho")
                      order by i."nrImagem", i."cdImagens"), '[]')
          from public."TbImagens" i where i."cdProduto" = p."cdProduto"))
      || coalesce((select jsonb_build_object('nrFora', f.dispositivo_count)
                   from public."VwProdutosFora" f where f."cdProduto" = p."cdProduto"), '{}')
      order by p."cdProduto"), '[]')
    from public."TbProduto" p
    join (
      select s."cdProduto", sum(s.quantity) as total,
             jsonb_agg(jsonb_build_object('cdStatus', s."cdStatus", 'nrQtde', s.quantity)
                       order by s."cdStatus") as status
      from (
        select x."cdProduto", x."cdStatus", count(*) as quantity from public."TbDispositivo" x
        where (p_cd_produto is null or x."cdProduto" = p_cd_produto)
          and (p_cd_cliente is null or x."cdCliente" = p_cd_cliente)
        group by 1, 2
      ) s
      group by s."cdProduto"
    ) d on d."cdProduto" = p."cdProduto");
end
$$;
comment on function public.get_produtos_por_status is
  'Products with pictures and their devices counted by status.';
revoke all on function public.get_produtos_por_status from public;
grant execute on function public.get_produtos_por_status to authenticated, service_role;
