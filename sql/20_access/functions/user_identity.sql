-- In two small steps instead of one query for both cases: every row-level security look-up calls it, and
-- starting a query is most of its cost. Called by private.current_caller and private.key_identity.
-- plan_cache_mode: see private.service_identity.
create function private.user_identity(p_sub text) returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_id uuid := case when p_sub ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then p_sub::uuid end;
  v_role public.role;
  v_client integer;
begin
  select p.role, p."cdCliente" into v_role, v_client
  from public.profiles p
  join auth.users a on a.id = p.id
    and a.deleted_at is null and (a.banned_until is null or a.banned_until < now())
  where p.id = v_id;
  if v_role is null then
    return null;
  elsif v_role = 'service' then
    return private.make_identity(
      p_kind => 'user',
      p_caller => 'user:' || v_id,
      p_client => v_client,
      p_clients => array(select c."cdCliente" from public."TbCliente" c),
      p_permissions => '{read,ingest,admin}',
      p_is_service => true);
  end if;
  return private.make_identity(
    p_kind => 'user',
    p_caller => 'user:' || v_id,
    p_client => v_client,
    p_clients => array(select c."cdCliente" from public."TbCliente" c
                       where c."cdCliente" = v_client or c."cdClientePai" = v_client),
    p_permissions => case v_role when 'admin' then '{read,ingest,admin}'::text[] else '{read}' end,
    p_is_service => false);
end
$$;
comment on function private.user_identity is
  'A person by its auth id: its client and that client''s children.';
revoke all on function private.user_identity from public;
