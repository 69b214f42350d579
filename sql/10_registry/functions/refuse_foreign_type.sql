-- A type of a client is for its devices only: whoever sees a sensor can also see what it measures. To callers
-- who do not see the type it does not exist. Type and device are locked, so that neither moves to another
-- client meanwhile. Called for types beyond those of the contract, when a sensor gets its type or another
-- device.
-- Security definer: looks at types and devices that the caller may not see. Trigger function.
-- Raises PT409 CONFLICT, 23503 (foreign_key_violation).
create function private.refuse_foreign_type() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_type public."TbTipoSensor";
  v_client integer;
begin
  select * into v_type from public."TbTipoSensor" t where t.id = new."cdTipoSensor"
  for key share;
  if v_type."cdCliente" is not null then
    select d."cdCliente" into v_client from public."TbDispositivo" d
    where d."cdDispositivo" = new."cdDispositivo" for share;
    if v_client is distinct from v_type."cdCliente" then
      if v_type."cdCliente" = any (private.visible_clients()) or private.is_service() then
        raise sqlstate 'PT409' using hint = 'CONFLICT',
          message = 'cdTipoSensor: the type belongs to another client than the device',
          detail = 'Use a type of the client of the device, or one that belongs to no client.';
      end if;
      raise foreign_key_violation using constraint = 'TbSensor_cdTipoSensor_fkey', table = 'TbSensor',
        message = 'insert or update on table "TbSensor" violates foreign key constraint '
                  '"TbSensor_cdTipoSensor_fkey"',
        detail = format('Key (cdTipoSensor)=(%s) is not present in table "TbTipoSensor".',
                        new."cdTipoSensor");
    end if;
  end if;
  if v_type."cdStatus" = 'encerrado'
     and (tg_op = 'INSERT' or new."cdTipoSensor" is distinct from old."cdTipoSensor") then
    raise sqlstate 'PT409' using message = 'cdTipoSensor: the type has been retired', hint = 'CONFLICT',
      detail = 'Use another, or set its cdStatus to ativo.';
  end if;
  return new;
end
$$;
comment on function private.refuse_foreign_type is
  'Refuses sensors with a type of another client, or a retired one.';
revoke all on function private.refuse_foreign_type from public;
