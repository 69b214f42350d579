-- A number in the unit of its sensor's type, computed in decimals, so that equal values stay equal. A type
-- without a unit takes any, and one whose unit is not in TbUnidade takes its own only. Null when the units
-- measure different things. Called by private.read_values, only for values that are sent with a unit.
create function private.in_sensor_unit(p_value jsonb, p_unit jsonb, p_sensor integer) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when jsonb_typeof(p_unit) <> 'string' or p_sensor is null then null
    when own.unit is null or sent.unit in ('', own.unit) or private.read_measure(p_value) is null then p_value
    else (
      select case
        when s."dsUnidade" = o."dsUnidade" then p_value
        else to_jsonb((p_value::numeric * s."nrFator" + s."nrDeslocamento" - o."nrDeslocamento")
                      / o."nrFator")
      end
      from private."TbUnidade" s
      join private."TbUnidade" o on o."dsUnidadeBase" = s."dsUnidadeBase"
      where s."dsUnidade" in (sent.unit, lower(sent.unit)) and o."dsUnidade" in (own.unit, lower(own.unit))
      order by s."dsUnidade" = sent.unit desc, o."dsUnidade" = own.unit desc limit 1)
  end
  from (select trim(p_unit #>> '{}') as unit) sent
  left join (
    select nullif(trim(t."dsUnidade"), '') as unit
    from public."TbSensor" k
    join public."TbTipoSensor" t on t.id = k."cdTipoSensor"
    where k."cdSensor" = p_sensor
  ) own on true
$$;
comment on function private.in_sensor_unit is 'A number in the unit of its sensor; null if it cannot be one.';
revoke all on function private.in_sensor_unit from public;
