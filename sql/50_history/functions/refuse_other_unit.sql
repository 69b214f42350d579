-- Values are stored in the unit of the sensor's type and summed up as it says: with a type of another unit or
-- dsAgregacao a sensor's history would silently mean something else. What counts are the values of the
-- clients whose device the sensor is on, before and after the change: what a former owner received keeps the
-- type that it had (private.keep_former_sensors). Only when there are none, ingestion is shut out until the
-- change has committed, as some may be on their way: once for a statement and after all else it does, and for
-- a bounded number of sensors, since everybody's readings wait. PostgreSQL adds to both transition tables row
-- by row, so that both have the same order. Trigger function.
-- Security definer: API roles have no rights on the lock, and may not see all values.
-- Raises PT409 CONFLICT, PT413 TOO_LARGE, PT503 BUSY.
create function private.refuse_other_unit() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_changes jsonb;
  v_valued record;
begin
  select jsonb_agg(to_jsonb(c) || jsonb_build_object(
    'old_unit', f."dsUnidade", 'old_sum', f."dsAgregacao", 'unit', t."dsUnidade", 'sum', t."dsAgregacao"))
  into v_changes
  from unnest(
    array(select o."cdSensor" from old_rows o), array(select o."cdDispositivo" from old_rows o),
    array(select n."cdDispositivo" from new_rows n), array(select o."cdTipoSensor" from old_rows o),
    array(select n."cdTipoSensor" from new_rows n)) c(sensor, old_device, device, old_type, type)
  join public."TbTipoSensor" f on f.id = c.old_type
  join public."TbTipoSensor" t on t.id = c.type
  where c.type <> c.old_type
    and (t."dsAgregacao" <> f."dsAgregacao" or not private.is_same_unit(f."dsUnidade", t."dsUnidade"));
  if v_changes is null then
    return null;
  end if;
  if jsonb_array_length(v_changes) > 500 then
    raise sqlstate 'PT413' using hint = 'TOO_LARGE',
      message = 'One request gives at most 500 sensors a type of another unit or dsAgregacao',
      detail = 'Nothing has been changed. Send several requests.';
  end if;
  for v_round in 1..2 loop
    select c.* into v_valued
    from jsonb_to_recordset(v_changes) as c(sensor integer, old_device integer, device integer, type bigint,
                                            old_unit text, old_sum text, unit text, sum text)
    where private.has_values(array[c.sensor], array[c.old_device, c.device])
    limit 1;
    if found then
      raise sqlstate 'PT409' using hint = 'CONFLICT',
        message = format('cdTipoSensor: the sensor has values in %s (dsAgregacao %s); those of type %s are '
                         'in %s (%s)', coalesce(v_valued.old_unit, 'no unit'), v_valued.old_sum,
                         v_valued.type, coalesce(v_valued.unit, 'no unit'), v_valued.sum),
        detail = 'Register another sensor with the new type, or use a type of the same unit and dsAgregacao.';
    end if;
    if v_round = 1 then
      perform private.shut_out_ingestion();
    end if;
  end loop;
  return null;
end
$$;
comment on function private.refuse_other_unit is
  'Refuses a type of another unit or dsAgregacao for a sensor that has values.';
revoke all on function private.refuse_other_unit from public;
