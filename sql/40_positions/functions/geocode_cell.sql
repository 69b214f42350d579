-- The cells, of about 100 m, for which addresses are looked up. Inlined: no SET clause.
create function private.geocode_cell(p_degrees double precision) returns integer
language sql immutable parallel safe as $$
  select round(p_degrees * 1000)::integer
$$;
comment on function private.geocode_cell is
  'Degrees in thousandths: two points with equal values are in the same cell.';
revoke all on function private.geocode_cell from public;
