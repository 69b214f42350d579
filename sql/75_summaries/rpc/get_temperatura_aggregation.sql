-- Mean temperatures of a product: by hour of the day, by day or by day of the week.
-- p_cd_produto            the product; of its devices those in p_cd_dispositivos and of p_cd_cliente, where
--                         given
-- p_dt_inicio, p_dt_fim   both ends included
-- p_aggregation_type      hourly, daily, by_day_of_week
-- p_fuso                  time zone of the axis
-- {labels, datasets: [{cdDispositivo, data}], overall, total, record_count, last_read (UTC), complete}
-- Means are weighted by values and null where there is none; of days, only those with values are labels.
-- Who: callers with the permission read; row-level security decides which devices and values.
-- Raises PT400 INVALID_PARAMETER. The body is private.summarize_product.
create function public.get_temperatura_aggregation(p_cd_produto integer, p_dt_inicio timestamptz,
  p_dt_fim timestamptz, p_cd_dispositivos integer[] default null, p_cd_cliente integer default null,
  p_aggregation_type text default 'daily', p_fuso text default 'America/Sao_Paulo') returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return private.summarize_product(
    p_sensor_type => private.sensor_type('temperatura'), p_axes => '{hourly,daily,by_day_of_week}',
    p_mean => true,
    p_product => p_cd_produto, p_start => p_dt_inicio, p_end => p_dt_fim, p_devices => p_cd_dispositivos,
    p_client => p_cd_cliente, p_axis => p_aggregation_type, p_zone => p_fuso);
end
$$;
comment on function public.get_temperatura_aggregation is
  'Mean temperatures of a product over time, weighted by values.';
revoke all on function public.get_temperatura_aggregation from public;
grant execute on function public.get_temperatura_aggregation to authenticated, service_role;
