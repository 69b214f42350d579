-- One typed row instead of configuration parameters, which a client could set for its session.
create table private."TbConfiguracao" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "nrMesesAtras" integer not null default 13 check ("nrMesesAtras" between 0 and 1200),
  "nrMesesAdiante" integer not null default 3 check ("nrMesesAdiante" between 1 and 120),
  "nrMinutosAdiante" integer not null default 10 check ("nrMinutosAdiante" >= 0),
  "nrElementosLote" integer not null default 5000 check ("nrElementosLote" > 0),
  "nrBytesElemento" integer not null default 65536 check ("nrBytesElemento" > 0),
  "nrErrosCliente" integer not null default 10000 check ("nrErrosCliente" > 0),
  "nrDiasErro" integer not null default 30 check ("nrDiasErro" > 0),
  "nrMinutosRollup" integer not null default 5 check ("nrMinutosRollup" between 0 and 1440),
  "nrRazaoRollup" integer not null default 3 check ("nrRazaoRollup" >= 1),
  "nrDiasQuente" integer check ("nrDiasQuente" >= 1),
  "nrDiasQuente1m" integer not null default 7 check ("nrDiasQuente1m" >= 1),
  "nrDiasQuente5m" integer not null default 7 check ("nrDiasQuente5m" >= 1),
  "nrDiasQuente1h" integer not null default 14 check ("nrDiasQuente1h" >= 1),
  "blZeroZero" boolean not null default false,
  "nrMesesImportacao" integer not null default 36 check ("nrMesesImportacao" between 0 and 1200),
  "nrRequisicoesChamador" integer not null default 6 check ("nrRequisicoesChamador" between 1 and 999),
  "nrRequisicoesCliente" integer not null default 8 check ("nrRequisicoesCliente" between 1 and 999)
);
alter table private."TbConfiguracao" enable row level security;
comment on table private."TbConfiguracao" is 'Settings of the database, one row.';
comment on column private."TbConfiguracao"."nrMesesAtras" is
  'Coverage: months back that readings may be dated.';
comment on column private."TbConfiguracao"."nrMesesAdiante" is
  'Coverage: months for which partitions are created ahead.';
comment on column private."TbConfiguracao"."nrMinutosAdiante" is 'How many minutes a clock may be ahead.';
comment on column private."TbConfiguracao"."nrElementosLote" is 'Elements a batch may have.';
comment on column private."TbConfiguracao"."nrBytesElemento" is 'Bytes an element may have.';
comment on column private."TbConfiguracao"."nrErrosCliente" is
  'Quarantined payloads a client may have before the oldest give way.';
comment on column private."TbConfiguracao"."nrDiasErro" is
  'Days a quarantined payload is kept after it last arrived.';
comment on column private."TbConfiguracao"."nrMinutosRollup" is
  'Minutes after the end of an hour at which it is summed up; readings that arrive later are late.';
comment on column private."TbConfiguracao"."nrRazaoRollup" is
  'A fine rollup is kept for an hour with at least this many values for each of its buckets.';
comment on column private."TbConfiguracao"."nrDiasQuente" is
  'Months are packed when all of them is older than this many days; null: neither history nor rollups are.';
comment on column private."TbConfiguracao"."nrDiasQuente1m" is
  'Days of rollups by minute are packed when they are older than this many days.';
comment on column private."TbConfiguracao"."nrDiasQuente5m" is
  'Days of rollups by five minutes are packed when they are older than this many days.';
comment on column private."TbConfiguracao"."nrDiasQuente1h" is
  'Weeks of rollups by hour are packed when all of them is older than this many days.';
comment on column private."TbConfiguracao"."blZeroZero" is
  'Whether exactly 0,0 is a place; otherwise it means that the receiver had no fix.';
comment on column private."TbConfiguracao"."nrMesesImportacao" is
  'Months back that imported history may be dated, if more than nrMesesAtras; a month costs partitions only '
  'once something is imported into it.';
comment on column private."TbConfiguracao"."nrRequisicoesChamador" is
  'Requests of a caller that run at a time through PostgREST, whose connections (db-pool) are 10 by default.';
comment on column private."TbConfiguracao"."nrRequisicoesCliente" is
  'Requests of all callers of a client that run at a time through PostgREST; fewer than its connections.';
