-- How many positions a device sent on a day inside its measuring window, hour by hour: totals of history
-- without counting rows. A row says for which window it was counted; when the device has another window by
-- now, the row is not used.
create table series."TbContagemDiaria" (
  "dtDia" date not null,
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "nrQtd" integer not null,
  "nrHoras" integer[] not null check (array_length("nrHoras", 1) = 24),
  "horarioMedicaoInicio" time,
  "horarioMedicaoFim" time,
  primary key ("cdDispositivo", "dtDia", "cdCliente")
);
alter table series."TbContagemDiaria" enable row level security;
revoke all on series."TbContagemDiaria" from public, anon, authenticated;
grant select on series."TbContagemDiaria" to authenticated, service_role;
comment on table series."TbContagemDiaria" is
  'Positions of a device by day (UTC), inside its measuring window. Written by maintenance; exact up to the '
  'watermark.';
comment on column series."TbContagemDiaria"."cdCliente" is
  'Who owned the device when the positions were received.';
comment on column series."TbContagemDiaria"."nrQtd" is
  'Positions of the day inside the window: the sum of nrHoras.';
comment on column series."TbContagemDiaria"."nrHoras" is
  'Positions inside the window for each of the 24 hours, from midnight UTC.';
comment on column series."TbContagemDiaria"."horarioMedicaoInicio" is
  'Start of the measuring window the row was counted for.';
comment on column series."TbContagemDiaria"."horarioMedicaoFim" is
  'End of the measuring window the row was counted for.';
