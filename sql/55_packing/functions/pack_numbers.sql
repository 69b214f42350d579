-- Decimal numbers of up to six places become integers: the shortest power of ten is taken that brings every
-- one of them back as it was, to the last bit. Others stay as they are; minus zero does, too.
-- Called by private.pack_values and private.pack_positions.
create function private.pack_numbers(p_numbers double precision[]) returns private.packed_numbers
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_divisor double precision := (
    select max(case
      when abs(x) > 4e9 or x = 0 and x::text = '-0' then 'infinity'::double precision
      when x = round(x) then 1
      when x = round(x * 10) / 10 then 10
      when x = round(x * 100) / 100 then 100
      when x = round(x * 1000) / 1000 then 1000
      when x = round(x * 10000) / 10000 then 10000
      when x = round(x * 100000) / 100000 then 100000
      when x = round(x * 1000000) / 1000000 then 1000000
      else 'infinity' end)
    from unnest(p_numbers) x where x is not null);
begin
  if v_divisor is null then
    return null;
  -- what is a decimal of few places must also be one of the most places needed
  elsif v_divisor < 'infinity' and (
      select bool_and(x = round(x * v_divisor) / v_divisor) from unnest(p_numbers) x) then
    return private.make_packed_numbers(p_divisor => v_divisor, p_others => null,
      p_numbers => private.pack_integers(array(
        select round(u.x * v_divisor)::bigint from unnest(p_numbers) with ordinality u(x, n) order by u.n)));
  end if;
  return private.make_packed_numbers(p_divisor => null, p_numbers => null, p_others => p_numbers);
end
$$;
comment on function private.pack_numbers is
  'Double precision numbers as integers and a power of ten where that loses nothing.';
revoke all on function private.pack_numbers from public;
