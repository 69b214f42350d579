-- The logins of devices that are valid now, with the client of the device and that client's parent; a device
-- without a client has none.
-- Security definer: the role rastro_broker has no rights on tables. Who may call it: rastro_broker.
create function private.broker_logins()
returns table ("dsUsuario" text, "dsHash" text, "cdCliente" integer, "cdDispositivo" integer,
  "cdClientePai" integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select c."dsUsuario", c."dsHash", d."cdCliente", c."cdDispositivo", o."cdClientePai"
  from public."TbDispositivoCredencial" c
  join public."TbDispositivo" d on d."cdDispositivo" = c."cdDispositivo"
  left join public."TbCliente" o on o."cdCliente" = d."cdCliente"
  where d."cdCliente" is not null and coalesce(c."dtExpiracao", 'infinity') > now()
  order by c."dsUsuario"
$$;
comment on function private.broker_logins is
  'Valid logins of devices at the MQTT broker, with the client that owns each device.';
revoke all on function private.broker_logins from public;
grant execute on function private.broker_logins to rastro_broker;
