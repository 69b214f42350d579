-- The values of an element, and what its meta says of points that the device has and that the values do not
-- name. What cannot be a value is left out: it never makes the element fail. What the values name is hashed,
-- as both may be many. Called by private.read_elements, only for elements with meta of an allowed size.
create function private.with_meta_points(p_device integer, p_sensors jsonb, p_meta jsonb) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when jsonb_typeof(p_meta) <> 'object' or jsonb_typeof(coalesce(p_sensors, '[]')) <> 'array' then p_sensors
    else nullif(coalesce(p_sensors, '[]') || coalesce((
      select jsonb_agg(jsonb_build_object('cdSensor', k."cdSensor", f.field, m.value) order by k."cdSensor")
      from jsonb_each(p_meta) m
      cross join lateral ( -- by its name, one by one: a device may have many sensors
        select s."cdSensor", s."dsPonto" from public."TbSensor" s
        where s."cdDispositivo" = p_device and s."dsPonto" = normalize(m.key, nfc)
        offset 0
      ) k
      cross join lateral (
        select case jsonb_typeof(m.value)
          when 'number' then case when private.read_measure(m.value) is not null then 'nrValor' end
          when 'boolean' then 'blValor'
          when 'string' then 'dsValor'
        end as field) f
      where f.field is not null
        and to_jsonb(k."cdSensor") not in (
          select v -> 'cdSensor' from jsonb_array_elements(coalesce(p_sensors, '[]')) v where v ? 'cdSensor')
        and k."dsPonto" not in (
          select n from jsonb_array_elements(coalesce(p_sensors, '[]')) v
          cross join unnest(private.point_names(v ->> 'dsPonto')) n where n is not null)), '[]'), '[]')
  end
$$;
comment on function private.with_meta_points is 'The values of an element with those that its meta has.';
revoke all on function private.with_meta_points from public;
