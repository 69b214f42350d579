-- New rows and changes of what is kept about a fleet.
--
-- Which columns of a table are being given values. The key, the time of registration and whose data it is are not a caller's
-- to give, nor is what PostgreSQL computes.
create function private.given_columns(p_kind private.entity_kind, p_data jsonb) returns text[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_columns text[] := array(
    select a.attname from pg_catalog.pg_attribute a
    where a.attrelid = format('public.%I', p_kind.table_name)::regclass and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = '' and a.attname not in (p_kind.key, 'dtRegistro', 'dsFonte'));
  v_given text[];
  v_unknown text[];
begin
  if not p_kind.is_writable or jsonb_typeof(p_data) is distinct from 'object' then
    raise sqlstate 'PT400' using message = 'This cannot be written, or what was sent is no JSON object', hint = 'MALFORMED';
  end if;
  v_given := array(select k from jsonb_object_keys(p_data) k order by 1);
  v_unknown := array(select d from unnest(v_given) d where d <> all (v_columns));
  if v_unknown <> '{}' then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('not a column that can be written: %s', array_to_string(v_unknown, ', '));
  end if;
  return v_given;
end
$$;
comment on function private.given_columns is 'Columns that are given values; PT400 for others.';
revoke all on function private.given_columns from public;
grant execute on function private.given_columns to authenticated, service_role;
