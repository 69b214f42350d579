-- Time series have no foreign keys; these rows hold them instead, one per pair that ever was, so that deleting a client,
-- site or product item that history may point to is refused by an ordinary foreign key.
create table public."TbDispositivoVinculo" (
  "cdDispositivoVinculo" bigint generated always as identity primary key,
  "cdDispositivo" integer not null references public."TbDispositivo" on delete cascade,
  "cdCliente" integer references public."TbCliente",
  "cdDestinatario" integer references public."TbDestinatario",
  "dtInicio" timestamptz not null default now(),
  unique nulls not distinct ("cdDispositivo", "cdCliente", "cdDestinatario")
);
create index "TbDispositivoVinculo_cdCliente_idx" on public."TbDispositivoVinculo" ("cdCliente");
create index "TbDispositivoVinculo_cdDestinatario_idx" on public."TbDispositivoVinculo" ("cdDestinatario");
alter table public."TbDispositivoVinculo" enable row level security;
revoke all on public."TbDispositivoVinculo" from public, anon, authenticated;
grant select on public."TbDispositivoVinculo" to authenticated, service_role;

comment on table public."TbDispositivoVinculo" is 'Every owner and site a device ever had. Kept by triggers.';
comment on column public."TbDispositivoVinculo"."dtInicio" is 'First time the device had this owner and site.';

create table public."TbSensorVinculo" (
  "cdSensorVinculo" bigint generated always as identity primary key,
  "cdSensor" integer not null references public."TbSensor" on delete cascade,
  "cdDispositivo" integer not null references public."TbDispositivo",
  "cdProdutoItem" integer references public."TbProdutoItem",
  "dtInicio" timestamptz not null default now(),
  unique nulls not distinct ("cdSensor", "cdDispositivo", "cdProdutoItem")
);
create index "TbSensorVinculo_cdDispositivo_idx" on public."TbSensorVinculo" ("cdDispositivo");
create index "TbSensorVinculo_cdProdutoItem_idx" on public."TbSensorVinculo" ("cdProdutoItem");
alter table public."TbSensorVinculo" enable row level security;
revoke all on public."TbSensorVinculo" from public, anon, authenticated;
grant select on public."TbSensorVinculo" to authenticated, service_role;

comment on table public."TbSensorVinculo" is 'Every device and product item a sensor ever had. Kept by triggers and by ingestion.';
comment on column public."TbSensorVinculo"."dtInicio" is 'First time the sensor had this device and item.';

-- Which addresses a client's reports were found to be at: so that a policy need not look through all reports.
create table public."TbEnderecoVinculo" (
  "cdEndereco" integer not null references public."TbEndereco" on delete cascade,
  "cdCliente" integer not null references public."TbCliente",
  "dtInicio" timestamptz not null default now(),
  primary key ("cdEndereco", "cdCliente")
);
create index "TbEnderecoVinculo_cdCliente_idx" on public."TbEnderecoVinculo" ("cdCliente");
alter table public."TbEnderecoVinculo" enable row level security;
revoke all on public."TbEnderecoVinculo" from public, anon, authenticated;
grant select on public."TbEnderecoVinculo" to authenticated, service_role;

comment on table public."TbEnderecoVinculo" is 'Every address at which a report of a client was found to be. Kept by a trigger.';
comment on column public."TbEnderecoVinculo"."dtInicio" is 'First time a report of the client was found to be there.';
