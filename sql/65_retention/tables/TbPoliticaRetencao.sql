create table public."TbPoliticaRetencao" (
  "cdPoliticaRetencao" integer generated always as identity primary key,
  "cdCliente" integer,
  "nrDiasBruto" integer check ("nrDiasBruto" between 2 and 36500),
  "nrDias1m" integer default 365 check ("nrDias1m" between 2 and 36500),
  "nrDias5m" integer default 730 check ("nrDias5m" between 2 and 36500),
  "nrDias1h" integer default 1825 check ("nrDias1h" between 2 and 36500),
  unique nulls not distinct ("cdCliente"),
  -- a coarser rollup is kept at least as long as a finer one; null: for ever
  check (coalesce("nrDias1m" <= "nrDias5m", "nrDias5m" is null)),
  check (coalesce("nrDias5m" <= "nrDias1h", "nrDias1h" is null)),
  check ("nrDiasBruto" <= "nrDias1h")
);
alter table public."TbPoliticaRetencao" enable row level security;
revoke all on public."TbPoliticaRetencao" from public, anon, authenticated;
grant select on public."TbPoliticaRetencao" to authenticated;
grant select, delete on public."TbPoliticaRetencao" to service_role;
grant insert ("cdCliente", "nrDiasBruto", "nrDias1m", "nrDias5m", "nrDias1h")
  on public."TbPoliticaRetencao" to service_role;
grant update ("nrDiasBruto", "nrDias1m", "nrDias5m", "nrDias1h")
  on public."TbPoliticaRetencao" to service_role;
comment on table public."TbPoliticaRetencao" is
  'How long values, positions and rollups are kept: one row for everybody, and one for each client with a '
  'policy of its own.';
comment on column public."TbPoliticaRetencao"."cdCliente" is
  'Client of the policy; null: every client without a row of its own.';
comment on column public."TbPoliticaRetencao"."nrDiasBruto" is
  'Days that positions and values are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias1m" is
  'Days that rollups by the minute are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias5m" is
  'Days that rollups by five minutes are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias1h" is
  'Days that rollups by the hour are kept, at least as long as values are; null: for ever.';
