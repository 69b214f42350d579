-- Where a number is among packed integers, in whatever order they are: its places, from 0. All are looked at;
-- for times see private.find_times.
-- Who may call it: every API role, as reads run as their caller.
create function private.find_in_packed(p_packed private.packed_integers, p_count integer, p_number bigint)
returns integer[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select n from generate_series(0, p_count - 1) n
    where private.unpack_integer(p_packed.base, p_packed.step, p_packed.unit, p_packed.width, p_packed.blank,
            p_packed.planes, p_count, n) = p_number
    order by n);
end
$$;
comment on function private.find_in_packed is 'The places, from 0, of a number among packed integers.';
revoke all on function private.find_in_packed from public;
grant execute on function private.find_in_packed to authenticated, service_role;
