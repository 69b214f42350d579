-- The only place that knows the order of the fields; call it in named notation. Called by
-- private.pack_integers.
-- p_width       bytes of a residual, 0: none is needed
-- p_residuals   from 0, fit into that width
create function private.make_packed_integers(p_base bigint, p_step bigint, p_unit bigint, p_width integer,
  p_blank integer, p_residuals bigint[]) returns private.packed_integers
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select row(p_base, p_step, p_unit, p_width, p_blank, (
    select string_agg(p.plane, '' order by p.k)
    from (
      select b.k, string_agg(substring(int8send(r.residual) from 8 - b.k for 1), '' order by r.n) as plane
      from generate_series(0, p_width - 1) b(k)
      cross join unnest(p_residuals) with ordinality r(residual, n)
      group by b.k
    ) p))::private.packed_integers
$$;
comment on function private.make_packed_integers is 'Integers as a line with residuals of a width.';
revoke all on function private.make_packed_integers from public;
