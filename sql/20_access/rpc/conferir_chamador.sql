-- Whether the caller is known and has a permission, before the body of its request is looked at: it may be
-- large, and what a stranger sends is not worth reading. Counts nothing: the call that follows does.
-- p_permissao  read, ingest or admin; null: being known is enough
-- Who may call it: every API role. Security definer: reads profiles and keys that the caller may not see.
-- Raises PT401 UNAUTHORIZED, PT403 FORBIDDEN.
create function public.conferir_chamador(p_permissao text default null) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_error text := private.permission_error(private.require_caller(), p_permissao);
begin
  if v_error is not null then
    raise sqlstate 'PT403' using message = v_error, hint = 'FORBIDDEN';
  end if;
  return to_jsonb(true);
end
$$;
comment on function public.conferir_chamador is 'Whether the caller is known and has a permission.';
revoke all on function public.conferir_chamador from public;
grant execute on function public.conferir_chamador to authenticated, service_role;
