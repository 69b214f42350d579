-- The residuals of packed integers, null where none are needed. Inlined: no SET clause.
-- Who may call it: every API role, as the views run as their caller.
create function private.residuals(p_packed private.packed_integers) returns bigint[]
language sql immutable parallel safe as $$
  select coalesce((p_packed).narrow::bigint[], (p_packed).medium::bigint[], (p_packed).wide)
$$;
comment on function private.residuals is 'The residuals of packed integers; null: there are none.';
revoke all on function private.residuals from public;
grant execute on function private.residuals to authenticated, service_role;
