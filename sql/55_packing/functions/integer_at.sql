-- One of packed integers by its place, from 0. See private.unpack_integer, which reads all of them.
-- Who may call it: every API role, as reads run as their caller.
create function private.integer_at(p_packed private.packed_integers, p_n integer) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select (p_packed).base + p_n * (p_packed).step + case when (p_packed).width = 0 then 0
    else coalesce((p_packed).narrow[p_n + 1], (p_packed).medium[p_n + 1], (p_packed).wide[p_n + 1])
         * (p_packed).unit end
$$;
comment on function private.integer_at is 'One of packed integers by its place, from 0.';
revoke all on function private.integer_at from public;
grant execute on function private.integer_at to authenticated, service_role;
