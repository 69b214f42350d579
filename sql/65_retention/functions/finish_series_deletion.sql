-- Deletes all there is of a device, if few enough positions and values are left for one transaction: what is
-- made of them, its current position, events, acknowledgements and quarantine too; entries of the audit log
-- lose their rows. Ingestion is kept out until it has committed, so that a reading in flight is deleted with
-- the rest or comes after it. What is sent after that is stored as of any device. Returns whether it did.
-- Raises PT503 BUSY.
create function private.finish_series_deletion(p_receipt uuid, p_device integer) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_shared integer[] := private.shared_sensors(p_device);
  v_sensors integer[] := array(
    select distinct s."cdSensor" from public."TbSensorVinculo" s where s."cdDispositivo" = p_device);
  v_own integer[];
begin
  if private.count_raw_series(p_device, v_sensors, 50001) > 50000 or exists (
      select from series."TbRollupFrio" c
      where c."cdSensor" = any (v_sensors) and c."cdSensor" <> all (v_shared) and not c."blDanificado") then
    return false;
  end if;
  perform private.shut_out_ingestion();
  v_sensors := array( -- a new sensor may have come
    select distinct s."cdSensor" from public."TbSensorVinculo" s where s."cdDispositivo" = p_device);
  v_own := array(select s from unnest(v_sensors) s where s <> all (v_shared));
  perform private.delete_raw_series(p_receipt, p_device, v_sensors);
  perform private.delete_with_receipt(p_receipt, t.name, t.column_name, t.condition, p_device, v_own)
  from (values
    (1, 'series."TbSensorRegistro1m"', 'dtBucket', 't."cdSensor" = any ($2)'),
    (2, 'series."TbSensorRegistro5m"', 'dtBucket', 't."cdSensor" = any ($2)'),
    (3, 'series."TbSensorRegistro1h"', 'dtBucket', 't."cdSensor" = any ($2)'),
    (4, 'series."TbSensorRegistro1d"', 'dtBucket', 't."cdSensor" = any ($2)'),
    (5, 'series."TbContagemDiaria"', 'dtDia', 't."cdDispositivo" = $1'),
    (6, 'public."TbPosicaoAtual"', 'dtRegistro', 't."cdDispositivo" = $1'),
    (7, 'public."TbEventoDispositivo"', 'dtRegistro', 't."cdDispositivo" = $1'),
    (8, 'public."TbComandoAck"', 'dtRegistro', 't."cdDispositivo" = $1'),
    (9, 'public."TbDispositivoMeta"', 'dtRegistro', 't."cdDispositivo" = $1'),
    (10, 'public."TbIngestaoErro"', 'dtPrimeira', 't."cdDispositivo" = $1')
  ) as t(place, name, column_name, condition)
  order by t.place;
  delete from series."TbRollupFrio" c where c."cdSensor" = any (v_own); -- damaged ones: their rows are lost
  delete from private."TbRollupPendente" p where p."cdDispositivo" = p_device or p."cdSensor" = any (v_own);
  update public."TbAuditoria" a set "jsAntes" = null, "jsDepois" = null
  where a."dsTabela" in ('TbDispositivo', 'TbSensor', 'TbDispositivoLiberado', 'TbDispositivoCredencial')
    and coalesce(a."jsAntes", a."jsDepois") ->> 'cdDispositivo' = p_device::text;
  update public."TbReciboExclusao" e
  set "dtFim" = clock_timestamp(), "cdSensoresPartilhados" = v_shared,
      "dsArquivos" = array(
        select a."dsArquivo" from private."TbArquivo" a
        where p_device = any (a."cdDispositivos")
           or a."cdDispositivos" is null and a."cdCliente" = any (e."cdClientes")
        order by 1)
  where e."cdExclusao" = p_receipt;
  return true;
end
$$;
comment on function private.finish_series_deletion is
  'Deletes all there is of a device, with a receipt, unless it is too much for one transaction.';
revoke all on function private.finish_series_deletion from public;
