-- The sensor values of one element, with the first error among them as 'CODE text'.
-- Inlined into the statement that reads the whole batch (private.read_elements): no SET clause, full names.
create function private.read_values(p_device integer, p_client integer, p_sensors jsonb)
returns table (sensor_values private.checked_value[], names_item boolean, "dsErro" text)
language sql stable as $$
  select coalesce(array_agg(row(
           s."cdSensor", v.value, r.boolean_value, r.text_value, coalesce(r.item, s."cdProdutoItem"),
           r.item is not null, r.quality, null, null
         )::private.checked_value), '{}'),
         coalesce(bool_or(r.item is not null), false),
         min(case
           when c.is_plain and s."cdSensor" is not null and v.value is not null
             and (c.sensor is null or c.point is null) then null
           when jsonb_typeof(o.j) <> 'object' then format('MALFORMED sensores[%s] is not an object', o.n - 1)
           when r.unknown_fields <> '{}'
             then format('MALFORMED sensores[%s] has unknown fields: %s', o.n - 1,
                         (select string_agg(k, ', ') from jsonb_object_keys(r.unknown_fields) k))
           when num_nonnulls(c.sensor, c.point) <> 1
             then format('MALFORMED sensores[%s] needs either cdSensor or dsPonto', o.n - 1)
           when num_nonnulls(c.value, r.sent_boolean, r.sent_text) <> 1
             then format('MALFORMED sensores[%s] needs exactly one of nrValor, blValor and dsValor', o.n - 1)
           when s."cdSensor" is null then private.sensor_error(o.n, c.sensor, c.point)
           when v.value is null and r.unit is not null and private.read_measure(c.value) is not null
             then private.unit_error(o.n, r.unit, private.unit_of_type(s.sensor_type))
           when num_nonnulls(v.value, r.boolean_value, r.text_value) <> 1
             or r.sent_quality is not null and r.quality is null
             or r.sent_item is not null and (r.item = s."cdProdutoItem") is not true
             then private.value_error(o.n, o.j, p_client, s."cdProdutoItem")
         end)
  from jsonb_array_elements(case when jsonb_typeof(p_sensors) = 'array' then p_sensors else '[]' end)
       with ordinality as o(j, n)
  cross join lateral (
    select nullif(o.j -> 'cdSensor', 'null') as sensor, nullif(o.j -> 'nrValor', 'null') as value,
           nullif(o.j -> 'dsPonto', 'null') as point,
           case when jsonb_typeof(o.j) = 'object' then o.j - '{cdSensor,dsPonto,nrValor}'::text[] = '{}'
                else false end as is_plain
    offset 0 -- each field is taken out once
  ) c
  left join lateral ( -- nearly all have those members only; the rest is then not looked at
    select f.*,
           case when jsonb_typeof(f.sent_boolean) = 'boolean'
             then f.sent_boolean::boolean end as boolean_value,
           case when jsonb_typeof(f.sent_text) = 'string' then f.sent_text #>> '{}' end as text_value,
           private.read_integer(f.sent_item) as item,
           case when f.sent_quality in ('0', '1', '2') then f.sent_quality::smallint end as quality,
           case when jsonb_typeof(o.j) = 'object'
             then o.j
               - '{cdSensor,dsPonto,nrValor,blValor,dsValor,cdProdutoItem,nrQualidade,dsUnidade}'::text[]
           end as unknown_fields
    from (
      select nullif(o.j -> 'blValor', 'null') as sent_boolean, nullif(o.j -> 'dsValor', 'null') as sent_text,
             nullif(o.j -> 'cdProdutoItem', 'null') as sent_item,
             nullif(o.j -> 'nrQualidade', 'null') as sent_quality, nullif(o.j -> 'dsUnidade', 'null') as unit
      offset 0
    ) f
    where not c.is_plain
    offset 0
  ) r on true
  left join lateral ( -- by its key, one by one: a device may have many sensors
    select k."cdSensor", k."cdProdutoItem", k."cdTipoSensor" as sensor_type from public."TbSensor" k
    where k."cdDispositivo" = p_device and k."cdSensor" = case
      when c.sensor is not null then private.read_integer(c.sensor)
      when jsonb_typeof(c.point) = 'string' then coalesce(
        (select n."cdSensor" from public."TbSensor" n
         where n."cdDispositivo" = p_device and n."dsPonto" = c.point #>> '{}'),
        -- a name that is unique in the world is registered without what names the device
        case when c.point::text ~ '[:/\u0080-\U0010ffff]' then (
          select n."cdSensor" from public."TbSensor" n
          where n."cdDispositivo" = p_device and n."dsPonto" = any (private.point_names(c.point #>> '{}'))
          order by length(n."dsPonto") desc limit 1) end)
    end
    offset 0
  ) s on true
  cross join lateral ( -- read_measure is inlined for a plain column only
    select case when r.unit is null then private.read_measure(c.value)
             else private.read_measure(private.in_sensor_unit(
               c.value, r.unit, private.unit_of_type(s.sensor_type), (select private.unit_rules())))
           end as value
    offset 0
  ) v
$$;
comment on function private.read_values is 'Sensor values of one element, and what is wrong with them.';
revoke all on function private.read_values from public;
