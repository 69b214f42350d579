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
