-- What the sensors of many devices add up to by day, in pages by device: {dias: ["2026-11-01", …],
-- data: [{cdDispositivo, cdTipoSensor, nrQtd: […], nrSoma: […]}], complete, nextCursor}. A row for each
-- device and type of sensor that was ever on it, with a count and a sum for each of `dias`: 0 where there is
-- no value, null where a sum overflows; the mean is nrSoma / nrQtd. Exact at any moment, late values too;
-- complete: see private.sums_are_complete.
-- p_dt_inicio, p_dt_fim   start, included, and end, excluded; a day at an end that is not whole has only what
--                         lies between them
-- p_cd_cliente, p_cd_produto, p_cd_dispositivos   of these devices; null: all
-- p_cd_tipos_sensor       of these types; null: all
-- p_fuso                  time zone of the days
-- p_page_size, p_cursor   devices per page, 1 to 1,000; nextCursor of the previous page
-- Who: callers with the permission read; row-level security decides which devices and values.
-- Raises PT400 INVALID_PARAMETER, RANGE_TOO_WIDE (private.local_days, private.require_few_hours).
create function public.get_somas_diarias(p_dt_inicio timestamptz, p_dt_fim timestamptz,
  p_cd_cliente integer default null, p_cd_produto integer default null,
  p_cd_dispositivos integer[] default null, p_cd_tipos_sensor bigint[] default null,
  p_fuso text default 'America/Sao_Paulo', p_page_size integer default 100, p_cursor text default null)
returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_after integer := (private.read_cursor(p_cursor, '^(\d{1,10})$'))[1]::integer;
  v_since timestamp := p_dt_inicio at time zone 'UTC';
  v_until timestamp := p_dt_fim at time zone 'UTC';
  v_days date[];
  v_devices integer[];
  v_types bigint[] := coalesce(p_cd_tipos_sensor, array(select t.id from public."TbTipoSensor" t));
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_cd_dispositivos);
  perform private.require_few('cdTiposSensor', p_cd_tipos_sensor);
  perform private.require_page(p_page_size);
  v_days := private.local_days(p_dt_inicio, p_dt_fim, p_fuso, p_page_size);
  v_devices := array(
    select d."cdDispositivo" from public."TbDispositivo" d
    where (p_cd_cliente is null or d."cdCliente" = p_cd_cliente)
      and (p_cd_produto is null or d."cdProduto" = p_cd_produto)
      and (p_cd_dispositivos is null or d."cdDispositivo" = any (p_cd_dispositivos))
      and (v_after is null or d."cdDispositivo" > v_after)
    order by 1 limit p_page_size + 1);
  return json_build_object(
    'dias', to_json(v_days),
    'data', private.daily_sums(v_devices[:p_page_size], v_types, v_since, v_until, p_fuso, v_days),
    'complete', private.sums_are_complete(
      private.zone_bucket_minutes(v_since, v_until, p_fuso), v_devices[:p_page_size], v_types, v_since,
      v_until),
    'nextCursor', case when cardinality(v_devices) > p_page_size
                       then private.write_cursor(array[v_devices[p_page_size]::text]) end);
end
$$;
comment on function public.get_somas_diarias is
  'What the sensors of many devices add up to by day of a time zone.';
revoke all on function public.get_somas_diarias from public;
grant execute on function public.get_somas_diarias to authenticated, service_role;
