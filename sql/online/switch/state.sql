-- Which step of the conversion is reached, and which statements of the migrations have been run.
-- No API role has rights on the schema, and the REST API does not expose it.
create schema if not exists conversao;
revoke all on schema conversao from public;
create table if not exists conversao."TbConversaoEtapa" (
  "cdEtapa" bigint generated always as identity primary key,
  "dsEtapa" text not null check ("dsEtapa" in ('prepared', 'switched', 'back')),
  "dtRegistro" timestamptz not null default clock_timestamp(),
  "dsQuem" text not null default session_user,
  "dtAte" timestamptz,
  "dsUnidade" text
);
create table if not exists conversao."TbConversaoComando" (
  "dsComando" text primary key
);
alter table conversao."TbConversaoEtapa" enable row level security;
alter table conversao."TbConversaoComando" enable row level security;
comment on table conversao."TbConversaoEtapa" is
  'Steps of the conversion that were completed; the last one counts.';
comment on table conversao."TbConversaoComando" is
  'Statements of migrations, file:line, that prepare has run.';
comment on column conversao."TbConversaoEtapa"."dsUnidade" is
  'Switched: the unit of radii until then, km or m.';
comment on column conversao."TbConversaoEtapa"."dtAte" is
  'Switched: until when the inserts of the legacy application are taken; null: until it is finished.';

create table if not exists conversao."TbConversaoUso" (
  "dsChamada" text not null,
  "dtDia" date not null,
  "nrFatia" smallint not null,
  "nrChamadas" bigint not null,
  "dtUltima" timestamptz not null,
  primary key ("dsChamada", "dtDia", "nrFatia")
) with (fillfactor = 50);
alter table conversao."TbConversaoUso" enable row level security;
comment on table conversao."TbConversaoUso" is
  'Inserts of the legacy application since the switch, by day; in slots, so that calls do not wait for '
    'each other.';

create table if not exists conversao."TbConversaoAlem" (
  "cdSensor" integer not null,
  "dtRegistro" timestamp not null,
  "cdCliente" integer not null,
  "dsMotivo" text not null,
  primary key ("cdSensor", "dtRegistro", "cdCliente")
);
alter table conversao."TbConversaoAlem" enable row level security;
comment on table conversao."TbConversaoAlem" is
  'Values of the new tables that the old ones cannot hold, or not exactly: they stay where they are.';
