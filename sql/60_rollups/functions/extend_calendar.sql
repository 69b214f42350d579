-- Adds the buckets of hours to TbCalendario. Called by whatever leaves an hour without finer rollups
-- (private.sum_hours, private.expire_rollups), in the same transaction.
create function private.extend_calendar(p_hours timestamp[]) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into private."TbCalendario" ("dtBucket", "dtFim", "dtHora", "nrMinutos")
  select b, b + make_interval(mins => w.minutes), h, w.minutes
  from unnest(p_hours) h cross join (values (1), (5), (60)) as w(minutes)
  cross join generate_series(h, h + interval '59 minutes', make_interval(mins => w.minutes)) b
  where not exists (
    select from private."TbCalendario" c where c."nrMinutos" = w.minutes and c."dtBucket" = h)
  order by w.minutes, b
  on conflict do nothing
$$;
comment on function private.extend_calendar is 'Adds the buckets of hours to the calendar.';
revoke all on function private.extend_calendar from public;
