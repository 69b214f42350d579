-- Integers in as few bytes as arrays can hold them in: what remains of each beside a straight line, in units
-- that divide all of them. A series that grows evenly needs no array at all. The line has the usual step
-- where most steps are equal, so that the residuals repeat and compress; otherwise the mean step or none,
-- whichever leaves the smaller range. With nulls among them there is no line.
-- Called by private.pack_values and private.pack_positions.
create function private.pack_integers(p_numbers bigint[]) returns private.packed_integers
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_first bigint := p_numbers[1];
  v_count integer := cardinality(p_numbers);
  v_shape record;
  v_line record;
  v_unit bigint;
  v_range bigint;
  v_width integer;
begin
  select count(x) as filled, min(x) as lowest, bool_and((x - v_first) % 1000000 = 0) as in_millions,
         bool_and((x - v_first) % 1000 = 0) as in_thousands
  into v_shape from unnest(p_numbers) x;
  if v_shape.filled = 0 then
    return null;
  end if;
  if v_shape.filled < v_count then
    v_first := v_shape.lowest;
    v_unit := 1;
  else
    v_unit := case when v_shape.in_millions then 1000000 when v_shape.in_thousands then 1000 else 1 end;
  end if;
  select l.step, l.lowest, l.highest into v_line
  from (
    select s.step, s.place, min(x - n * s.step) as lowest, max(x - n * s.step) as highest
    from (select u.x, u.n - 1 as n from unnest(p_numbers) with ordinality u(x, n)) u
    cross join (
      select 0::bigint as step, 3 as place
      union
      select (p_numbers[v_count] - v_first) / v_unit / greatest(v_count - 1, 1) * v_unit, 2
      where v_shape.filled = v_count
      union
      select d.step, 1
      from (select u.x - lag(u.x) over (order by u.n) as step
            from unnest(p_numbers) with ordinality u(x, n)) d
      where d.step is not null and v_shape.filled = v_count
      group by d.step having 2 * count(*) >= v_count - 1
    ) s
    group by s.step, s.place
  ) l
  order by l.place <> 1, l.highest - l.lowest, l.place limit 1;
  v_first := v_line.lowest + (v_line.highest - v_line.lowest) / v_unit / 2 * v_unit;
  v_range := (v_line.highest - v_line.lowest) / v_unit;
  v_width := case when v_range = 0 and v_shape.filled = v_count then 0 when v_range < 65534 then 2
                  when v_range < 4294967294 then 4 else 8 end;
  return private.make_packed_integers(p_base => v_first, p_step => v_line.step, p_unit => v_unit,
    p_width => v_width, p_residuals => array(
      select (u.x - v_first - (u.n - 1) * v_line.step) / v_unit
      from unnest(p_numbers) with ordinality u(x, n) where v_width > 0 order by u.n));
end
$$;
comment on function private.pack_integers is 'Integers as a line with residuals; null where all are null.';
revoke all on function private.pack_integers from public;
