-- How many people passed by a product: by hour of the day or by day of the week.
-- p_cd_produto            the product; of its devices those in p_cd_dispositivos and of p_cd_cliente, where
--                         given
-- p_dt_inicio, p_dt_fim   both ends included
-- p_aggregation_type      hourly, by_day_of_week
-- p_fuso                  time zone of the axis
-- {labels, datasets: [{cdDispositivo, data}], overall, total, record_count, last_read (UTC), complete}
-- Who: callers with the permission read; row-level security decides which devices and values.
-- Raises PT400 INVALID_PARAMETER. The body is private.summarize_product.
create function public.get_movimento_pessoas_aggregation(p_cd_produto integer, p_dt_inicio timestamptz,
  p_dt_fim timestamptz, p_cd_dispositivos integer[] default null, p_cd_cliente integer default null,
  p_aggregation_type text default 'hourly', p_fuso text default 'America/Sao_Paulo') returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return private.summarize_product(
    p_sensor_type => private.sensor_type('pessoas'), p_axes => '{hourly,by_day_of_week}', p_mean => false,
    p_product => p_cd_produto, p_start => p_dt_inicio, p_end => p_dt_fim, p_devices => p_cd_dispositivos,
    p_client => p_cd_cliente, p_axis => p_aggregation_type, p_zone => p_fuso);
end
$$;
comment on function public.get_movimento_pessoas_aggregation is
  'How many people passed by a product, over time.';
revoke all on function public.get_movimento_pessoas_aggregation from public;
grant execute on function public.get_movimento_pessoas_aggregation to authenticated, service_role;
