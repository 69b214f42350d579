-- Notes every owner and site of a device, every device and item of a sensor, and every client at an address. Security definer: nobody writes these
-- tables by hand.
create function private.anotar_vinculo_dispositivo() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbDispositivoVinculo" ("cdDispositivo", "cdCliente", "cdDestinatario")
  values (new."cdDispositivo", new."cdCliente", new."cdDestinatario")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.anotar_vinculo_dispositivo() is 'Notes the owner and site of a device.';
revoke all on function private.anotar_vinculo_dispositivo() from public;

create function private.anotar_vinculo_sensor() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo", "cdProdutoItem")
  values (new."cdSensor", new."cdDispositivo", new."cdProdutoItem")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.anotar_vinculo_sensor() is 'Notes the device and product item of a sensor.';
revoke all on function private.anotar_vinculo_sensor() from public;

create function private.anotar_vinculo_endereco() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbEnderecoVinculo" ("cdEndereco", "cdCliente")
  values (new."cdEndereco", new."cdCliente")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.anotar_vinculo_endereco() is 'Notes the client of a report at an address.';
revoke all on function private.anotar_vinculo_endereco() from public;

create trigger "TbDispositivo_vinculo" after insert or update of "cdCliente", "cdDestinatario" on public."TbDispositivo"
  for each row execute function private.anotar_vinculo_dispositivo();
create trigger "TbSensor_vinculo" after insert or update of "cdDispositivo", "cdProdutoItem" on public."TbSensor"
  for each row execute function private.anotar_vinculo_sensor();
-- Few reports come with an address: a condition a row costs ingestion nothing, a statement's trigger would.
create trigger "TbPosicao_vinculo" after insert or update of "cdEndereco" on public."TbPosicao"
  for each row when (new."cdEndereco" is not null) execute function private.anotar_vinculo_endereco();
comment on trigger "TbPosicao_vinculo" on public."TbPosicao" is 'Keeps TbEnderecoVinculo.';
comment on trigger "TbDispositivo_vinculo" on public."TbDispositivo" is 'Keeps TbDispositivoVinculo.';
comment on trigger "TbSensor_vinculo" on public."TbSensor" is 'Keeps TbSensorVinculo.';
