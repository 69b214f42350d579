-- Seconds since 1970, or milliseconds from 1e11 on (in seconds that is beyond the year 5000), as the
-- adapters of the gateway read them. Inlined: no SET clause.
create function private.read_epoch(p_json jsonb) returns timestamp
language sql immutable parallel safe as $$
  select case
    when p_json > '-100000000000' and p_json < '100000000000' and p_json >= '-62135596800'
      then timestamp '1970-01-01' + p_json::double precision * interval '1 second'
    when p_json >= '100000000000' and p_json <= '253402300799999'
      then timestamp '1970-01-01' + p_json::double precision * interval '1 millisecond'
  end
$$;
comment on function private.read_epoch is
  'A JSON number of seconds or milliseconds since 1970 as UTC timestamp; null when it is not one.';
revoke all on function private.read_epoch from public;
