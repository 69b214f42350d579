-- Sensors are looked up for each product separately: joined with the devices they would multiply the counts.
create view public."VwProdutoCompleto" with (security_invoker = true) as
select p."cdProduto", p."dsNome" as "dsNomeProduto", p."cdStatus" as "cdStatusProduto",
       p."dtRegistro" as "dtRegistroProduto", p."cdCliente",
       i."dsCaminho" as "dsCaminhoImagem", i."cdCodigo" as "cdCodigoImagem", i."nrImagem",
       t."dsTiposSensores",
       d."nrDispositivosAtivos", d."nrDispositivosInativos", d."nrDispositivosSuspensos",
       d."nrDispositivosBloqueados", d."nrDispositivosEncerrados", d."nrDispositivosEstoque",
       d."nrDispositivosSemStatus", d."nrTotalDispositivos"
from public."TbProduto" p
cross join lateral (
  select count(*) filter (where x."cdStatus" = 'ativo') as "nrDispositivosAtivos",
         count(*) filter (where x."cdStatus" = 'inativo') as "nrDispositivosInativos",
         count(*) filter (where x."cdStatus" = 'suspenso') as "nrDispositivosSuspensos",
         count(*) filter (where x."cdStatus" = 'bloqueado') as "nrDispositivosBloqueados",
         count(*) filter (where x."cdStatus" = 'encerrado') as "nrDispositivosEncerrados",
         count(*) filter (where x."cdStatus" = 'estoque') as "nrDispositivosEstoque",
         count(*) filter (where x."cdStatus" is null) as "nrDispositivosSemStatus",
         count(*) as "nrTotalDispositivos"
  from public."TbDispositivo" x
  where x."cdProduto" = p."cdProduto"
  having count(*) > 0
) d
left join lateral (
  select m."dsCaminho", m."cdCodigo", m."nrImagem" from public."TbImagens" m
  where m."cdProduto" = p."cdProduto"
  order by m."nrImagem", m."cdImagens" limit 1
) i on true
cross join lateral (
  select string_agg(distinct y."dsNome", ', ' order by y."dsNome") as "dsTiposSensores"
  from public."TbDispositivo" x
  join public."TbSensor" s on s."cdDispositivo" = x."cdDispositivo"
  join public."TbTipoSensor" y on y.id = s."cdTipoSensor"
  where x."cdProduto" = p."cdProduto"
) t;
revoke all on public."VwProdutoCompleto" from public, anon, authenticated;
grant select on public."VwProdutoCompleto" to authenticated, service_role;
comment on view public."VwProdutoCompleto" is
  'Products that have devices: first picture, sensor types, devices by status. cdCliente: of the product.';
