-- Readers of single JSON values (read_double, read_integer, read_instant) return the value, or null when the
-- JSON holds something else. They never raise, so that one bad number cannot abort a batch. All are plain
-- expressions that PostgreSQL inlines, hence no SET clause. Comparing jsonb with two numbers says at once
-- that it is a number (jsonb orders strings below and booleans above all numbers) and that it is in range.
create function private.read_double(p_json jsonb) returns double precision
language sql immutable parallel safe as $$
  select case
    when p_json >= '2.2250738585072014e-308' and p_json <= '1.7976931348623157e308'
      then p_json::double precision
    when p_json >= '-1.7976931348623157e308' and p_json <= '-2.2250738585072014e-308'
      then p_json::double precision
    when p_json > '-2.2250738585072014e-308' and p_json < '2.2250738585072014e-308'
      then 0 -- the cast raises on underflow
  end
$$;
comment on function private.read_double is
  'A JSON number as double precision; null when it is not a number or overflows.';
revoke all on function private.read_double from public;
