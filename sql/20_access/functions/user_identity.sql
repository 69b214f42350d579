-- In two small steps rather than in one query of both cases: every row-level security look-up starts it, and starting is its cost.
create function private.user_identity(p_sub text) returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_id uuid := case when p_sub ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then p_sub::uuid end;
  v_role public.papel;
  v_client integer;
begin
  select p.role, p."cdCliente" into v_role, v_client
  from public.profiles p
  join auth.users a on a.id = p.id and a.deleted_at is null and (a.banned_until is null or a.banned_until < now())
  where p.id = v_id;
  if v_role is null then
    return null;
  elsif v_role = 'service' then
    return row('user', 'user:' || v_id, v_client, array(select c."cdCliente" from public."TbCliente" c),
               '{read,ingest,admin}', true)::private.identity;
  end if;
  return row('user', 'user:' || v_id, v_client,
             array(select c."cdCliente" from public."TbCliente" c
                   where c."cdCliente" = v_client or c."cdClientePai" = v_client),
             case v_role when 'admin' then '{read,ingest,admin}' else '{read}' end::text[], false)::private.identity;
end
$$;
comment on function private.user_identity is 'A person by its auth id: its client and that client''s children.';
revoke all on function private.user_identity from public;
