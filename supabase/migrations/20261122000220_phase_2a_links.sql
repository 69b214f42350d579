-- Phase 2a, links: time series have no foreign keys, so every pair of device and owner, device and site, sensor and device
-- that ever was is noted by itself. What is linked today is noted now.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/15_links/tables
-- Time series have no foreign keys; these rows have them instead, one per pair that ever was, so that
-- deleting a client, site or product item that history may point to is refused by an ordinary foreign key.
create table public."TbDispositivoVinculo" (
  "cdDispositivoVinculo" bigint generated always as identity primary key,
  "cdDispositivo" integer not null,
  "cdCliente" integer,
  "cdDestinatario" integer,
  "dtInicio" timestamptz not null default now(),
  "dtFim" timestamptz,
  "horarioMedicaoInicio" time,
  "horarioMedicaoFim" time,
  "jsSensores" jsonb,
  unique nulls not distinct ("cdDispositivo", "cdCliente", "cdDestinatario")
);
create index "TbDispositivoVinculo_cdCliente_idx" on public."TbDispositivoVinculo" ("cdCliente");
create index "TbDispositivoVinculo_cdDestinatario_idx" on public."TbDispositivoVinculo" ("cdDestinatario");
alter table public."TbDispositivoVinculo" enable row level security;
revoke all on public."TbDispositivoVinculo" from public, anon, authenticated;
grant select on public."TbDispositivoVinculo" to authenticated, service_role;
comment on table public."TbDispositivoVinculo" is
  'Every owner and site a device ever had. Maintained by triggers.';
comment on column public."TbDispositivoVinculo"."dtInicio" is
  'First time the device had this owner and site.';
comment on column public."TbDispositivoVinculo"."dtFim" is
  'When the device moved to another client; null while this one owns it.';
comment on column public."TbDispositivoVinculo"."horarioMedicaoInicio" is
  'Start of the measuring window of the device at dtFim: the history of a former owner keeps it.';
comment on column public."TbDispositivoVinculo"."horarioMedicaoFim" is
  'End of the measuring window of the device at dtFim.';
comment on column public."TbDispositivoVinculo"."jsSensores" is
  'Sensors that left the client, {cdSensor: [cdTipoSensor, nrUnidadeIni]}: its history keeps what they were.';
-- The addresses of a client's positions, so that a policy need not search all positions.
create table public."TbEnderecoVinculo" (
  "cdEndereco" integer not null,
  "cdCliente" integer not null,
  "dtInicio" timestamptz not null default now(),
  primary key ("cdEndereco", "cdCliente")
);
create index "TbEnderecoVinculo_cdCliente_idx" on public."TbEnderecoVinculo" ("cdCliente");
alter table public."TbEnderecoVinculo" enable row level security;
revoke all on public."TbEnderecoVinculo" from public, anon, authenticated;
grant select on public."TbEnderecoVinculo" to authenticated, service_role;
comment on table public."TbEnderecoVinculo" is
  'Every address at which a client has had a position. Maintained by a trigger.';
comment on column public."TbEnderecoVinculo"."dtInicio" is
  'When a position of the client was first located at this address.';
-- What items were for clients that counted them and that they do not belong to any more. A row is made when
-- the item is changed for the first time afterwards; see private.keep_former_item.
create table private."TbProdutoItemAnterior" (
  "cdProdutoItem" integer not null,
  "cdCliente" integer not null,
  "dsNome" varchar(200),
  "nrPesoUnit" double precision,
  "nrAlt" double precision,
  "dtRegistro" timestamptz not null default now(),
  primary key ("cdProdutoItem", "cdCliente")
);
create index "TbProdutoItemAnterior_cdCliente_idx" on private."TbProdutoItemAnterior" ("cdCliente");
alter table private."TbProdutoItemAnterior" enable row level security;
comment on table private."TbProdutoItemAnterior" is
  'Name, weight and height of items for the history of clients that they do not belong to any more.';
comment on column private."TbProdutoItemAnterior"."cdCliente" is 'The client whose history keeps them.';
create table public."TbSensorVinculo" (
  "cdSensorVinculo" bigint generated always as identity primary key,
  "cdSensor" integer not null,
  "cdDispositivo" integer not null,
  "cdProdutoItem" integer,
  "dtInicio" timestamptz not null default now(),
  unique nulls not distinct ("cdSensor", "cdDispositivo", "cdProdutoItem")
);
create index "TbSensorVinculo_cdDispositivo_idx" on public."TbSensorVinculo" ("cdDispositivo");
create index "TbSensorVinculo_cdProdutoItem_idx" on public."TbSensorVinculo" ("cdProdutoItem");
alter table public."TbSensorVinculo" enable row level security;
revoke all on public."TbSensorVinculo" from public, anon, authenticated;
grant select on public."TbSensorVinculo" to authenticated, service_role;
comment on table public."TbSensorVinculo" is
  'Every device and product item a sensor ever had. Maintained by triggers and ingestion.';
comment on column public."TbSensorVinculo"."dtInicio" is 'First time the sensor had this device and item.';
-- end

-- from sql/15_links/foreign_keys
alter table public."TbDispositivoVinculo" add foreign key ("cdDispositivo")
  references public."TbDispositivo" on delete cascade;
alter table public."TbDispositivoVinculo" add foreign key ("cdCliente") references public."TbCliente";
alter table public."TbDispositivoVinculo" add foreign key ("cdDestinatario")
  references public."TbDestinatario";
alter table public."TbEnderecoVinculo" add foreign key ("cdEndereco")
  references public."TbEndereco" on delete cascade;
alter table public."TbEnderecoVinculo" add foreign key ("cdCliente") references public."TbCliente";
alter table private."TbProdutoItemAnterior" add foreign key ("cdProdutoItem")
  references public."TbProdutoItem" on delete cascade;
alter table private."TbProdutoItemAnterior" add foreign key ("cdCliente")
  references public."TbCliente" on delete cascade;
alter table public."TbSensorVinculo" add foreign key ("cdSensor")
  references public."TbSensor" on delete cascade;
alter table public."TbSensorVinculo" add foreign key ("cdDispositivo") references public."TbDispositivo";
alter table public."TbSensorVinculo" add foreign key ("cdProdutoItem") references public."TbProdutoItem";
-- end

-- from sql/15_links/functions
-- An item that comes to belong to others keeps, for the history of the clients that counted it before, what
-- it was: whoever has it now may rename and reweigh it. Trigger function.
-- Security definer: nobody has rights to write TbProdutoItemAnterior, nor sees the clients of others.
create function private.keep_former_item() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from private."TbProdutoItemAnterior" a
  where a."cdProdutoItem" = new."cdProdutoItem"
    and not private.is_item_of_others(a."cdProdutoItem", a."cdCliente");
  insert into private."TbProdutoItemAnterior" (
    "cdProdutoItem", "cdCliente", "dsNome", "nrPesoUnit", "nrAlt")
  select new."cdProdutoItem", c.client, old."dsNome", old."nrPesoUnit", old."nrAlt"
  from (
    select distinct d."cdCliente" as client
    from public."TbSensorVinculo" v
    join public."TbDispositivoVinculo" d on d."cdDispositivo" = v."cdDispositivo"
    where v."cdProdutoItem" = new."cdProdutoItem" and d."cdCliente" is not null
  ) c
  where private.is_item_of_others(new."cdProdutoItem", c.client)
  on conflict do nothing;
  return null;
end
$$;
comment on function private.keep_former_item is
  'Keeps what an item was for the history of clients that it does not belong to any more.';
revoke all on function private.keep_former_item from public;
-- Type and tare of sensors, for the history of a client that they leave: whoever has them next may change
-- both. Kept with every device of that client that they were ever on. Part of private.record_device_link and
-- private.record_sensor_move.
create function private.keep_former_sensors(p_sensors integer[], p_client integer) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  update public."TbDispositivoVinculo" v
  set "jsSensores" = coalesce(v."jsSensores", '{}') || k.sensors
  from (
    select l."cdDispositivo", jsonb_object_agg(
             s."cdSensor", jsonb_build_array(s."cdTipoSensor", s."nrUnidadeIni")) as sensors
    from public."TbSensor" s
    join public."TbSensorVinculo" l on l."cdSensor" = s."cdSensor"
    where s."cdSensor" = any (p_sensors)
    group by l."cdDispositivo"
  ) k
  where v."cdDispositivo" = k."cdDispositivo" and v."cdCliente" = p_client
$$;
comment on function private.keep_former_sensors is
  'Keeps type and tare of sensors that leave a client, for its history.';
revoke all on function private.keep_former_sensors from public;
-- Records which clients have positions at an address, so that a policy need not search all positions.
-- Security definer: API roles may not write TbEnderecoVinculo.
create function private.record_address_link() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbEnderecoVinculo" ("cdEndereco", "cdCliente")
  values (new."cdEndereco", new."cdCliente")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.record_address_link is 'Records that a client has a position at this address.';
revoke all on function private.record_address_link from public;
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
-- For new devices in one statement, however many, what private.record_device_link does for one that changes.
-- Security definer: API roles may not write TbDispositivoVinculo.
create function private.record_new_devices() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbDispositivoVinculo" ("cdDispositivo", "cdCliente", "cdDestinatario")
  select n."cdDispositivo", n."cdCliente", n."cdDestinatario" from new_rows n
  on conflict do nothing;
  return null;
end
$$;
comment on function private.record_new_devices is 'Records the owners and sites of new devices.';
revoke all on function private.record_new_devices from public;
-- For new sensors in one statement, however many, what private.record_sensor_link does for one that changes.
-- Security definer: API roles may not write TbSensorVinculo.
create function private.record_new_sensors() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo", "cdProdutoItem")
  select n."cdSensor", n."cdDispositivo", n."cdProdutoItem" from new_rows n
  on conflict do nothing;
  return null;
end
$$;
comment on function private.record_new_sensors is 'Records the devices and product items of new sensors.';
revoke all on function private.record_new_sensors from public;
-- Records every device and product item a sensor ever had; their foreign keys protect what history may point
-- to.
-- Security definer: API roles may not write TbSensorVinculo.
create function private.record_sensor_link() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo", "cdProdutoItem")
  values (new."cdSensor", new."cdDispositivo", new."cdProdutoItem")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.record_sensor_link is 'Records the device and product item of a sensor.';
revoke all on function private.record_sensor_link from public;
-- A sensor that moves to a device of another client: see private.keep_former_sensors.
-- Security definer: API roles may not write TbDispositivoVinculo, nor see both devices. Trigger function.
create function private.record_sensor_move() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_client integer := (
    select o."cdCliente" from public."TbDispositivo" o where o."cdDispositivo" = old."cdDispositivo");
begin
  if v_client is distinct from (
       select n."cdCliente" from public."TbDispositivo" n where n."cdDispositivo" = new."cdDispositivo") then
    perform private.keep_former_sensors(array[old."cdSensor"], v_client);
  end if;
  return new;
end
$$;
comment on function private.record_sensor_move is
  'Keeps type and tare of a sensor that moves to a device of another client.';
revoke all on function private.record_sensor_move from public;
-- end

-- from sql/15_links/triggers
create trigger "TbDispositivo_novo" after insert on public."TbDispositivo"
  referencing new table as new_rows
  for each statement execute function private.record_new_devices();
comment on trigger "TbDispositivo_novo" on public."TbDispositivo" is
  'Maintains TbDispositivoVinculo for new devices.';
create trigger "TbDispositivo_vinculo" after update of "cdCliente", "cdDestinatario"
  on public."TbDispositivo"
  for each row execute function private.record_device_link();
comment on trigger "TbDispositivo_vinculo" on public."TbDispositivo" is
  'Maintains TbDispositivoVinculo for devices that change.';
-- Few positions come with an address: a condition per row costs ingestion nothing; a statement-level trigger
-- would. Who carries many that have one records their addresses in one go.
create trigger "TbPosicao_vinculo" after insert or update of "cdEndereco" on series."TbPosicao"
  for each row
  when (new."cdEndereco" is not null
        and current_setting('rastro.address_links', true) is distinct from 'in bulk')
  execute function private.record_address_link();
comment on trigger "TbPosicao_vinculo" on series."TbPosicao" is 'Maintains TbEnderecoVinculo.';
-- After the change: the same statement may have given the item to another client.
create trigger "TbProdutoItem_anterior" after update of "dsNome", "nrPesoUnit", "nrAlt"
  on public."TbProdutoItem"
  for each row when ((old."dsNome", old."nrPesoUnit", old."nrAlt")
                     is distinct from (new."dsNome", new."nrPesoUnit", new."nrAlt"))
  execute function private.keep_former_item();
comment on trigger "TbProdutoItem_anterior" on public."TbProdutoItem" is 'Maintains TbProdutoItemAnterior.';
-- Before the sensor is changed: what it was is kept, not what the same statement makes of it.
create trigger "TbSensor_mudanca" before update of "cdDispositivo" on public."TbSensor"
  for each row when (new."cdDispositivo" <> old."cdDispositivo")
  execute function private.record_sensor_move();
comment on trigger "TbSensor_mudanca" on public."TbSensor" is
  'The history of a former owner keeps type and tare of a sensor that moves to another client.';
create trigger "TbSensor_novo" after insert on public."TbSensor"
  referencing new table as new_rows
  for each statement execute function private.record_new_sensors();
comment on trigger "TbSensor_novo" on public."TbSensor" is
  'Maintains TbSensorVinculo for new sensors.';
create trigger "TbSensor_vinculo" after update of "cdDispositivo", "cdProdutoItem"
  on public."TbSensor"
  for each row execute function private.record_sensor_link();
comment on trigger "TbSensor_vinculo" on public."TbSensor" is
  'Maintains TbSensorVinculo for sensors that change.';
-- end

insert into public."TbDispositivoVinculo" ("cdDispositivo", "cdCliente", "cdDestinatario")
select d."cdDispositivo", d."cdCliente", d."cdDestinatario" from public."TbDispositivo" d order by d."cdDispositivo"
on conflict do nothing;
insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo", "cdProdutoItem")
select s."cdSensor", s."cdDispositivo", s."cdProdutoItem" from public."TbSensor" s order by s."cdSensor"
on conflict do nothing;
