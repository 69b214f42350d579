-- Hours of UTC are hours of a zone, too, if all its offsets in that time are whole hours; five minutes always fit, so that of a
-- very long time not every day is looked at.
create function private.zone_bucket_minutes(p_since timestamp, p_until timestamp, p_zone text) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if p_until - p_since > interval '10 years' then
    return 5;
  end if;
  return (
    select case when bool_and(date_part('minute', (d at time zone 'UTC' at time zone p_zone) - d) = 0) then 60 else 5 end
    from (select generate_series(p_since, p_until, '1 day') as d union all select p_until) d);
end
$$;
comment on function private.zone_bucket_minutes is 'The widest buckets that are whole in a time zone.';
revoke all on function private.zone_bucket_minutes from public;
grant execute on function private.zone_bucket_minutes to authenticated, service_role;
