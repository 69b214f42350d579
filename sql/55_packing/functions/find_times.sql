-- Where a time is among packed ones, which ascend: its places, from 0. It is looked for by halves, from the
-- start only in the few places that it can be at where the residuals are small beside the step, as with times
-- that come evenly.
-- Who may call it: every API role, as reads run as their caller.
create function private.find_times(p_packed private.packed_integers, p_count integer, p_number bigint)
returns integer[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_low integer := 0;
  v_high integer := p_count;
  v_middle integer;
  v_after bigint := p_number - p_packed.base;
  v_found integer[] := array[]::integer[];
begin
  if p_packed.step > 0 and p_packed.width <= 4 then
    v_low := greatest(0, least(p_count,
      (v_after - (1::bigint << 8 * p_packed.width) * p_packed.unit) / p_packed.step))::integer;
    v_high := greatest(v_low, least(p_count, v_after / p_packed.step + 1))::integer;
  end if;
  while v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    if private.unpack_integer(p_packed.base, p_packed.step, p_packed.unit, p_packed.width, p_packed.blank,
         p_packed.planes, p_count, v_middle) < p_number then
      v_low := v_middle + 1;
    else
      v_high := v_middle;
    end if;
  end loop;
  while v_low < p_count and private.unpack_integer(p_packed.base, p_packed.step, p_packed.unit,
          p_packed.width, p_packed.blank, p_packed.planes, p_count, v_low) = p_number loop
    v_found := v_found || v_low;
    v_low := v_low + 1;
  end loop;
  return v_found;
end
$$;
comment on function private.find_times is
  'The places, from 0, of a time among packed ones.';
revoke all on function private.find_times from public;
grant execute on function private.find_times to authenticated, service_role;
