-- The caller, who must be an admin in person, or the service: whoever invites and promotes people can get
-- more than a key has, for longer than the key lasts. Called by the functions that manage people and
-- invitations.
-- Raises PT401, PT403 FORBIDDEN, PT429.
create function private.require_people_management() returns private.identity
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
begin
  if v_caller."dsTipo" not in ('user', 'service') then
    raise sqlstate 'PT403' using message = 'People and invitations need the token of a person, not a key',
      hint = 'FORBIDDEN';
  end if;
  return v_caller;
end
$$;
comment on function private.require_people_management is
  'The caller, if it may manage people and invitations; raises PT401, PT403 or PT429 otherwise.';
revoke all on function private.require_people_management from public;
