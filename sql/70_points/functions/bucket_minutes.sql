-- The resolutions of data points: 1m, 5m and 1h, as in get_data_points. Without SET clause, to be inlined.
-- Who may call it: every API role, as get_data_points runs as its caller.
create function private.bucket_minutes(p_agg text) returns integer
language sql immutable parallel safe as $$
  select case p_agg when '1m' then 1 when '5m' then 5 when '1h' then 60 end
$$;
comment on function private.bucket_minutes is 'Width of the buckets in minutes; null for raw.';
revoke all on function private.bucket_minutes from public;
grant execute on function private.bucket_minutes to authenticated, service_role;
