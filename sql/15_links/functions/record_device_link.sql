-- Records every owner and site a device ever had; their foreign keys protect what history may point to. A
-- former owner's history keeps the measuring window that the device had when it moved, and what its sensors
-- were: with the new owner's it could be hidden.
-- Security definer: API roles may not write TbDispositivoVinculo.
create function private.record_device_link() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' and new."cdCliente" is distinct from old."cdCliente" then
    update public."TbDispositivoVinculo" v
    set "dtFim" = w.ends, "horarioMedicaoInicio" = w.opens, "horarioMedicaoFim" = w.closes
    from (values (old."cdCliente", now(), old."horarioMedicaoInicio", old."horarioMedicaoFim"),
                 (new."cdCliente", null, null, null)) as w(client, ends, opens, closes)
    where v."cdDispositivo" = new."cdDispositivo" and v."cdCliente" = w.client;
    perform private.keep_former_sensors(
      array(select s."cdSensor" from public."TbSensor" s where s."cdDispositivo" = new."cdDispositivo"),
      old."cdCliente");
  end if;
  insert into public."TbDispositivoVinculo" ("cdDispositivo", "cdCliente", "cdDestinatario")
  values (new."cdDispositivo", new."cdCliente", new."cdDestinatario")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.record_device_link is 'Records the owner and site of a device.';
revoke all on function private.record_device_link from public;
