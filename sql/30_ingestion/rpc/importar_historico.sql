-- Stores readings that come from elsewhere, older ones than devices may send too: back to
-- nrMesesImportacao months (TbConfiguracao). Months before the covered ones get their partitions with the
-- first reading that is stored in them. The same checks, verdicts and keys as insert_device_readings, and
-- the same answer; nothing is quarantined, as the caller has the file and the answer says what is wrong
-- with each reading.
-- p_leituras     as p_readings of insert_device_readings, but of 12,000 values at most, and each with
--                dtRegistro; a value may name its sensor by cdTipoSensor where the device has only one of
--                this type, and nrBatPercentual stands for nrBat
-- p_validar      judges and stores nothing
-- p_so_excecoes  results only for conflict and rejected
-- Who: callers with the permission admin, for devices of their clients. Security definer: API roles may
-- not write time series or create partitions.
-- Raises PT400 MALFORMED (not a list), RANGE_TOO_WIDE (more than 6 months to begin), PT401, PT403, PT413
-- TOO_LARGE, PT429, PT503 BUSY (others begin months, for more than 4 seconds); never because of a reading.
create function public.importar_historico(
  p_leituras jsonb, p_validar boolean default false, p_so_excecoes boolean default false
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_months integer := (
    select greatest(c."nrMesesImportacao", c."nrMesesAtras", 1) from private."TbConfiguracao" c);
  v_readings jsonb := p_leituras;
  v_elements private.element[];
  v_values bigint;
begin
  perform private.require_batch(p_leituras);
  -- each is read up to three times: to complete it, to judge it, and once its month has partitions
  v_values := (select count(*) from jsonb_path_query(p_leituras, '$[*].sensores[*]'));
  if v_values > 12000 then
    raise sqlstate 'PT413' using hint = 'TOO_LARGE',
      message = format('The import has %s values; the limit is 12000. Send it in parts.', v_values);
  end if;
  if p_leituras @? '$[*].nrBatPercentual' or p_leituras @? '$[*].sensores[*].cdTipoSensor' then
    v_readings := private.complete_imported(p_leituras, v_caller."cdClientes");
  end if;
  if p_validar then
    v_elements := private.rehearse_import(v_readings, v_caller."cdClientes", v_months);
  else
    v_elements := private.ingest(
      v_readings, v_caller."cdClientes", now() at time zone 'UTC', v_months);
  end if;
  return private.describe_verdicts(v_elements, p_so_excecoes, p_validar);
end
$$;
comment on function public.importar_historico is
  'Stores readings of earlier months exactly once and answers with a verdict per reading.';
revoke all on function public.importar_historico from public;
grant execute on function public.importar_historico to authenticated, service_role;
