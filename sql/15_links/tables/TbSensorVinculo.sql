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
