-- The caller, who must be allowed to manage people now, while nobody changes that: somebody who is removed or
-- demoted at the same moment invites, promotes and removes nobody. Both people are locked, in one order, as
-- two admins may be removing each other. Called by the functions that change people and make invitations.
-- p_person  who is to be changed, if anybody
-- Raises PT401, PT403 FORBIDDEN, PT429.
create function private.require_people_change(p_person uuid default null) returns private.identity
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_management();
begin
  if v_caller."dsTipo" = 'user' then
    perform from public.profiles p
    where p.id in (substring(v_caller."dsChamador" from 6)::uuid, p_person) order by p.id for update;
    perform private.forget_caller();
    v_caller := private.require_caller();
    if not 'admin' = any (v_caller."dsPermissoes") then
      raise sqlstate 'PT403' using message = 'This needs the permission "admin"', hint = 'FORBIDDEN';
    end if;
  end if;
  return v_caller;
end
$$;
comment on function private.require_people_change is
  'The caller, if it may change people and make invitations; raises PT401, PT403 or PT429 otherwise.';
revoke all on function private.require_people_change from public;
