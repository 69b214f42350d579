-- What the sensors of devices add up to, a row for each visible device:
-- [{cdDispositivo, nrPorta, nrTemp, …, tiposSensores}]. See private.aggregate_devices.
-- p_dispositivos            devices
-- p_dt_inicio, p_dt_fim     both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which devices and values.
create function public.get_device_aggregations(p_dispositivos integer[], p_dt_inicio timestamptz default null,
                                               p_dt_fim timestamptz default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('read');
  perform private.require_few('dispositivos', p_dispositivos);
  return (
    select coalesce(json_agg(a order by a."cdDispositivo"), '[]')
    from private.aggregate_devices(
      p_dispositivos, coalesce(p_dt_inicio at time zone 'UTC', '-infinity'),
      case when p_dt_fim < '10000-01-01Z' then p_dt_fim at time zone 'UTC' + interval '1 microsecond'
           else 'infinity' end) a);
end
$$;
comment on function public.get_device_aggregations is
  'What the sensors of devices add up to: doors, people, temperature, items, categories of cameras.';
revoke all on function public.get_device_aggregations from public;
grant execute on function public.get_device_aggregations to authenticated, service_role;
