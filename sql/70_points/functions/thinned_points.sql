-- Thins by largest triangle three buckets (Steinarsson 2013), which keeps the points that shape the curve.
-- The first and the last value stay; the others are divided into equal pieces, and of each piece the value
-- stays that makes the largest triangle with the value chosen before and the mean of the next piece. For the
-- choice, values are limited to 1e140, so that no area and no mean
-- overflows (avg squares what it is given). Pieces carry their values: looking for them by time again cost a
-- search in every partition for each piece, and JSON is made of the chosen values only.
-- Part of public.get_data_points. Who may call it: every API role; row-level security decides which values.
create function private.thinned_points(p_sensor integer, p_since timestamp, p_until timestamp,
  p_points integer) returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan set work_mem = '16MB' as $$
declare
  v_total bigint := ( -- with faults, which rollups do not count
    select count(*) from private.values_between(p_sensor, p_since, p_until) r
    where r."nrValor" is not null);
  v_piece record;
  v_chosen record;
  v_x double precision;
  v_y double precision;
  v_points json[] := array[]::json[];
begin
  if v_total <= p_points then
    return (private.raw_points(p_sensor, p_since, p_until, 100000, null)).data;
  end if;
  for v_piece in
    select p.*, lead(p.x) over (order by p.k) as next_x, lead(p.y) over (order by p.k) as next_y
    from (
      select case l.n when 1 then 0 when v_total then p_points
                      -- integer division that rounds up
                      else ((l.n - 1) * (p_points - 2) + v_total - 3) / (v_total - 2) end as k,
             array_agg(l.ts) as times, array_agg(l.value) as vals, array_agg(l.quality) as qualities,
             array_agg(l.x) as xs, avg(l.x) as x, avg(greatest(-1e140, least(1e140, l.value))) as y
      from (
        select r."dtRegistro" as ts, r."nrValor" as value, r."nrQualidade" as quality,
               date_part('epoch', r."dtRegistro" - p_since) as x,
               row_number() over (order by r."dtRegistro") as n
        from private.values_between(p_sensor, p_since, p_until) r
        where r."nrValor" is not null
      ) l
      group by 1
    ) p
    order by p.k
  loop
    select r.* into v_chosen
    from unnest(v_piece.times, v_piece.vals, v_piece.qualities, v_piece.xs) r(ts, value, quality, x)
    order by private.triangle_area(
               v_x, v_y, r.x, greatest(-1e140, least(1e140, r.value)), v_piece.next_x, v_piece.next_y)
             desc nulls last,
             r.ts
    limit 1;
    v_x := v_chosen.x;
    v_y := greatest(-1e140, least(1e140, v_chosen.value));
    v_points := array_append(v_points, json_build_object(
      'ts', v_chosen.ts, 'value', v_chosen.value, 'quality', v_chosen.quality));
  end loop;
  return array_to_json(v_points);
end
$$;
comment on function private.thinned_points is
  'At most so many values of one sensor as JSON, chosen to keep the shape of the curve.';
revoke all on function private.thinned_points from public;
grant execute on function private.thinned_points to authenticated, service_role;
