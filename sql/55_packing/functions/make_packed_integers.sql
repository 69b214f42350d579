-- The only place that knows the order of the fields; call it in named notation. Called by
-- private.pack_integers.
-- p_width       bytes of a residual, 0: none is needed
-- p_residuals   fit into that width
create function private.make_packed_integers(p_base bigint, p_step bigint, p_unit bigint, p_width integer,
  p_residuals bigint[]) returns private.packed_integers
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select row(p_base, p_step, p_unit, p_width, case when p_width = 2 then p_residuals::smallint[] end,
    case when p_width = 4 then p_residuals::integer[] end,
    case when p_width = 8 then p_residuals end)::private.packed_integers
$$;
comment on function private.make_packed_integers is 'Integers as a line with residuals of a width.';
revoke all on function private.make_packed_integers from public;
