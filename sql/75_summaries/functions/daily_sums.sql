-- Rows of public.get_somas_diarias: counts and sums of devices by type of sensor, one for each of p_days.
-- Who may call it: every API role; row-level security decides which devices and values.
-- Raises PT400 RANGE_TOO_WIDE (private.require_few_hours).
create function private.daily_sums(p_devices integer[], p_types bigint[], p_since timestamp,
  p_until timestamp, p_zone text, p_days date[]) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if cardinality(p_days) = 0 then
    return json '[]';
  end if;
  return (
    with part as materialized (
      select s."cdDispositivo" as device, s."cdTipoSensor" as type,
             (s."dtBucket" at time zone 'UTC' at time zone p_zone)::date - p_days[1] + 1 as n,
             sum(s."nrQtd")::bigint as quantity, sum(s."nrSoma") as total
      from private.sum_devices(
        private.zone_bucket_minutes(p_since, p_until, p_zone), p_devices, p_types, p_since, p_until,
        'daily', p_zone) s
      group by 1, 2, 3
    ), target as (
      select distinct s."cdDispositivo" as device, s."cdTipoSensor" as type
      from private.sensors_of_devices(p_devices, p_types) s
    ), entry as (
      select t.device, t.type,
             json_agg(coalesce(p.quantity, 0) order by d.n) as quantities,
             json_agg(private.finite(coalesce(p.total, 0)) order by d.n) as totals
      from target t cross join generate_series(1, cardinality(p_days)) d(n)
      left join part p on p.device = t.device and p.type = t.type and p.n = d.n
      group by 1, 2
    )
    select coalesce(json_agg(json_build_object(
             'cdDispositivo', e.device, 'cdTipoSensor', e.type, 'nrQtd', e.quantities, 'nrSoma', e.totals)
             order by e.device, e.type), '[]')
    from entry e);
end
$$;
comment on function private.daily_sums is 'Counts and sums of devices by type of sensor and day.';
revoke all on function private.daily_sums from public;
grant execute on function private.daily_sums to authenticated, service_role;
