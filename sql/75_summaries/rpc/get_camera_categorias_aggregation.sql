-- Who passed the cameras of a product, by hour of the day and category: masculino, feminino, crianca, jovem,
-- adulto, senior, alegre, concentrado, neutro.
-- p_cd_produto            the product; of its devices those in p_cd_dispositivos and of p_cd_cliente, where
--                         given
-- p_dt_inicio, p_dt_fim   both ends included
-- p_fuso                  time zone of the hours
-- {labels, overall: {category: [one per label]}, datasets: [{cdDispositivo, data: {category: total}}],
-- total: {category: total}, record_count, last_read (UTC), has_category_sensors,
-- complete}
-- Who: callers with the permission read; row-level security decides which devices and values.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_camera_categorias_aggregation(p_cd_produto integer, p_dt_inicio timestamptz,
  p_dt_fim timestamptz, p_cd_dispositivos integer[] default null, p_cd_cliente integer default null,
  p_fuso text default 'America/Sao_Paulo') returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := p_dt_inicio at time zone 'UTC';
  v_until timestamp := least(p_dt_fim at time zone 'UTC', '10000-01-01') + interval '1 microsecond';
  v_names text[] := array[
    'masculino', 'feminino', 'crianca', 'jovem', 'adulto', 'senior', 'alegre', 'concentrado', 'neutro'];
  v_types bigint[] := private.sensor_types(v_names);
  v_devices integer[];
  v_minutes integer;
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_cd_dispositivos);
  perform private.require_summary_arguments(
    p_cd_produto, p_dt_inicio, p_dt_fim, 'hourly', '{hourly}', p_fuso);
  v_devices := private.devices_of_product(p_cd_produto, p_cd_dispositivos, p_cd_cliente);
  v_minutes := private.zone_bucket_minutes(v_since, v_until, p_fuso);
  return (
    with value_sum as materialized (
      select * from private.sum_devices(
        v_minutes, v_devices, v_types, v_since, v_until, 'hourly', p_fuso)
    ), bucket as materialized (
      select b.bucket, private.axis_label('hourly', b.bucket at time zone 'UTC' at time zone p_fuso) as label
      from (select distinct s."dtBucket" as bucket from value_sum s) b
    ), part as materialized (
      select s."cdDispositivo" as device, s."cdTipoSensor" as sensor_type, b.label,
             sum(s."nrQtd") as quantity, sum(s."nrSoma") as value_sum
      from value_sum s join bucket b on b.bucket = s."dtBucket"
      group by 1, 2, 3
    ), category as (
      select c.sensor_type, c.name from unnest(v_types, v_names) as c(sensor_type, name)
    ), hour as (
      select c.name, json_agg(private.finite(coalesce(p.value_sum, 0)) order by e.label) as data,
             private.finite(sum(coalesce(p.value_sum, 0))) as total
      from category c cross join unnest(private.axis_labels('hourly', null)) as e(label)
      left join (select p.sensor_type, p.label, sum(p.value_sum) as value_sum from part p group by 1, 2) p
        on p.sensor_type = c.sensor_type and p.label = e.label
      group by c.name
    ), dataset as (
      select d.device,
             json_object_agg(c.name, private.finite(coalesce(p.value_sum, 0)) order by c.sensor_type) as data
      from unnest(v_devices) as d(device) cross join category c
      left join (select p.device, p.sensor_type, sum(p.value_sum) as value_sum from part p group by 1, 2) p
        on p.device = d.device and p.sensor_type = c.sensor_type
      group by d.device
    )
    select json_build_object(
      'labels', private.axis_labels('hourly', null),
      'overall', (select json_object_agg(h.name, h.data) from hour h),
      'datasets', (
        select coalesce(json_agg(json_build_object('cdDispositivo', c.device, 'data', c.data)
                                 order by c.device), '[]')
        from dataset c),
      'total', (select json_object_agg(h.name, h.total) from hour h),
      'record_count', (select coalesce(sum(p.quantity), 0) from part p),
      'last_read', private.last_value_time(v_devices, v_types, v_since, v_until),
      'has_category_sensors', exists (
        select from public."TbSensor" s
        where s."cdDispositivo" = any (v_devices) and s."cdTipoSensor" = any (v_types)),
      'complete', private.sums_are_complete(v_minutes, v_devices, v_types, v_since, v_until)));
end
$$;
comment on function public.get_camera_categorias_aggregation is
  'Whom the cameras of a product saw: sex, age and mood, by hour of the day.';
revoke all on function public.get_camera_categorias_aggregation from public;
grant execute on function public.get_camera_categorias_aggregation to authenticated, service_role;
