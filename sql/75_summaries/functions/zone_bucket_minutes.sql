-- Hours of UTC are hours of the zone as well when all its offsets in the time range are whole hours; five
-- minutes always fit. Of more than ten years the days are not looked at one by one.
-- Who may call it: every API role, as the summaries run as their caller.
create function private.zone_bucket_minutes(p_since timestamp, p_until timestamp, p_zone text) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if p_until - p_since > interval '10 years' then
    return 5;
  end if;
  return (
    select case when bool_and(date_part('minute', (d at time zone 'UTC' at time zone p_zone) - d) = 0)
                then 60 else 5 end
    from (select generate_series(p_since, p_until, '1 day') as d union all select p_until) d);
end
$$;
comment on function private.zone_bucket_minutes is
  'Minutes of the widest buckets that lie in one hour of a time zone.';
revoke all on function private.zone_bucket_minutes from public;
grant execute on function private.zone_bucket_minutes to authenticated, service_role;
