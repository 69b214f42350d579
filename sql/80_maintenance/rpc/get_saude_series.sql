-- Health of time-series maintenance: {status, watermark, floor, lagSeconds, dirtyWindows, partitionsAhead,
-- lastRun, failingSteps, failures24h, quarantineLost, legacyUse, reasons, steps}. Times of data are UTC
-- without offset. lagSeconds is the time since the watermark; up to an hour and nrMinutosRollup is normal.
-- dirtyWindows is the number of dirty hours, counted up to 10,000. quarantineLost is the number of payloads
-- that have given way to newer ones in full quarantines, of all clients. legacyUse is null but while a
-- conversion serves a legacy application (private.legacy_use). reasons are codes. steps has the last run of
-- each step, its error and its failures of the last 24 hours: for the service only, null for everybody else,
-- as an error may quote SQL and rows.
-- Security definer: everybody may ask for health, but not read the tables it comes from; the response
-- contains no data of any client.
-- Who: everybody.
create function public.get_saude_series() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
  v_steps jsonb := private.step_health();
  v_health jsonb;
  v_last_end timestamptz;
  v_reasons text[];
begin
  select jsonb_build_object(
    'watermark', case when isfinite(m."dtMarca") then m."dtMarca" end,
    'floor', case when isfinite(m."dtPiso") then m."dtPiso" end,
    'lagSeconds', case when isfinite(m."dtMarca")
                       then round(extract(epoch from now() at time zone 'UTC' - m."dtMarca"), 3) end,
    'dirtyWindows', (select count(*) from (
       select distinct p."dtHora", p."cdSensor", p."cdDispositivo"
       from (select * from private."TbRollupPendente" limit 10000) p) d),
    'partitionsAhead', private.months_ahead(),
    'lastRun', (
       select jsonb_build_object('startedAt', min(e."dtInicio"), 'endedAt', max(e."dtFim"))
       from public."TbManutencaoExecucao" e
       where e."dsQuem" = (select u."dsQuem" from public."TbManutencaoExecucao" u where u."dtFim" is not null
                           order by u."dtInicio" desc limit 1)
       having count(*) > 0),
    'failingSteps', (select count(*) from jsonb_array_elements(v_steps) s where s ->> 'error' is not null),
    'failures24h', (select sum((s ->> 'failures24h')::integer) from jsonb_array_elements(v_steps) s),
    'quarantineLost', (select coalesce(sum(k."nrPerdidos"), 0) from public."TbQuarentena" k),
    'legacyUse', private.legacy_use(),
    'steps', case when v_caller.is_service and 'read' = any (v_caller."dsPermissoes") then v_steps end)
  into v_health
  from private."TbRollupMarca" m;

  v_last_end := (v_health #>> '{lastRun,endedAt}')::timestamptz;
  v_reasons := array_remove(array[
    case when not v_health -> 'lastRun' <> 'null' then 'MAINTENANCE_NEVER_RAN'
         when v_last_end < now() - interval '10 minutes' then 'MAINTENANCE_LATE' end,
    case when (v_health ->> 'lagSeconds')::numeric
              > 2 * 3600 + 60 * (select "nrMinutosRollup" from private."TbConfiguracao")
           then 'WATERMARK_LATE' end,
    case when (v_health ->> 'partitionsAhead')::integer < 1 then 'NO_PARTITION_AHEAD' end,
    case when exists (select from private."TbRollupPendente" p
                      where p."dtMarcado" < now() - interval '15 minutes')
           then 'DIRTY_HOURS_WAITING' end,
    case when (v_health ->> 'failingSteps')::integer > 0 then 'STEP_FAILED' end], null);
  return v_health || jsonb_build_object(
    'status', case when v_reasons = '{}' then 'ok' else 'degraded' end, 'reasons', v_reasons);
end
$$;
comment on function public.get_saude_series is 'Health of time-series maintenance.';
revoke all on function public.get_saude_series from public;
grant execute on function public.get_saude_series to authenticated, service_role;
