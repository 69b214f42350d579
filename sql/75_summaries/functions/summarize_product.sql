-- The body of the three charts of a product (get_temperatura_aggregation, get_abertura_porta_aggregation,
-- get_movimento_pessoas_aggregation), which differ in the sensor type, the axes they allow and whether they
-- show means.
-- p_axes              allowed values of p_axis: hourly, daily, by_day_of_week
-- p_mean              means weighted by values, null where there is none; otherwise sums
-- p_start, p_end      both ends included
-- p_devices, p_client   null: all devices of the product;  p_zone   time zone of the axis
-- {labels, datasets: [{cdDispositivo, data}], overall, total, record_count, last_read (UTC), complete}
-- Who may call it: callers with the permission read; row-level security decides which devices and values.
-- Raises PT400 INVALID_PARAMETER.
create function private.summarize_product(p_sensor_type bigint, p_axes text[], p_mean boolean,
  p_product integer, p_start timestamptz, p_end timestamptz, p_devices integer[], p_client integer,
  p_axis text, p_zone text) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_devices);
  perform private.require_summary_arguments(p_product, p_start, p_end, p_axis, p_axes, p_zone);
  return private.summarize(
    private.devices_of_product(p_product, p_devices, p_client),
    p_sensor_type, p_start, p_end, p_axis, p_zone, p_mean);
end
$$;
comment on function private.summarize_product is
  'A chart of what the sensors of a product measured: by device and over all.';
revoke all on function private.summarize_product from public;
grant execute on function private.summarize_product to authenticated, service_role;
