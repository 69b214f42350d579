-- Deprecated: kept for legacy front ends until 2027-11-30. One row for each value of a position, newest
-- first. Values are looked up by the sensors the device ever had, each by its key, from the partition of that
-- time only. What a device sent for a former owner is in get_historico_paginado, not here.
create view public."VwRelHistoricoDispositivoProduto" with (security_invoker = true) as
select d."cdProduto", p."cdCliente", pr."nrCodigo", pr."dsDescricao", p."dtRegistro", p."cdDispositivo",
       t."dsNome", e."dsLogradouro" as "dsEndereco", l."cdSensor",
       private.battery_percent(p."nrBat") as "nrBatPercentual",
       l."nrPorta", l."nrTemperatura",
       case when l."cdTipoSensor" = private.sensor_type('pessoas') then l."nrValor" end as "nrPessoas",
       case when l."cdTipoSensor" = private.sensor_type('masculino') then l."nrValor" end as "nrMasculino",
       case when l."cdTipoSensor" = private.sensor_type('feminino') then l."nrValor" end as "nrFeminino",
       case when l."cdTipoSensor" = private.sensor_type('crianca') then l."nrValor" end as "nrCrianca",
       case when l."cdTipoSensor" = private.sensor_type('jovem') then l."nrValor" end as "nrJovem",
       case when l."cdTipoSensor" = private.sensor_type('adulto') then l."nrValor" end as "nrAdulto",
       case when l."cdTipoSensor" = private.sensor_type('senior') then l."nrValor" end as "nrSenior",
       case when l."cdTipoSensor" = private.sensor_type('alegre') then l."nrValor" end as "nrAlegre",
       case when l."cdTipoSensor" = private.sensor_type('concentrado') then l."nrValor" end as "nrTriste",
       case when l."cdTipoSensor" = private.sensor_type('neutro') then l."nrValor" end as "nrNeutro",
       case when l."cdTipoSensor" = private.sensor_type('categoria_total') then l."nrValor" end
         as "nrCategoriaTotal",
       i."dsNome" as "dsProdutoItem",
       case when i."cdProdutoItem" is not null
         then private.count_items(l."cdTipoSensor", l."nrValor", l."nrUnidadeIni", i."nrPesoUnit", i."nrAlt")
       end as "nrQtdItens",
       l."nrValor" as "nrLeituraSensor", y."dsNome" as "dsTipoSensor", y."dsUnidade" as "dsUnidadeMedida",
       case when p."blArea" is false then 'Fora de Área' else 'Dentro da Área' end as "dsStatus",
       d."cdStatus" as "dsStatusDispositivo", i."nrPesoUnit" as "nrPesoUnitario",
       i."nrLarg", i."nrComp", i."nrAlt", l."nrUnidadeIni", l."nrUnidadeFim", p."cdPosicao"
from public."TbPosicao" p
join public."TbDispositivo" d on d."cdDispositivo" = p."cdDispositivo"
left join public."TbProduto" pr on pr."cdProduto" = d."cdProduto"
left join public."TbDestinatario" t on t."cdDestinatario" = p."cdDestinatario"
left join public."TbEndereco" e on e."cdEndereco" = p."cdEndereco"
cross join lateral (
  select r."cdSensor", r."nrValor", r."cdProdutoItem", s."cdTipoSensor", s."nrUnidadeIni", s."nrUnidadeFim",
         max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('porta')) over () as "nrPorta",
         max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('temperatura')) over ()
           as "nrTemperatura"
  from (
    select distinct v."cdSensor" from public."TbSensorVinculo" v
    where v."cdDispositivo" = p."cdDispositivo"
  ) v
  join public."TbSensor" s on s."cdSensor" = v."cdSensor"
  join lateral private.stored_value(v."cdSensor", p."dtRegistro", p."cdCliente") r
    on r."cdPosicao" = p."cdPosicao"
) l
join public."TbTipoSensor" y on y.id = l."cdTipoSensor"
left join public."TbProdutoItem" i on i."cdProdutoItem" = l."cdProdutoItem"
order by p."dtRegistro" desc;
revoke all on public."VwRelHistoricoDispositivoProduto" from public, anon, authenticated;
grant select on public."VwRelHistoricoDispositivoProduto" to authenticated, service_role;
comment on view public."VwRelHistoricoDispositivoProduto" is
  'Deprecated, to be removed on 2027-11-30: use get_historico_paginado. One row for each value of a '
  'position.';
