-- What the conversion itself keeps, until it is finished. No API role has rights on the schema, and the REST
-- API does not expose it.
create schema if not exists conversao;
comment on schema conversao is
  'State of the conversion of a legacy database, scripts/convert; dropped when it is finished.';
revoke all on schema conversao from public;

create table conversao."TbConversao" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dtInicio" timestamptz not null default now(),
  "dsQuem" text not null default current_user,
  "blZeroZero" boolean not null default false,
  "nrPosicoes" bigint not null,
  "nrRegistros" bigint not null,
  "cdEnderecoAte" bigint not null default -2147483649,
  "blOrfas" boolean not null default false,
  "cdSemTempoAte" bigint not null default -2147483649,
  "blSemTempo" boolean not null default false,
  "dtFronteira" timestamp not null default 'infinity',
  "dtCopiada" timestamptz,
  "dtVerificada" timestamptz
);
alter table conversao."TbConversao" enable row level security;
comment on table conversao."TbConversao" is 'How far the conversion is, one row.';
comment on column conversao."TbConversao"."nrPosicoes" is 'Old positions when it was prepared, about.';
comment on column conversao."TbConversao"."nrRegistros" is 'Old readings when it was prepared, about.';
comment on column conversao."TbConversao"."cdEnderecoAte" is 'Addresses up to this code are copied.';
comment on column conversao."TbConversao"."blOrfas" is
  'Readings without a position are listed in TbConversaoOrfa.';
comment on column conversao."TbConversao"."cdSemTempoAte" is
  'Positions without time up to this code are judged.';
comment on column conversao."TbConversao"."blSemTempo" is 'All rows without time are judged.';
comment on column conversao."TbConversao"."dtFronteira" is
  'The frontier, UTC: everything from this time on is carried; -infinity when everything is.';
comment on column conversao."TbConversao"."dtCopiada" is 'When the copy reached the oldest row.';
comment on column conversao."TbConversao"."dtVerificada" is 'When old and new were last found to agree.';

create table conversao."TbConversaoMes" (
  "dtMes" timestamp primary key,
  "nrLevadas" bigint not null default 0,
  "nrFundidas" bigint not null default 0,
  "nrQuarentena" bigint not null default 0,
  "nrSegundos" double precision not null default 0,
  "dtFim" timestamptz
);
alter table conversao."TbConversaoMes" enable row level security;
comment on table conversao."TbConversaoMes" is
  'Rows carried, merged and quarantined by month when it was copied; what changed later is not counted.';
comment on column conversao."TbConversaoMes"."dtFim" is 'When the copy left the month.';

-- Keys of old rows that were written since the conversion was prepared. Only inserted by those who write,
-- each transaction its own, so that none of them waits for another or for the copy.
create table conversao."TbConversaoMudanca" (
  "cdMudanca" bigint generated always as identity primary key,
  "dsTabela" text not null,
  "cdChave" bigint,
  "cdSensor" integer,
  "dtMomento" timestamp
);
alter table conversao."TbConversaoMudanca" enable row level security;
comment on table conversao."TbConversaoMudanca" is
  'Old rows that were inserted, updated or deleted and are not yet carried again.';
comment on column conversao."TbConversaoMudanca"."cdChave" is
  'cdPosicao of a position or reading, cdEndereco of an address.';
comment on column conversao."TbConversaoMudanca"."dtMomento" is
  'dtRegistro of the row, before and after an update.';

-- Readings without a position are found again by their own time.
create table conversao."TbConversaoOrfa" (
  "cdDispositivo" integer not null,
  "cdSensor" integer not null,
  "cdPosicao" bigint not null,
  "dtMomento" timestamp,
  primary key ("cdDispositivo", "cdSensor", "cdPosicao")
);
create index "TbConversaoOrfa_dtMomento_idx" on conversao."TbConversaoOrfa" ("dtMomento");
create index "TbConversaoOrfa_cdPosicao_idx" on conversao."TbConversaoOrfa" ("cdPosicao");
alter table conversao."TbConversaoOrfa" enable row level security;
comment on table conversao."TbConversaoOrfa" is 'Old readings whose position does not exist.';

-- Old rows that are not carried, whole, each with its reason: merged ones and quarantined ones.
create table conversao."TbConversaoLinha" (
  "cdLinha" bigint generated always as identity primary key,
  "dsTabela" text not null,
  "dsDestino" text not null check ("dsDestino" in ('merged', 'quarantined')),
  "dsMotivo" text not null,
  "cdPosicao" bigint not null,
  "cdSensor" integer,
  "cdDispositivo" integer,
  "cdMantida" bigint,
  "dtMomento" timestamp,
  "jsLinha" jsonb not null,
  "dtRegistro" timestamptz not null default now()
);
create index "TbConversaoLinha_cdPosicao_idx" on conversao."TbConversaoLinha" ("cdPosicao");
alter table conversao."TbConversaoLinha" enable row level security;
comment on table conversao."TbConversaoLinha" is 'Old rows that were merged with another or quarantined.';
comment on column conversao."TbConversaoLinha"."cdMantida" is
  'Merged: the position that was carried instead.';
comment on column conversao."TbConversaoLinha"."dtMomento" is 'Time of the position, of a reading too.';
comment on column conversao."TbConversaoLinha"."jsLinha" is 'The row as it was.';

-- Addresses that were deleted after a switch and stay in the old table after the way back.
create table conversao."TbConversaoApagado" ("cdEndereco" integer primary key);
alter table conversao."TbConversaoApagado" enable row level security;
comment on table conversao."TbConversaoApagado" is
  'Deleted addresses that old positions refer to: the next switch deletes them again.';
