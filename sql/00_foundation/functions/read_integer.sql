-- Comparing before casting keeps the cast from failing. Inlined: no SET clause.
create function private.read_integer(p_json jsonb) returns integer
language sql immutable parallel safe as $$
  select case
    when p_json >= '-2147483648' and p_json <= '2147483647' and trunc(p_json::numeric) = p_json::numeric
    then p_json::integer
  end
$$;
comment on function private.read_integer is
  'A whole JSON number as integer; null when it is not one or is out of range.';
revoke all on function private.read_integer from public;
