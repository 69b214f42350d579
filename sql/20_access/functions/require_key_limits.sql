-- Raises PT400 INVALID_PARAMETER.
create function private.require_key_limits(p_minute_limit integer, p_daily_quota integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if least(p_minute_limit, p_daily_quota) < 1 then
    raise sqlstate 'PT400' using message = 'A limit must be at least 1, or null for no limit',
      hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.require_key_limits is 'Refuses limits below 1.';
revoke all on function private.require_key_limits from public;
