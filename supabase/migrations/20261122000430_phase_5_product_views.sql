-- Phase 5, views of products: they showed every client's rows; now they show what the caller may see.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

drop view if exists public."VwProdutoCompleto", public."VwTbProdutoTotalStatus", public."VwTbProdutoTotal",
  public."VwTbProdutoTipo";
-- No view reads them now: they have the bound that every text has.
alter table public."TbImagens" alter column "dsCaminho" type varchar, alter column "cdCodigo" type varchar;

-- from sql/10_registry/views
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
-- Coordinates are the position's own; its address is the one found for it, if any.
create view public."VwRelDadosDispositivo" with (security_invoker = true) as
select d."cdProduto", p."dsNome", d."cdDispositivo",
       round((least(pa."nrBat", 3.7) / 3.7 * 100)::numeric, 2) as "nrBat",
       t."dsNome" as "dsNomeDest", te."dsLogradouro" as "dsEnderecoDest", te."nrNumero" as "nrNumeroDest",
       te."dsBairro" as "dsBairroDest", te."dsCidade" as "dsCidadeDest", te."dsUF" as "dsUfDest",
       te."dsCep" as "dsCepDest", te."dsLat" as "dsLatDest", te."dsLong" as "dsLongDest",
       t."nrRaio" as "dsRaio",
       e."dsLogradouro" as "dsEnderecoAtual", e."nrNumero" as "dsNumeroAtual",
       e."dsBairro" as "dsBairroAtual", e."dsCidade" as "dsCidadeAtual", e."dsUF" as "dsUFAtual",
       e."dsCep" as "dsCEPAtual",
       pa."dsLat" as "dsLatAtual", pa."dsLong" as "dsLongAtual", pa."blArea", pa."dtRegistro",
       d."dtRegistro" as "dtCadastro", d."cdCliente"
from public."TbDispositivo" d
join public."TbPosicaoAtual" pa on pa."cdDispositivo" = d."cdDispositivo" and pa."cdCliente" = d."cdCliente"
join public."TbProduto" p on p."cdProduto" = d."cdProduto"
left join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
left join public."TbEndereco" te on te."cdEndereco" = t."cdEndereco"
left join public."TbEndereco" e on e."cdEndereco" = pa."cdEndereco";
revoke all on public."VwRelDadosDispositivo" from public, anon, authenticated;
grant select on public."VwRelDadosDispositivo" to authenticated, service_role;
comment on view public."VwRelDadosDispositivo" is
  'Devices of products: their site (Dest) and where they are now (Atual). nrBat is a percentage.';
comment on column public."VwRelDadosDispositivo"."dtRegistro" is 'Time (UTC) of the current position.';
comment on column public."VwRelDadosDispositivo"."dtCadastro" is 'When the device was registered.';
create view public."VwTbDestinatarioDispositivo" with (security_invoker = true) as
select t."cdDestinatario", e."dsLat", e."dsLong", t."nrRaio", d."cdDispositivo", d."cdCliente"
from public."TbDispositivo" d
join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
left join public."TbEndereco" e on e."cdEndereco" = t."cdEndereco";
revoke all on public."VwTbDestinatarioDispositivo" from public, anon, authenticated;
grant select on public."VwTbDestinatarioDispositivo" to authenticated, service_role;
comment on view public."VwTbDestinatarioDispositivo" is
  'Site of each device, with the centre (degrees) and radius (metres) of its geofence.';
create view public."VwTbProdutoTipo" with (security_invoker = true) as
select p."cdProduto", p."dsNome", p."dsDescricao", p."nrCodigo", p."nrLarg", p."nrComp", p."nrAlt",
       p."cdStatus", d."cdDispositivo", d."dsDispositivo", d."dsModelo",
       d."dsDescricao" as "DescDispositivo", d."dsObs", d."dsLayout", d."nrChip",
       d."cdStatus" as "StatusDispositivo", d."cdCliente"
from public."TbProduto" p
join public."TbDispositivo" d on d."cdProduto" = p."cdProduto";
revoke all on public."VwTbProdutoTipo" from public, anon, authenticated;
grant select on public."VwTbProdutoTipo" to authenticated, service_role;
comment on view public."VwTbProdutoTipo" is
  'Products with each of their devices. cdCliente: of the device.';
create view public."VwTbProdutoTotal" with (security_invoker = true) as
select p."dsNome", p."cdProduto", p."dsDescricao", p."nrCodigo", p."nrLarg", p."nrComp", p."nrAlt",
       count(*) as "nrQtde", d."cdCliente"
from public."TbProduto" p
join public."TbDispositivo" d on d."cdProduto" = p."cdProduto"
group by p."cdProduto", d."cdCliente";
revoke all on public."VwTbProdutoTotal" from public, anon, authenticated;
grant select on public."VwTbProdutoTotal" to authenticated, service_role;
comment on view public."VwTbProdutoTotal" is 'How many devices of each product a client has.';
create view public."VwTbProdutoTotalStatus" with (security_invoker = true) as
select p."cdProduto", p."dsNome", p."dsDescricao", p."nrCodigo", p."nrLarg", p."nrComp", p."nrAlt",
       d."cdStatus" as "StatusDispositivo", count(*) as "nrQtde",
       (sum(count(*)) over (partition by p."cdProduto", d."cdCliente"))::bigint as "QtdeTotal", d."cdCliente"
from public."TbProduto" p
join public."TbDispositivo" d on d."cdProduto" = p."cdProduto"
group by p."cdProduto", d."cdCliente", d."cdStatus";
revoke all on public."VwTbProdutoTotalStatus" from public, anon, authenticated;
grant select on public."VwTbProdutoTotalStatus" to authenticated, service_role;
comment on view public."VwTbProdutoTotalStatus" is
  'How many devices of each product a client has, by their status; QtdeTotal of any status.';
-- end
