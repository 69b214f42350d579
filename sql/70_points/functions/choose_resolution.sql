-- How agg = auto is resolved: the finest resolution with at most p_points points. A range that begins in the
-- middle of a minute touches one minute more. Values themselves are returned for at most 14 days.
-- Who may call it: every API role, as get_data_points runs as its caller.
create function private.choose_resolution(p_sensor integer, p_since timestamp, p_until timestamp,
  p_points integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_values bigint := private.count_values(p_sensor, p_since, p_until);
begin
  return case
    when v_values <= p_points and p_until - p_since <= interval '14 days' then 'raw'
    when least(v_values, private.count_buckets(1, p_since, p_until)) <= p_points then '1m'
    when least(v_values, private.count_buckets(5, p_since, p_until)) <= p_points then '5m'
    else '1h'
  end;
end
$$;
comment on function private.choose_resolution is 'The finest resolution with at most so many points.';
revoke all on function private.choose_resolution from public;
grant execute on function private.choose_resolution to authenticated, service_role;
