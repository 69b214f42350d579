-- Stores what is not there yet. By now what is there is the same; what another caller stores meanwhile is a
-- unique violation. Rows are locked in the order of ingestion (private.store_elements): positions, current
-- positions, values, addresses. Triggers for single rows are off, as for a batch of ingestion: hours are
-- marked, after the writing, for all rows (private.mark_dirty_hours), and addresses recorded, in one go.
-- TbPosicaoAtual is maintained by its trigger, which never moves it back.
create function pg_temp.restore_month(
  p_client integer, p_since timestamp, p_until timestamp, out positions bigint, out sensor_values bigint)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_announced timestamp;
begin
  delete from archived_positions a
  using public."TbPosicao" s
  where s."cdDispositivo" = a."cdDispositivo" and s."dtRegistro" = a."dtRegistro"
    and s."nrSeq" is not distinct from a."nrSeq" and s."cdCliente" = a."cdCliente"
    and s."dtRegistro" >= p_since and s."dtRegistro" < p_until;
  delete from archived_values a
  using public."TbSensorRegistro" s
  where s."cdSensor" = a."cdSensor" and s."dtRegistro" = a."dtRegistro" and s."cdCliente" = a."cdCliente"
    and s."dtRegistro" >= p_since and s."dtRegistro" < p_until;
  perform set_config('rastro.dirty_marking', 'in bulk', true);
  perform set_config('rastro.address_links', 'in bulk', true);
  insert into series."TbPosicao" (
    "cdPosicao", "dtRegistro", "dsLat", "dsLong", "nrBat", "cdDispositivo", "cdCliente", "nrSeq",
    "cdDestinatario", "cdEndereco", "nrDistancia", "blArea", "nrPrecisao")
  select a."cdPosicao", a."dtRegistro", a."dsLat", a."dsLong", a."nrBat", a."cdDispositivo", a."cdCliente",
         a."nrSeq", a."cdDestinatario", a."cdEndereco", a."nrDistancia", a."blArea", a."nrPrecisao"
  from archived_positions a
  order by a."cdDispositivo", a."dtRegistro", a."nrSeq" nulls first;
  get diagnostics positions = row_count;
  insert into series."TbSensorRegistro" (
    "dtRegistro", "nrValor", "cdPosicao", "cdSensor", "cdDispositivo", "cdCliente", "cdProdutoItem",
    "nrQualidade", "blValor", "dsValor")
  select a."dtRegistro", a."nrValor", a."cdPosicao", a."cdSensor", a."cdDispositivo", a."cdCliente",
         a."cdProdutoItem", a."nrQualidade", a."blValor", a."dsValor"
  from archived_values a
  order by a."cdSensor", a."dtRegistro";
  get diagnostics sensor_values = row_count;
  insert into public."TbEnderecoVinculo" ("cdEndereco", "cdCliente")
  select distinct e."cdEndereco", a."cdCliente"
  from archived_positions a join public."TbEndereco" e on e."cdEndereco" = a."cdEndereco"
  order by 1
  on conflict do nothing;
  v_announced := private.announced_watermark();
  insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdDispositivo", "cdCliente")
  select date_trunc('hour', a."dtRegistro"), a."cdSensor", null, a."cdCliente"
  from archived_values a
  where a."dtRegistro" < v_announced and a."nrValor" is not null
  union
  select date_trunc('hour', a."dtRegistro"), null, a."cdDispositivo", null
  from archived_positions a
  where a."dtRegistro" < v_announced;
end
$$
