-- Twice the area, or null at the ends of the curve. Differences below 1e-150 count as 0, so that no product
-- underflows. Part of private.thinned_points. Without SET clause, to be inlined. Who may call it: every API
-- role.
create function private.triangle_area(p_ax double precision, p_ay double precision, p_bx double precision,
  p_by double precision, p_cx double precision, p_cy double precision) returns double precision
language sql immutable parallel safe as $$
  select abs((p_ax - p_cx) * case when abs(p_by - p_ay) > 1e-150 then p_by - p_ay else 0 end
           - (p_ax - p_bx) * case when abs(p_cy - p_ay) > 1e-150 then p_cy - p_ay else 0 end)
$$;
comment on function private.triangle_area is 'Twice the area of a triangle.';
revoke all on function private.triangle_area from public;
grant execute on function private.triangle_area to authenticated, service_role;
