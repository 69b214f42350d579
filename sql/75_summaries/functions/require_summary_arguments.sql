-- p_type, p_types   the axis of the chart, and the axes that are allowed
-- Who may call it: every API role. Raises PT400 INVALID_PARAMETER.
create function private.require_summary_arguments(p_product integer, p_start timestamptz, p_end timestamptz,
  p_type text, p_types text[], p_zone text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_error text := case
    when p_product is null then 'product is required'
    when not coalesce(isfinite(p_start) and isfinite(p_end), false)
      then 'from and to are required and must be finite'
    when p_end < p_start then 'to must not be before from'
    when not coalesce(p_type = any (p_types), false)
      then format('aggregation must be one of %s', array_to_string(p_types, ', '))
    when p_zone is null then 'fuso is required'
    when not private.is_zone_name(p_zone)
      then 'fuso must be the IANA name of a time zone, such as America/Sao_Paulo, not an offset'
  end;
begin
  if v_error is not null then
    raise sqlstate 'PT400' using message = v_error, hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.require_summary_arguments is 'Raises PT400 for invalid arguments of a summary.';
revoke all on function private.require_summary_arguments from public;
grant execute on function private.require_summary_arguments to authenticated, service_role;
