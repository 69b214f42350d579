-- The only place that knows the order of the fields; call it in named notation. Called by
-- private.pack_numbers.
create function private.make_packed_numbers(p_divisor double precision, p_numbers private.packed_integers,
  p_others double precision[]) returns private.packed_numbers
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select row(p_divisor, p_numbers, p_others)::private.packed_numbers
$$;
comment on function private.make_packed_numbers is
  'Numbers as integers and the power of ten that they are divided by, or as they are.';
revoke all on function private.make_packed_numbers from public;
