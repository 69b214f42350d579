create table public."TbSensor" (
  "cdSensor" serial primary key,
  "cdDispositivo" integer not null,
  "cdProdutoItem" integer,
  "cdUnidade" public.unidade,
  "nrUnidadeIni" integer,
  "nrUnidadeFim" integer,
  "dtRegistro" timestamp default (now() at time zone 'UTC'),
  "cdTipoSensor" bigint not null,
  "dsPonto" text constraint "TbSensor_dsPonto_max_255" check (char_length("dsPonto") <= 255),
  unique ("cdDispositivo", "dsPonto")
);
create index "TbSensor_cdDispositivo_cdTipoSensor_idx" on public."TbSensor" ("cdDispositivo", "cdTipoSensor");
create index "TbSensor_cdProdutoItem_idx" on public."TbSensor" ("cdProdutoItem");
create index "TbSensor_cdTipoSensor_idx" on public."TbSensor" ("cdTipoSensor");
alter table public."TbSensor" enable row level security;
revoke all on public."TbSensor" from public, anon, authenticated;
grant select, delete on public."TbSensor" to authenticated, service_role;
grant insert ("cdDispositivo", "cdProdutoItem", "cdUnidade", "nrUnidadeIni", "nrUnidadeFim", "cdTipoSensor",
  "dsPonto")
  on public."TbSensor" to authenticated, service_role;
grant update ("cdDispositivo", "cdProdutoItem", "cdUnidade", "nrUnidadeIni", "nrUnidadeFim", "cdTipoSensor",
  "dsPonto")
  on public."TbSensor" to authenticated, service_role;
grant usage on sequence public."TbSensor_cdSensor_seq" to authenticated, service_role;
comment on table public."TbSensor" is
  'Sensors of devices. A sensor that has history can be moved, not deleted.';
comment on constraint "TbSensor_dsPonto_max_255" on public."TbSensor" is 'dsPonto has at most 255 characters';
comment on column public."TbSensor"."dsPonto" is
  'Name of the measuring point, unique on its device; readings may name it instead of cdSensor.';
comment on column public."TbSensor"."nrUnidadeIni" is
  'Tare: subtracted from a weight before items are counted.';
