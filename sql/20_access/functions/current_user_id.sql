-- For policies on keys and profiles, as "is this row my own". Who may call it: the API roles.
-- Security definer: private.current_caller is not granted to API roles.
create function private.current_user_id() returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  return case when v_caller."dsTipo" = 'user' then substring(v_caller."dsChamador" from 6)::uuid end;
end
$$;
comment on function private.current_user_id is
  'The person who calls; null for keys and for people without a profile.';
revoke all on function private.current_user_id from public;
grant execute on function private.current_user_id to authenticated, service_role;
