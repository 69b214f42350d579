-- Which step of the conversion is reached, and which statements of the migrations have been run.
-- No API role has rights on the schema, and the REST API does not expose it.
create schema if not exists conversao;
revoke all on schema conversao from public;
create table if not exists conversao."TbConversaoEtapa" (
  "cdEtapa" bigint generated always as identity primary key,
  "dsEtapa" text not null check ("dsEtapa" in ('prepared', 'switched', 'back')),
  "dtRegistro" timestamptz not null default clock_timestamp(),
  "dsQuem" text not null default session_user
);
create table if not exists conversao."TbConversaoComando" (
  "dsComando" text primary key
);
alter table conversao."TbConversaoEtapa" enable row level security;
alter table conversao."TbConversaoComando" enable row level security;
comment on table conversao."TbConversaoEtapa" is 'Steps of the conversion that were completed; the last one counts.';
comment on table conversao."TbConversaoComando" is 'Statements of migrations, file:line, that prepare has run.';
