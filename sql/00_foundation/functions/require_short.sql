-- Texts that are compared, searched for or kept: as long as the API takes them.
-- Who may call it: the API roles, as functions that read run as their caller. Raises PT400 INVALID_PARAMETER.
create function private.require_short(variadic p_texts text[]) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from unnest(p_texts) t where length(t) > 1000) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = 'A text may have at most 1000 characters';
  end if;
end
$$;
comment on function private.require_short is 'Raises PT400 when a text has more than 1,000 characters.';
revoke all on function private.require_short from public;
grant execute on function private.require_short to authenticated, service_role;
