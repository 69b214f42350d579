-- One of packed integers by its place, from 0. See private.unpack_integer, which reads all of them.
-- In plpgsql, as that decompresses its argument once.
-- Who may call it: every API role, as reads run as their caller.
create function private.integer_at(p_packed private.packed_integers, p_n integer) returns bigint
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return private.unpack_integer(p_packed.base, p_packed.step, p_packed.unit, p_packed.width, p_packed.blank,
    p_packed.planes, octet_length(p_packed.planes) / nullif(p_packed.width, 0), p_n);
end
$$;
comment on function private.integer_at is 'One of packed integers by its place, from 0.';
revoke all on function private.integer_at from public;
grant execute on function private.integer_at to authenticated, service_role;
