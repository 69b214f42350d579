-- Part of criar_cadastro. Who may call it: the API roles, as that function runs as its caller.
-- Raises PT409 CONFLICT (no such type, or number and name).
create function private.name_type(p_data jsonb) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_found jsonb;
  v_error text;
begin
  perform private.require_small(p_data);
  v_found := private.resolve_types(jsonb_build_array(p_data));
  v_error := v_found #>> '{erros,0,texto}';
  if v_error is not null then
    raise sqlstate 'PT409' using hint = 'CONFLICT',
      message = format('%s: %s', v_found #>> '{erros,0,coluna}', v_error);
  end if;
  return v_found #> '{linhas,0}';
end
$$;
comment on function private.name_type is 'A new sensor whose type is named, with its number.';
revoke all on function private.name_type from public;
grant execute on function private.name_type to authenticated, service_role;
