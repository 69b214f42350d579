-- Phase 5, views of products: they showed every client's rows; now they show what the caller may see.

set lock_timeout = '5s';
set statement_timeout = '5min';

drop view if exists public."VwProdutoCompleto", public."VwTbProdutoTotalStatus", public."VwTbProdutoTotal",
  public."VwTbProdutoTipo";

-- from sql/50_views/04_VwTbProdutoTipo.sql
create view public."VwTbProdutoTipo" with (security_invoker = true) as
select p."cdProduto", p."dsNome", p."dsDescricao", p."nrCodigo", p."nrLarg", p."nrComp", p."nrAlt", p."cdStatus",
       d."cdDispositivo", d."dsDispositivo", d."dsModelo", d."dsDescricao" as "DescDispositivo", d."dsObs", d."dsLayout",
       d."nrChip", d."cdStatus" as "StatusDispositivo", d."cdCliente"
from public."TbProduto" p
join public."TbDispositivo" d on d."cdProduto" = p."cdProduto";
revoke all on public."VwTbProdutoTipo" from public, anon, authenticated;
grant select on public."VwTbProdutoTipo" to authenticated, service_role;
comment on view public."VwTbProdutoTipo" is 'Products with each of their devices; cdCliente is the device''s.';
-- end

-- from sql/50_views/05_VwTbProdutoTotal.sql
create view public."VwTbProdutoTotal" with (security_invoker = true) as
select p."dsNome", p."cdProduto", p."dsDescricao", p."nrCodigo", p."nrLarg", p."nrComp", p."nrAlt", count(*) as "nrQtde",
       d."cdCliente"
from public."TbProduto" p
join public."TbDispositivo" d on d."cdProduto" = p."cdProduto"
group by p."cdProduto", d."cdCliente";
revoke all on public."VwTbProdutoTotal" from public, anon, authenticated;
grant select on public."VwTbProdutoTotal" to authenticated, service_role;
comment on view public."VwTbProdutoTotal" is 'How many devices of each product a client has.';
-- end

-- from sql/50_views/06_VwTbProdutoTotalStatus.sql
create view public."VwTbProdutoTotalStatus" with (security_invoker = true) as
select p."cdProduto", p."dsNome", p."dsDescricao", p."nrCodigo", p."nrLarg", p."nrComp", p."nrAlt",
       d."cdStatus" as "StatusDispositivo", count(*) as "nrQtde",
       (sum(count(*)) over (partition by p."cdProduto", d."cdCliente"))::bigint as "QtdeTotal", d."cdCliente"
from public."TbProduto" p
join public."TbDispositivo" d on d."cdProduto" = p."cdProduto"
group by p."cdProduto", d."cdCliente", d."cdStatus";
revoke all on public."VwTbProdutoTotalStatus" from public, anon, authenticated;
grant select on public."VwTbProdutoTotalStatus" to authenticated, service_role;
comment on view public."VwTbProdutoTotalStatus" is 'How many devices of each product a client has, by their status; QtdeTotal of any status.';
-- end

-- from sql/50_views/07_VwProdutoCompleto.sql
-- Sensors are looked up for each product by itself: joined beside the devices they would be counted with them.
create view public."VwProdutoCompleto" with (security_invoker = true) as
select p."cdProduto", p."dsNome" as "dsNomeProduto", p."cdStatus" as "cdStatusProduto", p."dtRegistro" as "dtRegistroProduto",
       p."cdCliente", i."dsCaminho" as "dsCaminhoImagem", i."cdCodigo" as "cdCodigoImagem", i."nrImagem", t."dsTiposSensores",
       d."nrDispositivosAtivos", d."nrDispositivosInativos", d."nrDispositivosSuspensos", d."nrDispositivosBloqueados",
       d."nrDispositivosEncerrados", d."nrDispositivosEstoque", d."nrDispositivosSemStatus", d."nrTotalDispositivos"
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
comment on view public."VwProdutoCompleto" is 'Products that have devices: first picture, sensor types, and devices by status. cdCliente is the product''s.';
-- end
