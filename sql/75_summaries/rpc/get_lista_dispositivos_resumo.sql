-- The devices of a product with their site, state and what their sensors add up to:
-- {dispositivos: [{cdDispositivo, …, nrPorta, …}], nomeProduto, tiposSensores, dsCaminhoImagem,
-- cdCodigoImagem, complete, nextCursor}; name and first picture of the product are null where the caller
-- cannot see it, tiposSensores are those of the devices on the page. complete: see private.sums_are_complete.
-- dt_registro_inicio, dt_registro_fim   of the values; both ends included; null: no limit
-- cd_status, ds_uf                      of the device, of its site
-- bl_area, nr_bateria_min, nr_bateria_max   as last known: inside its geofence, volts
-- cd_cliente, cd_produto                owner of the device, its product; null: all
-- p_exigir                              true: PT404 NOT_FOUND where the client or the product is unknown or
--                                       not visible, instead of nothing
-- p_page_size, p_cursor                 devices per page, 1 to 1,000, by code; null: all in one.
--                                       nextCursor of the previous page
-- The other arguments keep the names that legacy callers use.
-- Who: callers with the permission read; row-level security decides which devices and values.
create function public.get_lista_dispositivos_resumo(dt_registro_inicio timestamptz default null,
  dt_registro_fim timestamptz default null, cd_status text default null, ds_uf text default null,
  bl_area boolean default null, nr_bateria_min double precision default null,
  nr_bateria_max double precision default null, cd_cliente integer default null,
  cd_produto integer default null, p_exigir boolean default false, p_page_size integer default null,
  p_cursor integer default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := coalesce(dt_registro_inicio at time zone 'UTC', '-infinity');
  v_until timestamp := case when dt_registro_fim < '10000-01-01Z'
    then dt_registro_fim at time zone 'UTC' + interval '1 microsecond' else 'infinity' end;
begin
  perform private.require_permission('read');
  perform private.require_short(cd_status, ds_uf);
  perform private.require_page(coalesce(p_page_size, 1));
  if p_exigir then
    perform private.require_found(
      exists (select from public."TbCliente" c where c."cdCliente" = cd_cliente), 'client');
    perform private.require_found(
      exists (select from public."TbProduto" p where p."cdProduto" = cd_produto), 'product');
  end if;
  return (
    with target as materialized (
      select d."cdDispositivo", d."dsDispositivo", d."cdStatus", e."dsLogradouro", e."nrNumero",
             e."dsComplemento", e."dsCidade", e."dsUF", u."blArea", u."nrBat", p."dsNome" as "dsNomeProduto"
      from public."TbDispositivo" d
      left join public."TbProduto" p on p."cdProduto" = d."cdProduto"
      left join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
      left join public."TbEndereco" e on e."cdEndereco" = t."cdEndereco"
      left join public."TbPosicaoAtual" u
        on u."cdDispositivo" = d."cdDispositivo" and u."cdCliente" = d."cdCliente"
      where d."cdProduto" is not null and (cd_produto is null or d."cdProduto" = cd_produto)
        and (cd_cliente is null or d."cdCliente" = cd_cliente)
        and (cd_status is null or d."cdStatus"::text = cd_status)
        and (ds_uf is null or e."dsUF" = ds_uf) and (bl_area is null or u."blArea" = bl_area)
        and (nr_bateria_min is null or u."nrBat" >= nr_bateria_min)
        and (nr_bateria_max is null or u."nrBat" <= nr_bateria_max)
        and (p_cursor is null or d."cdDispositivo" > p_cursor)
      order by d."cdDispositivo" limit p_page_size + 1
    ), page as materialized (
      select (array(select y."cdDispositivo" from target y order by 1))[:coalesce(p_page_size, 2147483647)]
        as devices
    ), entry as materialized (
      select x.*, a."nrPorta", a."nrTemp", a."nrPessoas", a."nrItens", a."nrMasculino", a."nrFeminino",
             a."nrCrianca", a."nrJovem", a."nrAdulto", a."nrSenior", a."nrAlegre", a."nrConcentrado",
             a."nrNeutro", a."tiposSensores"
      from target x
      join private.aggregate_devices((select p.devices from page p), v_since, v_until) a
        on a."cdDispositivo" = x."cdDispositivo"
    )
    select json_build_object(
      'dispositivos', (select coalesce(json_agg(l order by l."cdDispositivo"), '[]') from entry l),
      'nomeProduto', (select p."dsNome" from public."TbProduto" p where p."cdProduto" = cd_produto),
      'tiposSensores', array(
        select distinct t.sensor_type from entry l cross join unnest(l."tiposSensores") as t(sensor_type)
        order by 1),
      'dsCaminhoImagem', i."dsCaminho", 'cdCodigoImagem', i."cdCodigo",
      'complete', private.sums_are_complete(60, (select p.devices from page p),
        array(select t.id from public."TbTipoSensor" t), v_since, v_until),
      'nextCursor', (
        select y."cdDispositivo" from target y
        where (select count(*) from target) > p_page_size order by 1 offset p_page_size - 1 limit 1))
    from (select) always_one
    left join lateral (
      select m."dsCaminho", m."cdCodigo" from public."TbImagens" m
      where m."cdProduto" = cd_produto
      order by m."nrImagem", m."cdImagens" limit 1
    ) i on true);
end
$$;
comment on function public.get_lista_dispositivos_resumo is
  'Devices of a product: site, state, and what their sensors add up to.';
revoke all on function public.get_lista_dispositivos_resumo from public;
grant execute on function public.get_lista_dispositivos_resumo to authenticated, service_role;
