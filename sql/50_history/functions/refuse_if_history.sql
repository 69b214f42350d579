-- What has history can be retired, but not deleted: a device with positions or values, a sensor with values,
-- an address that positions refer to. Trigger function; private.lock_before_delete runs before it.
-- Security definer: the check must see rows that the person who deletes may not see. Raises PT409 CONFLICT.
create function private.refuse_if_history() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_table_name = 'TbDispositivo' and (
       exists (select from series."TbPosicao" p
               where p."cdDispositivo" = (to_jsonb(old) ->> 'cdDispositivo')::integer)
       or exists (select from public."TbSensorVinculo" v
                  join series."TbSensorRegistro" r
                    on r."cdSensor" = v."cdSensor" and r."cdDispositivo" = v."cdDispositivo"
                  where v."cdDispositivo" = (to_jsonb(old) ->> 'cdDispositivo')::integer))
     or tg_table_name = 'TbSensor' and exists (
       select from series."TbSensorRegistro" r where r."cdSensor" = (to_jsonb(old) ->> 'cdSensor')::integer)
     or tg_table_name = 'TbEndereco' and exists (
       select from series."TbPosicao" p where p."cdEndereco" = (to_jsonb(old) ->> 'cdEndereco')::integer) then
    raise sqlstate 'PT409' using hint = 'CONFLICT',
      message = format('This row of %s has history and cannot be deleted', tg_table_name),
      detail = 'Retire it instead: set cdStatus to encerrado, or leave the sensor unused.';
  end if;
  return old;
end
$$;
comment on function private.refuse_if_history is
  'Rejects the deletion of a device, sensor or address that has history.';
revoke all on function private.refuse_if_history from public;
