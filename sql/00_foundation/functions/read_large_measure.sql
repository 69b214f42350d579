-- Part of private.read_measure, apart from it because such values are rare.
create function private.read_large_measure(p_json jsonb) returns double precision
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select case when length(rtrim(abs(trim_scale(p_json::numeric))::text, '0')) <= 17
    then p_json::double precision end
$$;
comment on function private.read_large_measure is
  'A JSON number from 1e21 on; null when it has more digits than a double.';
revoke all on function private.read_large_measure from public;
