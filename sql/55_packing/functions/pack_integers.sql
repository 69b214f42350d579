-- Integers in few bytes: what remains of each beside a straight line, in units that divide all of them, is
-- stored byte by byte, all lowest bytes first. High bytes repeat where low ones differ, and so compress. A
-- series that grows evenly needs no residuals at all. The line has the usual step where most steps are equal,
-- so that the residuals repeat; otherwise the mean step or none, whichever leaves the smaller range. With
-- nulls among them there is no line.
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
  v_blank integer;
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
  v_blank := case when v_shape.filled < v_count then 0 else -1 end;
  v_first := v_line.lowest - (v_blank + 1) * v_unit;
  v_range := (v_line.highest - v_first) / v_unit;
  return private.make_packed_integers(p_base => v_first, p_step => v_line.step, p_unit => v_unit,
    p_blank => v_blank,
    p_width => case when v_range = 0 then 0 when v_range < 1 << 8 then 1 when v_range < 1 << 16 then 2
                    when v_range < 1 << 24 then 3 when v_range < 1::bigint << 32 then 4
                    when v_range < 1::bigint << 40 then 5 when v_range < 1::bigint << 48 then 6
                    when v_range < 1::bigint << 56 then 7 else 8 end,
    p_residuals => array(
      select coalesce((u.x - v_first - (u.n - 1) * v_line.step) / v_unit, 0)
      from unnest(p_numbers) with ordinality u(x, n) where v_range > 0 order by u.n));
end
$$;
comment on function private.pack_integers is 'Integers as a line with residuals; null where all are null.';
revoke all on function private.pack_integers from public;
