-- Names are stored in Unicode's normal form C, without spaces around them, so that no two look the same. What
-- is stored has been converted to the unit of its type, and only devices of its client may use it, so that
-- both are final once a sensor has the type: not only once it has values, as some may be on their way. A
-- sensor that is being made is waited for.
-- Security definer: a type may be used by sensors that the caller does not see. Trigger function.
-- Raises PT409 CONFLICT.
create function private.check_sensor_type() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  new."dsNome" := normalize(btrim(new."dsNome"), nfc);
  new."dsUnidade" := nullif(normalize(btrim(new."dsUnidade"), nfc), '');
  if tg_op = 'UPDATE'
     and (new."dsUnidade", new."cdCliente") is distinct from (old."dsUnidade", old."cdCliente") then
    perform from public."TbTipoSensor" t where t.id = old.id for update;
    if exists (select from public."TbSensor" s where s."cdTipoSensor" = old.id) then
      raise sqlstate 'PT409' using hint = 'CONFLICT',
        message = 'dsUnidade and cdCliente cannot change: sensors have this type',
        detail = 'Their values are stored in its unit. Create another type for other sensors.';
    end if;
  end if;
  return new;
end
$$;
comment on function private.check_sensor_type is
  'Normalizes names of sensor types, and keeps unit and client of those in use.';
revoke all on function private.check_sensor_type from public;
