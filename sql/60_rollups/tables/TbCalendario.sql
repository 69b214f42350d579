-- The starts of minutes, five minutes and hours, so that the views find values by the bucket that is asked
-- for: a condition on a computed bucket would be checked value by value, over the whole history of a sensor.
-- And under row-level security only comparisons of columns may use an index, so the ends are columns as well.
-- An hour is in it as a whole, for all clients, as soon as some sensor has it without finer rollups.
create table private."TbCalendario" (
  "dtBucket" timestamp not null,
  "dtFim" timestamp not null,
  "dtHora" timestamp not null,
  "nrMinutos" smallint not null check ("nrMinutos" in (1, 5, 60)),
  primary key ("nrMinutos", "dtBucket")
);
alter table private."TbCalendario" enable row level security;
revoke all on private."TbCalendario" from public, anon, authenticated;
grant select on private."TbCalendario" to authenticated, service_role;
comment on table private."TbCalendario" is
  'Buckets of one, five and sixty minutes of hours that some sensor has without finer rollups.';
comment on column private."TbCalendario"."dtBucket" is 'Start of the bucket, UTC.';
comment on column private."TbCalendario"."dtFim" is 'End of the bucket, excluded.';
comment on column private."TbCalendario"."dtHora" is 'Start of its hour.';
comment on column private."TbCalendario"."nrMinutos" is 'Width in minutes: 1, 5 or 60.';
