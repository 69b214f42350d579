-- A client has 500 sensor types at most: whoever registers a sensor by the name of its type, and every list
-- of types, looks through them. The row of the client is locked, so that two who make types count each
-- other's. Trigger function; after the row, so that policies have refused types for clients of others.
-- Security definer: counts types that the caller may not see. Raises PT409 CONFLICT.
create function private.limit_sensor_types() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public."TbCliente" c where c."cdCliente" = new."cdCliente" for no key update;
  if (select count(*) from (
        select from public."TbTipoSensor" t where t."cdCliente" = new."cdCliente" limit 501) k) > 500 then
    raise sqlstate 'PT409' using hint = 'CONFLICT',
      message = 'A client can have 500 sensor types at most',
      detail = 'Sensors that measure the same share a type. Delete types that no sensor has.';
  end if;
  return null;
end
$$;
comment on function private.limit_sensor_types is 'Refuses more than 500 sensor types of a client.';
revoke all on function private.limit_sensor_types from public;
