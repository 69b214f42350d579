-- One of packed numbers by its place, from 0, as private.integer_at.
-- Who may call it: every API role, as reads run as their caller.
create function private.number_at(p_packed private.packed_numbers, p_n integer) returns double precision
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce(private.integer_at(p_packed.numbers, p_n) / p_packed.divisor, p_packed.others[p_n + 1]);
end
$$;
comment on function private.number_at is 'One of packed numbers by its place, from 0.';
revoke all on function private.number_at from public;
grant execute on function private.number_at to authenticated, service_role;
