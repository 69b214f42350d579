-- The resolution of a response. Buckets requested by name need no look at the values here: see
-- private.require_numbers.
-- Who may call it: every API role, as get_data_points runs as its caller.
create function private.resolve_resolution(p_sensor integer, p_since timestamp, p_until timestamp, p_agg text,
  p_points integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_is_short boolean := p_until - p_since <= interval '14 days';
begin
  return case
    when p_agg not in ('raw', 'auto') or p_agg = 'raw' and v_is_short and p_points is null then p_agg
    when not private.is_numeric_point(p_sensor, p_since, p_until) then 'raw'
    when p_agg = 'auto' then private.choose_resolution(p_sensor, p_since, p_until, coalesce(p_points, 3000))
    when not v_is_short then '1m'
    -- thinning looks at every value, and so many take a second
    when p_points is not null and private.count_values(p_sensor, p_since, p_until) > 100000 then '1m'
    else 'raw'
  end;
end
$$;
comment on function private.resolve_resolution is 'The resolution of a response.';
revoke all on function private.resolve_resolution from public;
grant execute on function private.resolve_resolution to authenticated, service_role;
