-- The members of p_filters as a condition on t, whose values are in f, a row of the same type. Only columns
-- of
-- p_kind.filters are accepted; without members every row matches.
-- Who may call it: the API roles, for get_cadastros. Raises PT400 INVALID_PARAMETER.
create function private.filter_condition(p_kind private.entity_kind, p_filters jsonb) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_names text[];
begin
  perform private.require_small(p_filters);
  if jsonb_typeof(p_filters) <> 'object' then
    raise sqlstate 'PT400' using message = 'The filters must be a JSON object', hint = 'INVALID_PARAMETER';
  end if;
  v_names := array(select k from jsonb_object_keys(jsonb_strip_nulls(p_filters)) k order by 1);
  if not v_names <@ p_kind.filters then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('The filters are %s', array_to_string(p_kind.filters, ', '));
  end if;
  return coalesce((select string_agg(format('t.%1$I = f.%1$I', n), ' and ') from unnest(v_names) n), 'true');
end
$$;
comment on function private.filter_condition is
  'An SQL condition that selects rows by some of their columns.';
revoke all on function private.filter_condition from public;
grant execute on function private.filter_condition to authenticated, service_role;
