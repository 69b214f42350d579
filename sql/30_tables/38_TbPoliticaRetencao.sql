create table public."TbPoliticaRetencao" (
  "cdPoliticaRetencao" integer generated always as identity primary key,
  "cdCliente" integer references public."TbCliente" on delete cascade,
  "nrDiasBruto" integer check ("nrDiasBruto" > 1),
  "nrDias1m" integer default 365 check ("nrDias1m" > 1),
  "nrDias5m" integer default 730 check ("nrDias5m" > 1),
  "nrDias1h" integer default 1825 check ("nrDias1h" > 1),
  "blGuardaLegal" boolean not null default false,
  unique nulls not distinct ("cdCliente"),
  -- what is coarser lives as long as what it was made from; null is for ever
  check (coalesce("nrDias1m" <= "nrDias5m", "nrDias5m" is null)),
  check (coalesce("nrDias5m" <= "nrDias1h", "nrDias1h" is null)),
  check ("nrDiasBruto" <= "nrDias1h")
);
alter table public."TbPoliticaRetencao" enable row level security;
revoke all on public."TbPoliticaRetencao" from public, anon, authenticated;
grant select on public."TbPoliticaRetencao" to authenticated;
grant select, insert, update, delete on public."TbPoliticaRetencao" to service_role;
insert into public."TbPoliticaRetencao" ("cdCliente") values (null);

comment on table public."TbPoliticaRetencao" is 'How long readings and rollups are kept: one row for everybody, and one for each client that wants it otherwise.';
comment on column public."TbPoliticaRetencao"."cdCliente" is 'Client the row is for; null: everybody without a row of its own.';
comment on column public."TbPoliticaRetencao"."nrDiasBruto" is 'Days that positions and readings are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias1m" is 'Days that rollups by the minute are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias5m" is 'Days that rollups by five minutes are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias1h" is 'Days that rollups by the hour are kept, where readings are not kept for longer; null: for ever.';
comment on column public."TbPoliticaRetencao"."blGuardaLegal" is 'Legal hold: nothing of the client expires while it is set.';

-- What has expired so far, so that answers can say that they are not complete, and no late reading is taken for a time whose
-- readings are gone.
create table private."TbRetencaoPiso" (
  "cdCliente" integer primary key,
  "dtBruto" timestamp not null default '-infinity',
  "dtAnunciado" timestamp not null default '-infinity',
  "xiAnuncio" xid8,
  "dtAnuncio" timestamptz not null default now(),
  "dt1m" timestamp not null default '-infinity',
  "dt5m" timestamp not null default '-infinity',
  "dt1h" timestamp not null default '-infinity',
  check ("dt1h" <= "dtBruto" and "dtBruto" <= "dtAnunciado")
);
alter table private."TbRetencaoPiso" enable row level security;

comment on table private."TbRetencaoPiso" is 'Before which time positions, readings and rollups of a client are gone.';
comment on column private."TbRetencaoPiso"."dtBruto" is 'UTC; positions and readings before it are deleted.';
comment on column private."TbRetencaoPiso"."dtAnunciado" is 'UTC; positions and readings before it are not taken any more.';
comment on column private."TbRetencaoPiso"."xiAnuncio" is 'First transaction that is sure to know of the announcement; null until that is known.';
comment on column private."TbRetencaoPiso"."dt1h" is 'UTC; rollups before it are deleted, those by the hour too.';
comment on column private."TbRetencaoPiso"."dt1m" is 'UTC; rollups by the minute before it are deleted.';
comment on column private."TbRetencaoPiso"."dt5m" is 'UTC; rollups by five minutes before it are deleted.';
comment on column private."TbRetencaoPiso"."dtAnuncio" is 'When dtAnunciado was announced.';
