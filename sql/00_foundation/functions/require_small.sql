-- Documents of an entity, a filter or an area. As jsonb, 128 kB of text, such as the largest geofence, may
-- take several times as much. Who may call it: the API roles, as functions that read run as their caller.
-- Raises PT413 TOO_LARGE.
create function private.require_small(p_document jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if pg_column_size(p_document) > 1048576 then
    raise sqlstate 'PT413' using message = 'The JSON has more than 1 MB', hint = 'TOO_LARGE';
  end if;
end
$$;
comment on function private.require_small is 'Raises PT413 when a JSON document has more than 1 MB as jsonb.';
revoke all on function private.require_small from public;
grant execute on function private.require_small to authenticated, service_role;
