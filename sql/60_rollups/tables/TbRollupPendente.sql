-- A mark is only ever inserted, one for each writing transaction, so that no writer waits for another or for the upkeep.
-- It becomes visible together with what it marks; the upkeep deletes the marks it saw before it summed up again.
create table private."TbRollupPendente" (
  "cdPendente" bigint generated always as identity primary key,
  "dtHora" timestamp not null,
  "dtMarcado" timestamptz not null default now(),
  "cdSensor" integer,
  "cdDispositivo" integer,
  check (num_nonnulls("cdSensor", "cdDispositivo") = 1)
);
create index "TbRollupPendente_cdSensor_dtHora_idx" on private."TbRollupPendente" ("cdSensor", "dtHora") where "cdSensor" is not null;
create index "TbRollupPendente_cdDispositivo_dtHora_idx" on private."TbRollupPendente" ("cdDispositivo", "dtHora")
  where "cdDispositivo" is not null;
alter table private."TbRollupPendente" enable row level security;
comment on table private."TbRollupPendente" is 'Hours below the watermark in which something was written or deleted since they were summed up.';
comment on column private."TbRollupPendente"."dtHora" is 'Start of the hour, UTC.';
comment on column private."TbRollupPendente"."cdSensor" is 'Sensor whose rollups are concerned; otherwise null.';
comment on column private."TbRollupPendente"."cdDispositivo" is 'Device whose counter is concerned; otherwise null.';
comment on column private."TbRollupPendente"."dtMarcado" is 'When the transaction that left the mark began.';
