-- Where in a chunk the times of a range are: the first and the last place, from 1; where there is none, the
-- last is before the first. The times ascend, so each end is searched for by halves, and only in the few
-- places that it can be at where the residuals are small beside the step, as private.find_times does.
-- It calls no other function, as who reads the views needs no right to the schema.
-- p_times, p_count   the times of the chunk, as microseconds after its first, and how many there are
-- p_until            excluded
-- Who may call it: every API role, as the views run as their caller.
create function private.places_between(p_times private.packed_integers, p_count integer, p_first timestamp,
  p_since timestamp, p_until timestamp) returns integer[]
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  v_base bigint := p_times.base;
  v_step bigint := p_times.step;
  v_unit bigint := p_times.unit;
  v_width integer := p_times.width;
  v_planes bytea := p_times.planes;
  v_end timestamp;
  v_bound bigint;
  v_low integer := 0;
  v_high integer;
  v_middle integer;
  v_residual bigint;
  v_places integer[] := array[]::integer[];
begin
  foreach v_end in array array[greatest(p_since, p_first), least(p_until, p_first + interval '1 month')] loop
    v_bound := round(date_part('epoch', v_end - p_first) * 1000000)::bigint;
    v_high := p_count;
    if v_step > 0 and v_width <= 4 then
      v_low := greatest(v_low, least(p_count,
        (v_bound - v_base - (1::bigint << 8 * v_width) * v_unit) / v_step));
      v_high := greatest(v_low, least(p_count, (v_bound - v_base) / v_step + 1));
    end if;
    while v_low < v_high loop
      v_middle := (v_low + v_high) / 2;
      v_residual := 0;
      for plane in 0 .. v_width - 1 loop
        v_residual := v_residual + (get_byte(v_planes, plane * p_count + v_middle)::bigint << 8 * plane);
      end loop;
      if v_base + v_middle * v_step + v_unit * v_residual < v_bound then
        v_low := v_middle + 1;
      else
        v_high := v_middle;
      end if;
    end loop;
    v_places := v_places || v_low;
  end loop;
  return array[v_places[1] + 1, v_places[2]];
end
$$;
comment on function private.places_between is 'Where in a chunk the times of a range are.';
revoke all on function private.places_between from public;
grant execute on function private.places_between to authenticated, service_role;
