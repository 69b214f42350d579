-- A sensor's value. Finite is not enough: readers square and scale what is stored, so that what would
-- overflow there is not a value (beyond 1.34e154), nor is a whole number that double precision may round
-- (beyond 2^53). jsonb writes out exponents and cannot tell the whole number 10^30 from the measurement 1e30
-- so that from 1e21 on, where encoders begin to write exponents, only a number with more digits than a double
-- has is taken for the former. Nearly all values pass the first comparison, as in private.read_double.
-- Inlined: no SET clause.
create function private.read_measure(p_json jsonb) returns double precision
language sql immutable parallel safe as $$
  select case
    when p_json >= '2.2250738585072014e-308' and p_json <= '9007199254740992'
      then p_json::double precision
    when p_json >= '-9007199254740992' and p_json <= '-2.2250738585072014e-308'
      then p_json::double precision
    when p_json > '-2.2250738585072014e-308' and p_json < '2.2250738585072014e-308'
      then 0 -- the cast raises on underflow
    when p_json >= '1e21' and p_json <= '1.3407807929942596e154'
      or p_json >= '-1.3407807929942596e154' and p_json <= '-1e21'
      then private.read_large_measure(p_json)
  end
$$;
comment on function private.read_measure is
  'A JSON number as a value that readers can compute with; null when it is not one.';
revoke all on function private.read_measure from public;
