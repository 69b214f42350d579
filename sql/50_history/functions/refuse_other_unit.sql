-- Values are stored in the unit of the sensor's type and summed up as it says: with a type of another unit or
-- dsAgregacao a sensor's history would silently mean something else. What counts are the values of the
-- clients whose device the sensor is on, before and after the change: what a former owner received keeps the
-- type that it had (private.keep_former_sensors). Only when there are none, ingestion is shut out until the
-- change has committed, as some may be on their way. Trigger function, after private.refuse_foreign_type.
-- Security definer: API roles have no rights on private.lock_ingestion, and may not see all values.
-- Raises PT409 CONFLICT.
create function private.refuse_other_unit() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_old public."TbTipoSensor";
  v_new public."TbTipoSensor";
begin
  select * into v_old from public."TbTipoSensor" t where t.id = old."cdTipoSensor";
  select * into v_new from public."TbTipoSensor" t where t.id = new."cdTipoSensor";
  if v_new.id is null or v_new."dsAgregacao" = v_old."dsAgregacao"
     and private.is_same_unit(v_old."dsUnidade", v_new."dsUnidade") then
    return new;
  end if;
  if not private.has_values(array[old."cdSensor"], array[old."cdDispositivo", new."cdDispositivo"]) then
    perform private.lock_ingestion(true);
    if not private.has_values(array[old."cdSensor"], array[old."cdDispositivo", new."cdDispositivo"]) then
      return new;
    end if;
  end if;
  raise sqlstate 'PT409' using hint = 'CONFLICT',
    message = format('cdTipoSensor: the sensor has values in %s (dsAgregacao %s); those of type %s are in %s '
                     '(%s)', coalesce(v_old."dsUnidade", 'no unit'), v_old."dsAgregacao", v_new.id,
                     coalesce(v_new."dsUnidade", 'no unit'), v_new."dsAgregacao"),
    detail = 'Register another sensor with the new type, or use a type of the same unit and dsAgregacao.';
end
$$;
comment on function private.refuse_other_unit is
  'Refuses a type of another unit or dsAgregacao for a sensor that has values.';
revoke all on function private.refuse_other_unit from public;
