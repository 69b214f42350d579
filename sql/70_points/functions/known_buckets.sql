-- The buckets of one sensor: rows of a rollup where they are right, and the others. A bucket has several rows
-- where the plan is split. Part of private.bucket_points, whose planner settings it has: without SET clause,
-- to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.known_buckets(p_minutes integer, p_sensor integer, p_plan private.reading_plan)
returns setof private.bucket
language sql stable as $$
  select b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin", b."nrMax"
  from private.stored_buckets(p_minutes) b
  where b."cdSensor" = p_sensor and b."dtBucket" >= (p_plan).since and b."dtBucket" < (p_plan).until
    and ((p_plan).dirty is null
      or date_trunc('hour', b."dtBucket") not in (select f.since from unnest((p_plan).dirty) f)
      or b."dtBucket" < private.raw_expired_before(b."cdCliente", b."cdSensor"))
  union all
  select o."dtBucket", o."nrQtd", o."nrSoma", o."nrMin", o."nrMax"
  from private.other_buckets(p_minutes, p_sensor, p_plan) o
$$;
comment on function private.known_buckets is 'Buckets of one sensor, exact at any moment.';
revoke all on function private.known_buckets from public;
grant execute on function private.known_buckets to authenticated, service_role;
