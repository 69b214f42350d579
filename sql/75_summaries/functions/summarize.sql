-- A chart of one type of sensor: {labels, datasets: [{cdDispositivo, data}], overall, total, record_count,
-- last_read, complete (private.sums_are_complete)}. Means are weighted by values and null where there is
-- none; sums are 0. Part of private.summarize_product.
-- Who may call it: every API role; row-level security decides which values.
create function private.summarize(p_devices integer[], p_sensor_type bigint, p_start timestamptz,
  p_end timestamptz, p_type text, p_zone text, p_mean boolean) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := p_start at time zone 'UTC';
  v_until timestamp := least(p_end at time zone 'UTC', '10000-01-01') + interval '1 microsecond';
  v_minutes integer := private.zone_bucket_minutes(v_since, v_until, p_zone);
begin
  return (
    with value_sum as materialized (
      select * from private.sum_devices(
        v_minutes, p_devices, array[p_sensor_type], v_since, v_until, p_type, p_zone)
    ), bucket as materialized (
      select b.bucket, private.axis_label(p_type, b.bucket at time zone 'UTC' at time zone p_zone) as label
      from (select distinct s."dtBucket" as bucket from value_sum s) b
    ), axis as materialized (
      select r.label, r.n
      from unnest(private.axis_labels(p_type, array(select b.label from bucket b)))
        with ordinality as r(label, n)
    ), place as materialized (
      select b.bucket, e.n from bucket b join axis e on e.label = b.label
    ), part as materialized (
      select s."cdDispositivo" as device, l.n,
             sum(s."nrQtd")::bigint as quantity, sum(s."nrSoma") as value_sum
      from value_sum s join place l on l.bucket = s."dtBucket"
      group by 1, 2
    ), overall as (
      select e.n, case when p_mean then private.ratio(sum(p.value_sum), sum(p.quantity))
                       else coalesce(sum(p.value_sum), 0) end as value
      from axis e left join part p on p.n = e.n
      group by e.n
    ), dataset as (
      select d.device,
             coalesce(json_agg(private.finite(case when p_mean then private.ratio(p.value_sum, p.quantity)
                                                   else coalesce(p.value_sum, 0) end)
                               order by e.n) filter (where e.n is not null), '[]') as data
      from unnest(p_devices) as d(device) left join axis e on true
      left join part p on p.n = e.n and p.device = d.device
      group by d.device
    )
    select json_build_object(
      'labels', (select coalesce(json_agg(e.label order by e.n), '[]') from axis e),
      'datasets', (
        select coalesce(json_agg(json_build_object('cdDispositivo', c.device, 'data', c.data)
                                 order by c.device), '[]')
        from dataset c),
      'overall', (select coalesce(json_agg(private.finite(g.value) order by g.n), '[]') from overall g),
      'total', (select private.finite(case when p_mean then private.ratio(sum(p.value_sum), sum(p.quantity))
                                           else coalesce(sum(p.value_sum), 0) end) from part p),
      'record_count', (select coalesce(sum(p.quantity), 0) from part p),
      'last_read', private.last_value_time(p_devices, array[p_sensor_type], v_since, v_until),
      'complete', private.sums_are_complete(
        v_minutes, p_devices, array[p_sensor_type], v_since, v_until)));
end
$$;
comment on function private.summarize is
  'A chart of what sensors of one type measured: by device and over all.';
revoke all on function private.summarize from public;
grant execute on function private.summarize to authenticated, service_role;
