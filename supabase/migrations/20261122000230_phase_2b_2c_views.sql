-- Phases 2b and 2c: views over current positions read one row for each device; the view of all history is deprecated, and reads
-- each reading by its key until it goes. They run with the rights of whoever asks.
-- Functions that answered for every client, whoever asked, or that the tables have outgrown, go; summaries come back with
-- phase 4, under row-level security.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

do $$
declare
  v_velha regprocedure;
begin
  for v_velha in -- whatever their arguments are here
    select p.oid from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and p.proname in ('get_abertura_porta_aggregation', 'get_abertura_porta_hourly_aggregation',
                        'get_movimento_pessoas_aggregation', 'get_grouped_sensor_data', 'get_lista_dispositivos_resumo',
                        'get_historico_paginado')
  loop
    execute format('drop function %s', v_velha);
  end loop;
end
$$;

-- from sql/40_positions/views
create view public."VwProdutosFora" with (security_invoker = true) as
select d."cdProduto", count(*) as dispositivo_count
from public."TbPosicaoAtual" pa
join public."TbDispositivo" d on d."cdDispositivo" = pa."cdDispositivo" and d."cdCliente" = pa."cdCliente"
where not pa."blArea" and d."cdProduto" is not null
group by d."cdProduto";
revoke all on public."VwProdutosFora" from public, anon, authenticated;
grant select on public."VwProdutosFora" to authenticated, service_role;
comment on view public."VwProdutosFora" is 'How many devices of a product are outside their geofence now.';
create view public."VwTbPosicaoAtual" with (security_invoker = true) as
select pa."cdPosicao", pa."dtRegistro", pa."cdDispositivo", pa."dsLat", pa."dsLong",
       e."dsLogradouro" as "dsEndereco", e."nrNumero" as "dsNum", e."dsCep", e."dsBairro", e."dsCidade",
       e."dsUF", pa."nrBat", p."nrCodigo", p."cdProduto", p."dsNome" as "dsProduto", p."dsDescricao",
       d."cdStatus", pa."blArea", d."cdCliente", pa."dtCoordenada", pa."dtBateria", pa."dtAlteracao",
       pa."nrPrecisao"
from public."TbPosicaoAtual" pa
join public."TbDispositivo" d on d."cdDispositivo" = pa."cdDispositivo" and d."cdCliente" = pa."cdCliente"
left join public."TbProduto" p on p."cdProduto" = d."cdProduto"
left join public."TbEndereco" e on e."cdEndereco" = pa."cdEndereco";
revoke all on public."VwTbPosicaoAtual" from public, anon, authenticated;
grant select on public."VwTbPosicaoAtual" to authenticated, service_role;
comment on view public."VwTbPosicaoAtual" is
  'Current position of each device under its present owner, with device and product. cdProduto is null when '
  'it is not visible.';
comment on column public."VwTbPosicaoAtual"."dtCoordenada" is 'Time (UTC) of the coordinates shown.';
comment on column public."VwTbPosicaoAtual"."dtBateria" is 'Time (UTC) of the battery voltage shown.';
comment on column public."VwTbPosicaoAtual"."nrPrecisao" is
  'Precision (metres) of the coordinates shown; null: not stated.';
-- end
