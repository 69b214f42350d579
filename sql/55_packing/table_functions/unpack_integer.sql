-- One of packed integers, see private.packed_integers. Inlined: no SET clause.
-- p_n         its place, from 0
-- p_residual  its residual; not looked at where no residuals are needed
-- Who may call it: every API role, as the views run as their caller.
create function private.unpack_integer(p_base bigint, p_step bigint, p_unit bigint, p_width smallint,
  p_n integer, p_residual bigint) returns bigint
language sql immutable parallel safe as $$
  select p_base + p_n * p_step + case when p_width = 0 then 0 else p_residual * p_unit end
$$;
comment on function private.unpack_integer is 'One of packed integers.';
revoke all on function private.unpack_integer from public;
grant execute on function private.unpack_integer to authenticated, service_role;
