-- Which step of the conversion is reached, and which statements of the migrations have been run.
-- No API role has rights on the schema, and the REST API does not expose it.
create schema if not exists conversao;
revoke all on schema conversao from public;
create table if not exists conversao."TbConversaoEtapa" (
  "cdEtapa" bigint generated always as identity primary key,
  "dsEtapa" text not null check ("dsEtapa" in ('prepared', 'switched', 'back', 'undoing')),
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

-- For the way back from prepare: what it made, and what keys and indexes were called before.
create table if not exists conversao."TbConversaoFeito" (
  "cdClasse" oid not null,
  "cdObjeto" oid not null,
  primary key ("cdClasse", "cdObjeto")
);
create table if not exists conversao."TbConversaoNome" (
  "cdClasse" oid not null,
  "cdObjeto" oid not null,
  "dsNome" name not null,
  "cdTabela" oid,
  "dsAgora" name,
  primary key ("cdClasse", "cdObjeto")
);
alter table conversao."TbConversaoFeito" enable row level security;
alter table conversao."TbConversaoNome" enable row level security;
comment on table conversao."TbConversaoFeito" is
  'Objects that prepare made, by their number in the catalogue.';
comment on table conversao."TbConversaoNome" is
  'Names of keys and indexes before prepare, which gives them the names that migrations know.';
comment on column conversao."TbConversaoNome"."dsAgora" is
  'The name it got, noted at the switch: the way back may make it anew.';
create or replace function conversao.objects() returns table (class oid, object oid)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select 'pg_namespace'::regclass::oid, n.oid from pg_namespace n where n.nspname !~ '^pg_(toast_)?temp_'
  union all select 'pg_extension'::regclass, e.oid from pg_extension e
  union all select 'pg_authid'::regclass, r.oid from pg_roles r
  union all
  select 'pg_proc'::regclass, p.oid from pg_proc p
  where not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  union all
  select 'pg_type'::regclass, t.oid from pg_type t
  where t.typrelid = 0 and t.typelem = 0
    and not exists (select from pg_depend d where d.objid = t.oid and d.deptype in ('e', 'i'))
  union all
  select 'pg_class'::regclass, c.oid from pg_class c
  where c.relpersistence <> 't' and c.relnamespace <> 'pg_toast'::regnamespace
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
$$;
comment on function conversao.objects is 'What prepare may make.';
revoke all on function conversao.objects from public;
insert into conversao."TbConversaoNome"
select 'pg_constraint'::regclass, c.oid, c.conname from pg_catalog.pg_constraint c
where c.connamespace in (to_regnamespace('public'), to_regnamespace('inventario')) and c.conrelid <> 0
  and not exists (select from conversao."TbConversaoComando")
union all
select 'pg_class'::regclass, i.oid, i.relname from pg_catalog.pg_class i
where i.relkind = 'i' and i.relnamespace in (to_regnamespace('public'), to_regnamespace('inventario'))
  and not exists (select from pg_catalog.pg_constraint c where c.conindid = i.oid)
  and not exists (select from conversao."TbConversaoComando")
on conflict do nothing;

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
