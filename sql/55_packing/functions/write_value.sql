-- The owner writes to the view TbSensorRegistro as to a table, see private.write_position.
-- Trigger function. Raises feature_not_supported.
create function private.write_value() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from pg_namespace n where n.nspname = 'conversao') then
    return coalesce(new, old);
  end if;
  if tg_op <> 'INSERT' then
    delete from series."TbSensorRegistro" r
    where r."cdSensor" = old."cdSensor" and r."dtRegistro" = old."dtRegistro"
      and r."cdCliente" = old."cdCliente";
    if not found then
      raise feature_not_supported using message = format(
        'The value of sensor %s of %s is packed and cannot be changed', old."cdSensor", old."dtRegistro");
    end if;
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  new."nrQualidade" := coalesce(new."nrQualidade", 0);
  insert into series."TbSensorRegistro" select new.*;
  return new;
end
$$;
comment on function private.write_value is
  'Writes to series."TbSensorRegistro" what the owner writes to the view.';
revoke all on function private.write_value from public;
