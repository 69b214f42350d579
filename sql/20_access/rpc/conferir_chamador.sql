-- Whether the caller is known, has a permission and a call left, before the body of its request is looked at:
-- it may be large, and what is refused anyway is not worth reading. Counts nothing: the call that follows
-- does.
-- p_permissao  read, ingest or admin; null: being known is enough
-- Who may call it: every API role. Security definer: reads profiles and keys that the caller may not see.
-- Raises PT401 UNAUTHORIZED, PT403 FORBIDDEN, PT429 RATE_LIMITED, QUOTA_EXCEEDED.
create function public.conferir_chamador(p_permissao text default null) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_caller();
  v_error text := private.permission_error(v_caller, p_permissao);
begin
  if v_error is not null then
    raise sqlstate 'PT403' using message = v_error, hint = 'FORBIDDEN';
  end if;
  perform private.require_key_quota(k, 1)
  from private.key_lineage((private.calling_key(v_caller))."cdApiKey") k;
  return to_jsonb(true);
end
$$;
comment on function public.conferir_chamador is 'Whether the caller is known and has a permission.';
revoke all on function public.conferir_chamador from public;
grant execute on function public.conferir_chamador to authenticated, service_role;
