-- Part of public.get_data_points. Who may call it: every API role. Raises PT400 INVALID_PARAMETER.
create function private.require_points_arguments(p_since timestamp, p_until timestamp, p_agg text,
  p_limit integer, p_points integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_error text := case
    when not coalesce(isfinite(p_since) and isfinite(p_until), false)
      then 'from and to are required and must be finite'
    when p_until < p_since then 'to must not be before from'
    when not coalesce(p_agg in ('raw', '1m', '5m', '1h', 'auto'), false)
      then 'agg must be one of raw, 1m, 5m, 1h, auto'
    when not coalesce(p_limit between 1 and 100000, false) then 'limit must be 1 to 100000'
    when not p_points between 3 and 10000 then 'maxPoints must be 3 to 10000'
  end;
begin
  if v_error is not null then
    raise sqlstate 'PT400' using message = v_error, hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.require_points_arguments is
  'Raises PT400 for invalid arguments of get_data_points.';
revoke all on function private.require_points_arguments from public;
grant execute on function private.require_points_arguments to authenticated, service_role;
