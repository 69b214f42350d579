-- One of packed integers, see private.packed_integers. Inlined: no SET clause. Its body was parsed when it
-- was created, so that who reads the views needs no right to the schema.
-- p_count   how many there are, which is how long a plane is
-- p_n       its place, from 0
-- Who may call it: every API role, as the views run as their caller.
create function private.unpack_integer(p_base bigint, p_step bigint, p_unit bigint, p_width smallint,
  p_blank smallint, p_planes bytea, p_count integer, p_n integer) returns bigint
language sql immutable parallel safe
begin atomic
  select p_base + p_n * p_step + p_unit * nullif(
    case when p_width = 0 then 0 else get_byte(p_planes, p_n)
      + case when p_width = 1 then 0 else (get_byte(p_planes, p_count + p_n) << 8)
        + case when p_width = 2 then 0 else (get_byte(p_planes, 2 * p_count + p_n) << 16)
          + case when p_width = 3 then 0 else private.high_planes(p_planes, p_width, p_count, p_n)
      end end end end, p_blank);
end;
comment on function private.unpack_integer is 'One of packed integers.';
revoke all on function private.unpack_integer from public;
grant execute on function private.unpack_integer to authenticated, service_role;
