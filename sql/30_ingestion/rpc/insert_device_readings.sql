-- Stores a batch of readings; the only way in. Judged and stored in one transaction, with one verdict per
-- element.
-- p_readings     [{cdCliente?, cdDispositivo, dtRegistro?, nrBat?, nrSeq?, latitude?, longitude?,
--                  nrPrecisao?, sensores: [
--                  {cdSensor | dsPonto, nrValor | blValor | dsValor, cdProdutoItem?, nrQualidade?,
--                   dsUnidade?}],
--                 meta?: {}, rssi?, fw?}]
-- p_validar      judges and stores nothing
-- p_so_excecoes  results only for conflict and rejected
-- Who: callers with the permission ingest. Security definer: API roles may not write time series.
-- Raises PT400 MALFORMED (not a list), PT401, PT403, PT413 TOO_LARGE (too many elements), PT429 (limits of a
-- key); never because of an element.
create function public.insert_device_readings(
  p_readings jsonb, p_validar boolean default false, p_so_excecoes boolean default false
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('ingest');
  v_elements private.element[];
begin
  perform private.require_batch(p_readings);
  if p_validar then
    v_elements := private.rehearse_ingest(p_readings, v_caller."cdClientes");
  else
    v_elements := private.ingest(p_readings, v_caller."cdClientes", now() at time zone 'UTC');
    perform private.keep_meta(v_elements, p_readings);
    perform private.quarantine_elements(v_elements, p_readings, v_caller);
  end if;
  return private.describe_verdicts(v_elements, p_so_excecoes, p_validar);
end
$$;
comment on function public.insert_device_readings is
  'Stores a batch of device readings exactly once and answers with a verdict per element.';
revoke all on function public.insert_device_readings from public;
grant execute on function public.insert_device_readings to authenticated, service_role;
