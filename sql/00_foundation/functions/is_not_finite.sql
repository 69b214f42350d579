-- Tells "not a finite number" (INVALID_VALUE) from "not a number at all" (MALFORMED). Inlined: no SET clause.
create function private.is_not_finite(p_json jsonb) returns boolean
language sql immutable parallel safe as $$
  select p_json in ('"NaN"', '"Infinity"', '"-Infinity"') or jsonb_typeof(p_json) = 'number'
$$;
comment on function private.is_not_finite is
  'Meant as a number but not storable: NaN, an infinity, or a number that overflows.';
revoke all on function private.is_not_finite from public;
