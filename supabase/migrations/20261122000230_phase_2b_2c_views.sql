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

-- from sql/30_ingestion/table_views
-- All positions, wherever they are stored. Written by ingestion only, which knows series."TbPosicao". Of
-- packed history the chunks of other devices and clients are not unpacked; by time functions choose them
-- better (private.positions_between).
create view public."TbPosicao" with (security_invoker = true) as
select p."cdPosicao", p."dtRegistro", p."dsLat", p."dsLong", p."nrBat", p."cdDispositivo",
       p."cdCliente", p."nrSeq", p."cdDestinatario", p."cdEndereco", p."nrDistancia", p."blArea",
       p."nrPrecisao"
from series."TbPosicao" p
union all
select u."cdPosicao", u."dtRegistro", u."dsLat", u."dsLong", u."nrBat", u."cdDispositivo",
       u."cdCliente", u."nrSeq", u."cdDestinatario", u."cdEndereco", u."nrDistancia", u."blArea",
       u."nrPrecisao"
from private.unpacked_positions('-infinity', 'infinity') u;
revoke all on public."TbPosicao" from public, anon, authenticated;
grant select on public."TbPosicao" to authenticated, service_role;
comment on view public."TbPosicao" is
  'Positions of devices, with battery and sequence number. Read only: ingestion writes them.';
comment on column public."TbPosicao"."dtRegistro" is 'When it was measured, UTC.';
comment on column public."TbPosicao"."nrBat" is
  'Battery voltage in volts, whatever the device sends (cdUnidadeBat of TbDispositivo).';
comment on column public."TbPosicao"."nrDistancia" is
  'Geodesic distance in metres from the site the device had at receipt.';
comment on column public."TbPosicao"."nrPrecisao" is
  'Precision of the coordinates in metres: a device is inside its geofence where it may be. Null when not '
  'sent.';
comment on column public."TbPosicao"."cdEndereco" is 'Address found by the geocoding job, if any.';
comment on column public."TbPosicao"."cdCliente" is
  'Who owned the device when the position was received; decides for good who sees the row, and is part of '
  'the key: what a former owner sent is never compared with what a new one sends.';
comment on column public."TbPosicao"."nrSeq" is
  'Sequence number given by the device; part of the key, null counts as a value.';
comment on column public."TbPosicao"."dsLat" is
  'Latitude in degrees, WGS 84, rounded to 5 decimals; null when not sent.';
comment on column public."TbPosicao"."dsLong" is
  'Longitude in degrees, WGS 84, rounded to 5 decimals; null when not sent.';
comment on column public."TbPosicao"."blArea" is
  'Inside the geofence of the site; null when the site or its coordinates are missing.';
-- All values, wherever they are stored. Filter by sensor and time: of packed history the chunks of other
-- sensors and clients are not unpacked; by time functions choose them better (private.values_between).
create view public."TbSensorRegistro" with (security_invoker = true) as
select r."dtRegistro", r."nrValor", r."cdPosicao", r."cdSensor", r."cdDispositivo", r."cdCliente",
       r."cdProdutoItem", r."nrQualidade", r."blValor", r."dsValor"
from series."TbSensorRegistro" r
union all
select u."dtRegistro", u."nrValor", u."cdPosicao", u."cdSensor", u."cdDispositivo", u."cdCliente",
       u."cdProdutoItem", u."nrQualidade", u."blValor", u."dsValor"
from private.unpacked_values('-infinity', 'infinity') u;
revoke all on public."TbSensorRegistro" from public, anon, authenticated;
grant select on public."TbSensorRegistro" to authenticated, service_role;
comment on view public."TbSensorRegistro" is
  'Sensor values: a number, a boolean or a text. Read only: ingestion writes them.';
comment on column public."TbSensorRegistro"."dtRegistro" is 'When it was measured, UTC.';
comment on column public."TbSensorRegistro"."nrValor" is 'Numeric value, in the unit of the sensor type.';
comment on column public."TbSensorRegistro"."cdPosicao" is
  'The position it came with; null for values without a position.';
comment on column public."TbSensorRegistro"."cdDispositivo" is 'Device the sensor was on; a sensor may move.';
comment on column public."TbSensorRegistro"."cdCliente" is
  'Who owned the device when the value was received; part of the key.';
comment on column public."TbSensorRegistro"."nrQualidade" is
  '0 ok, 1 suspect, 2 fault; faults are not summed up.';
-- end

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
