-- Packed integers with another one at one place, from 0. Called by what changes a packed row.
create function private.replace_integer(p_packed private.packed_integers, p_count integer, p_n integer,
  p_number bigint) returns private.packed_integers
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select private.pack_integers(array(
    select case when n = p_n then p_number else private.integer_at(p_packed, n) end
    from generate_series(0, p_count - 1) n order by n))
$$;
comment on function private.replace_integer is 'Packed integers with another one at one place.';
revoke all on function private.replace_integer from public;
