-- Phases 2b and 2c: views over current positions read one row for each device; the view of all history is deprecated, and reads
-- each reading by its key until it goes. They run with the rights of whoever asks.
-- Functions that answered for every client, whoever asked, or that the tables have outgrown, go; summaries come back with
-- phase 4, under row-level security.

set lock_timeout = '5s';
set statement_timeout = '5min';

do $$
declare
  v_velha regprocedure;
begin
  for v_velha in -- whatever their arguments are here
    select p.oid from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and p.proname in ('get_abertura_porta_aggregation', 'get_movimento_pessoas_aggregation', 'get_grouped_sensor_data',
                        'get_lista_dispositivos_resumo', 'get_historico_paginado')
  loop
    execute format('drop function %s', v_velha);
  end loop;
end
$$;

-- from sql/40_private/06_contar_itens.sql
-- By weight (grams, less the tare), by distance (millimetres), or as counted; 0 where the divisor is missing. Inlined.
create function private.contar_itens(p_tipo bigint, p_valor double precision, p_tara integer, p_peso double precision,
                                     p_altura double precision) returns double precision
language sql immutable parallel safe as $$
  select case p_tipo
    when 3 then case when coalesce(p_peso, 0) = 0 then 0 else (p_valor - coalesce(p_tara, 0)) / p_peso end
    when 1 then case when coalesce(p_altura, 0) = 0 then 0 else p_valor / p_altura end
    else p_valor
  end
$$;
comment on function private.contar_itens(bigint, double precision, integer, double precision, double precision) is
  'How many items a reading stands for.';
revoke all on function private.contar_itens(bigint, double precision, integer, double precision, double precision) from public;
grant execute on function private.contar_itens(bigint, double precision, integer, double precision, double precision)
  to authenticated, service_role;
-- end

-- from sql/50_views/01_VwTbPosicaoAtual.sql
create view public."VwTbPosicaoAtual" with (security_invoker = true) as
select pa."cdPosicao", pa."dtRegistro", pa."cdDispositivo", pa."dsLat", pa."dsLong",
       e."dsLogradouro" as "dsEndereco", e."nrNumero" as "dsNum", e."dsCep", e."dsBairro", e."dsCidade", e."dsUF",
       pa."nrBat", p."nrCodigo", p."cdProduto", p."dsNome" as "dsProduto", p."dsDescricao", d."cdStatus", pa."blArea",
       d."cdCliente", pa."dtCoordenada", pa."dtBateria", pa."dtAlteracao"
from public."TbPosicaoAtual" pa
join public."TbDispositivo" d on d."cdDispositivo" = pa."cdDispositivo"
left join public."TbProduto" p on p."cdProduto" = d."cdProduto"
left join public."TbEndereco" e on e."cdEndereco" = pa."cdEndereco";
revoke all on public."VwTbPosicaoAtual" from public, anon, authenticated;
grant select on public."VwTbPosicaoAtual" to authenticated, service_role;
comment on view public."VwTbPosicaoAtual" is 'Latest position of each device by time, with device and product; cdProduto is null where the product is not visible. dtCoordenada and dtBateria say how old coordinates and battery are.';
-- end

-- from sql/50_views/02_VwProdutosFora.sql
create view public."VwProdutosFora" with (security_invoker = true) as
select d."cdProduto", count(*) as dispositivo_count
from public."TbPosicaoAtual" pa
join public."TbDispositivo" d on d."cdDispositivo" = pa."cdDispositivo"
where not pa."blArea" and d."cdProduto" is not null
group by d."cdProduto";
revoke all on public."VwProdutosFora" from public, anon, authenticated;
grant select on public."VwProdutosFora" to authenticated, service_role;
comment on view public."VwProdutosFora" is 'How many devices of a product are outside their geofence now.';
-- end

-- from sql/50_views/09_VwRelHistoricoDispositivoProduto.sql
-- Deprecated: kept for old front ends until 2027-11-30. One row for each sensor reading of a position, newest first.
-- Readings are looked up by the sensors the device ever had, each by its key, from the partition of that time only. What a
-- device reported for a former owner is in get_historico_paginado, not here.
create view public."VwRelHistoricoDispositivoProduto" with (security_invoker = true) as
select d."cdProduto", p."cdCliente", pr."nrCodigo", pr."dsDescricao", p."dtRegistro", p."cdDispositivo", t."dsNome",
       e."dsLogradouro" as "dsEndereco", l."cdSensor",
       round((least(p."nrBat", 3.7) / 3.7 * 100)::numeric, 2) || '%' as "nrBatPercentual", l."nrPorta", l."nrTemperatura",
       case when l."cdTipoSensor" = 5 then l."nrValor" end as "nrPessoas",
       case when l."cdTipoSensor" = 9 then l."nrValor" end as "nrMasculino",
       case when l."cdTipoSensor" = 10 then l."nrValor" end as "nrFeminino",
       case when l."cdTipoSensor" = 11 then l."nrValor" end as "nrCrianca",
       case when l."cdTipoSensor" = 12 then l."nrValor" end as "nrJovem",
       case when l."cdTipoSensor" = 13 then l."nrValor" end as "nrAdulto",
       case when l."cdTipoSensor" = 14 then l."nrValor" end as "nrSenior",
       case when l."cdTipoSensor" = 15 then l."nrValor" end as "nrAlegre",
       case when l."cdTipoSensor" = 16 then l."nrValor" end as "nrTriste",
       case when l."cdTipoSensor" = 17 then l."nrValor" end as "nrNeutro",
       case when l."cdTipoSensor" = 18 then l."nrValor" end as "nrCategoriaTotal",
       i."dsNome" as "dsProdutoItem",
       case when i."cdProdutoItem" is not null
         then private.contar_itens(l."cdTipoSensor", l."nrValor", l."nrUnidadeIni", i."nrPesoUnit", i."nrAlt")
       end as "nrQtdItens",
       l."nrValor" as "nrLeituraSensor", y."dsNome" as "dsTipoSensor", y."dsUnidade" as "dsUnidadeMedida",
       case when p."blArea" is false then 'Fora de Área' else 'Dentro da Área' end as "dsStatus",
       d."cdStatus" as "dsStatusDispositivo", i."nrPesoUnit" as "nrPesoUnitario", i."nrLarg", i."nrComp", i."nrAlt",
       l."nrUnidadeIni", l."nrUnidadeFim", p."cdPosicao"
from public."TbPosicao" p
join public."TbDispositivo" d on d."cdDispositivo" = p."cdDispositivo"
left join public."TbProduto" pr on pr."cdProduto" = d."cdProduto"
left join public."TbDestinatario" t on t."cdDestinatario" = p."cdDestinatario"
left join public."TbEndereco" e on e."cdEndereco" = p."cdEndereco"
cross join lateral (
  select r."cdSensor", r."nrValor", r."cdProdutoItem", s."cdTipoSensor", s."nrUnidadeIni", s."nrUnidadeFim",
         max(r."nrValor") filter (where s."cdTipoSensor" = 2) over () as "nrPorta",
         max(r."nrValor") filter (where s."cdTipoSensor" = 4) over () as "nrTemperatura"
  from (select distinct v."cdSensor" from public."TbSensorVinculo" v where v."cdDispositivo" = p."cdDispositivo") v
  join public."TbSensor" s on s."cdSensor" = v."cdSensor"
  join public."TbSensorRegistro" r
    on r."cdSensor" = v."cdSensor" and r."dtRegistro" = p."dtRegistro" and r."cdPosicao" = p."cdPosicao"
) l
join public."TbTipoSensor" y on y.id = l."cdTipoSensor"
left join public."TbProdutoItem" i on i."cdProdutoItem" = l."cdProdutoItem"
order by p."dtRegistro" desc;
revoke all on public."VwRelHistoricoDispositivoProduto" from public, anon, authenticated;
grant select on public."VwRelHistoricoDispositivoProduto" to authenticated, service_role;
comment on view public."VwRelHistoricoDispositivoProduto" is 'Deprecated, to be removed on 2027-11-30: use get_historico_paginado. One row for each sensor reading of a position.';
-- end
