-- A number that counts something up: whole, and of a size that no program rounds. Inlined: no SET clause.
create function private.read_sequence(p_json jsonb) returns bigint
language sql immutable parallel safe as $$
  select case
    when p_json >= '-9007199254740992' and p_json <= '9007199254740992'
      and trunc(p_json::numeric) = p_json::numeric
    then p_json::bigint
  end
$$;
comment on function private.read_sequence is
  'A whole JSON number up to 2^53 in size; null when it is not one or is out of range.';
revoke all on function private.read_sequence from public;
