-- Which columns of a row are given values; each must be writable.
-- Who may call it: the API roles, for the functions that write the registry.
-- Raises PT400 MALFORMED (not an object, or read-only), INVALID_PARAMETER (a column that cannot be written).
create function private.given_columns(p_kind private.entity_kind, p_data jsonb) returns text[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_writable text[] := private.writable_columns(p_kind);
  v_given text[];
  v_unknown text[];
begin
  perform private.require_small(p_data);
  if not p_kind.is_writable or jsonb_typeof(p_data) is distinct from 'object' then
    raise sqlstate 'PT400' using message = 'This is read-only, or the data is not a JSON object',
      hint = 'MALFORMED';
  end if;
  v_given := array(select k from jsonb_object_keys(p_data) k order by 1);
  v_unknown := array(select d from unnest(v_given) d where d <> all (v_writable));
  if v_unknown <> '{}' then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('These columns cannot be written: %s', left(array_to_string(v_unknown, ', '), 200));
  end if;
  return v_given;
end
$$;
comment on function private.given_columns is 'Columns that are given values; raises PT400 for others.';
revoke all on function private.given_columns from public;
grant execute on function private.given_columns to authenticated, service_role;
