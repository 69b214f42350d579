-- Locks the person, if the caller may change what that person may do. Refuses the caller's own row, so that
-- no client loses its last admin by accident, and people who run the installation. Called by the functions
-- that manage people. Raises PT404 NOT_FOUND, PT409 CONFLICT (oneself), PT403 FORBIDDEN.
create function private.managed_person(p_caller private.identity, p_id uuid) returns public.profiles
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_person public.profiles;
begin
  select p.* into v_person from public.profiles p
  where p.id = p_id and (p_caller.is_service or p."cdCliente" = any (p_caller."cdClientes"))
  for update;
  if v_person.id is null then
    raise sqlstate 'PT404' using message = 'Person not found', hint = 'NOT_FOUND';
  elsif p_caller."dsChamador" = 'user:' || p_id then
    raise sqlstate 'PT409' using message = 'You cannot change your own role or remove yourself.',
      hint = 'CONFLICT',
      detail = 'Ask another admin of the client.';
  elsif v_person.role = 'service' and not p_caller.is_service then
    raise sqlstate 'PT403' using message = 'Only the service can change people with the role service',
      hint = 'FORBIDDEN';
  end if;
  return v_person;
end
$$;
comment on function private.managed_person is 'A person whose role the caller may change.';
revoke all on function private.managed_person from public;
