-- Makes a person an admin of its client, or a reader again; its API keys then keep the permission read only,
-- and the invitations that it could read end.
-- p_papel  default (reads), admin (also writes); only the service can give service
-- Who: people with the permission admin, for people of clients they act for; not for oneself.
-- Security definer: API roles may not write profiles.
-- Raises PT400 INVALID_PARAMETER, PT403 FORBIDDEN, PT404 NOT_FOUND, PT409 CONFLICT.
create function public.mudar_pessoa(p_id uuid, p_papel text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_change(p_id);
  v_person public.profiles;
begin
  if p_papel is null or p_papel not in ('default', 'admin', 'service') then
    raise sqlstate 'PT400' using message = 'role must be default, admin or service',
      hint = 'INVALID_PARAMETER';
  elsif p_papel = 'service' and not v_caller.is_service then
    raise sqlstate 'PT403' using message = 'Only the service can give the role service', hint = 'FORBIDDEN';
  end if;
  v_person := private.managed_person(v_caller, p_id);
  update public.profiles p set role = p_papel::public.role
  where p.id = v_person.id returning p.* into v_person;
  return private.describe_person(v_person);
end
$$;
comment on function public.mudar_pessoa is 'Changes the role of a person.';
revoke all on function public.mudar_pessoa from public;
grant execute on function public.mudar_pessoa to authenticated, service_role;
