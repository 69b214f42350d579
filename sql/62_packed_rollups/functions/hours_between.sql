-- Hours of sensors in a time range, packed or not, right or not: see private.stored_buckets.
-- p_until   excluded
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which rows.
create function private.hours_between(p_sensors integer[], p_since timestamp, p_until timestamp)
returns table ("cdSensor" integer, "cdCliente" integer, "dtBucket" timestamp, "nrFino" smallint)
language sql stable
begin atomic
  select b."cdSensor", b."cdCliente", b."dtBucket", b."nrFino" from series."TbSensorRegistro1h" b
  where b."cdSensor" = any (p_sensors) and b."dtBucket" >= p_since and b."dtBucket" < p_until
  union all
  select u."cdSensor", u."cdCliente", u."dtBucket", u."nrFino"
  from private.unpacked_buckets(60, p_since, p_until) u
  where u."cdSensor" = any (p_sensors) and u."dtBucket" >= p_since and u."dtBucket" < p_until;
end;
comment on function private.hours_between is 'Hours of sensors in a time range, packed or not.';
revoke all on function private.hours_between from public;
grant execute on function private.hours_between to authenticated, service_role;
