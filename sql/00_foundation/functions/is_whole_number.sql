-- Inlined: no SET clause. The CASE keeps the cast away from what is not a number.
create function private.is_whole_number(p_json jsonb) returns boolean
language sql immutable parallel safe as $$
  select case when jsonb_typeof(p_json) = 'number' then trunc(p_json::numeric) = p_json::numeric
              else false end
$$;
comment on function private.is_whole_number is 'A whole JSON number, of any size.';
revoke all on function private.is_whole_number from public;
