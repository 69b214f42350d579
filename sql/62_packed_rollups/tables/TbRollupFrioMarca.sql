-- How far the packing of rollups has come, see private.pack_rollups.
create table private."TbRollupFrioMarca" (
  "nrMinutos" smallint primary key check ("nrMinutos" in (1, 5, 60)),
  "dtDia" date not null default '-infinity',
  "cdProximo" integer not null default 0
);
alter table private."TbRollupFrioMarca" enable row level security;
comment on table private."TbRollupFrioMarca" is 'How far the packing of each rollup has come.';
comment on column private."TbRollupFrioMarca"."nrMinutos" is 'Width of its buckets in minutes: 1, 5 or 60.';
comment on column private."TbRollupFrioMarca"."dtDia" is
  'UTC; the last day on which all that was old enough was packed.';
comment on column private."TbRollupFrioMarca"."cdProximo" is
  'Sensor from which the next step looks for something to pack: those before it were packed today.';
