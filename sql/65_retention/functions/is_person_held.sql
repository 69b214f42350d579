-- Whether a client is under a legal hold that the person belongs to, has keys of, or has done something for
-- that the audit log of this client says.
create function private.is_person_held(p_person uuid) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public."TbGuardaLegal" g
    where g."cdDispositivo" is null and g."cdCliente" in (
      select p."cdCliente" from public.profiles p where p.id = p_person
      union all
      select k."cdCliente" from public."TbApiKeys" k where p_person in (k."cdUsuario", k."cdPortador")
      union all
      select a."cdCliente" from public."TbAuditoria" a
      where a."dsChamador" = 'user:' || p_person
         or a."dsTabela" = 'profiles' and coalesce(a."jsAntes", a."jsDepois") ->> 'id' = p_person::text))
$$;
comment on function private.is_person_held is 'Whether a legal hold covers what is stored of a person.';
revoke all on function private.is_person_held from public;
