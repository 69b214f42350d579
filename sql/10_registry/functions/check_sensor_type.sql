-- Names are stored in Unicode's normal form C, without spaces around them, so that no two look the same. What
-- is stored has been converted to the unit of its type, and only devices of its client may use it, so that
-- both are final once a sensor has the type: not only once it has values, as some may be on their way. A
-- sensor that is being made is waited for. How values are summed up is final once there are some. The history
-- of former owners names types of sensors that have another one now: they are in use as well.
-- Security definer: a type may be used by sensors that the caller does not see. Trigger function.
-- Raises PT409 CONFLICT.
create function private.check_sensor_type() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  new."dsNome" := normalize(btrim(new."dsNome"), nfc);
  new."dsUnidade" := nullif(normalize(btrim(new."dsUnidade"), nfc), '');
  if tg_op = 'UPDATE' and (new."dsUnidade", new."cdCliente", new."dsAgregacao")
       is distinct from (old."dsUnidade", old."cdCliente", old."dsAgregacao") then
    perform from public."TbTipoSensor" t where t.id = old.id for update;
    if (new."dsUnidade", new."cdCliente") is distinct from (old."dsUnidade", old."cdCliente")
       and (exists (select from public."TbSensor" s where s."cdTipoSensor" = old.id)
            or private.is_former_type(old.id)) then
      raise sqlstate 'PT409' using hint = 'CONFLICT',
        message = 'dsUnidade and cdCliente cannot change: sensors have this type',
        detail = 'Their values are stored in its unit. Create another type for other sensors.';
    end if;
    if new."dsAgregacao" <> old."dsAgregacao" and (
         private.has_values(array(
           select s."cdSensor" from public."TbSensor" s where s."cdTipoSensor" = old.id))
         or private.is_former_type(old.id)) then
      raise sqlstate 'PT409' using hint = 'CONFLICT',
        message = 'dsAgregacao cannot change: sensors of this type have values',
        detail = 'They are summed up as it says. Create another type for other sensors.';
    end if;
  end if;
  return new;
end
$$;
comment on function private.check_sensor_type is
  'Normalizes names of sensor types, and keeps unit, client and dsAgregacao of those in use.';
revoke all on function private.check_sensor_type from public;
