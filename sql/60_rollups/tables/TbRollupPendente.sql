-- Dirty hours. Entries are only ever inserted, by each writing transaction its own, so that no writer waits
-- for another or for maintenance. An entry becomes visible together with what was written; maintenance
-- deletes the entries that it saw before it summed up the hour again (private.redo_dirty_hours).
create table private."TbRollupPendente" (
  "cdPendente" bigint generated always as identity primary key,
  "dtHora" timestamp not null,
  "dtMarcado" timestamptz not null default now(),
  "cdSensor" integer,
  "cdDispositivo" integer,
  "cdCliente" integer,
  check (num_nonnulls("cdSensor", "cdDispositivo") = 1),
  check (("cdSensor" is null) = ("cdCliente" is null))
);
create index "TbRollupPendente_cdSensor_dtHora_idx" on private."TbRollupPendente"
  ("cdSensor", "dtHora") where "cdSensor" is not null;
create index "TbRollupPendente_cdDispositivo_dtHora_idx" on private."TbRollupPendente"
  ("cdDispositivo", "dtHora") where "cdDispositivo" is not null;
create index "TbRollupPendente_cdCliente_idx" on private."TbRollupPendente" ("cdCliente")
  where "cdCliente" is not null;
alter table private."TbRollupPendente" enable row level security;
revoke all on private."TbRollupPendente" from public, anon, authenticated;
grant select ("cdSensor", "cdCliente", "dtHora") on private."TbRollupPendente" to authenticated, service_role;
comment on table private."TbRollupPendente" is
  'Dirty hours: hours below the watermark in which something was written or deleted since they were summed '
  'up.';
comment on column private."TbRollupPendente"."dtHora" is
  'Start of the hour, UTC; -infinity: all days of the device, after its measuring window was edited.';
comment on column private."TbRollupPendente"."cdSensor" is 'Sensor whose rollups are dirty; otherwise null.';
comment on column private."TbRollupPendente"."cdDispositivo" is
  'Device whose counters are dirty; otherwise null.';
comment on column private."TbRollupPendente"."dtMarcado" is
  'Start of the transaction that made the hour dirty.';
comment on column private."TbRollupPendente"."cdCliente" is
  'Whose values changed, with cdSensor: rollups of other owners of the sensor stay right.';
