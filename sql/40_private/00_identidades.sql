-- The four kinds of callers. Used by private.chamador() only. One plan for all: whether to make another is otherwise decided
-- with the planner settings of whoever reads, and each call would plan anew.
create function private.identidade_servico() returns private.identidade
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select row('service', 'service', null,
               array(select c."cdCliente" from public."TbCliente" c),
               '{read,ingest,admin}', true)::private.identidade);
end
$$;
comment on function private.identidade_servico() is 'The service itself: every client, every permission.';
revoke all on function private.identidade_servico() from public;

-- In two small steps rather than in one query of both cases: every row-level security look-up starts it, and starting is its cost.
create function private.identidade_usuario(p_sub text) returns private.identidade
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_id uuid := case when p_sub ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then p_sub::uuid end;
  v_papel public.papel;
  v_cliente integer;
begin
  select p.role, p."cdCliente" into v_papel, v_cliente
  from public.profiles p
  join auth.users a on a.id = p.id and a.deleted_at is null and (a.banned_until is null or a.banned_until < now())
  where p.id = v_id;
  if v_papel is null then
    return null;
  elsif v_papel = 'service' then
    return row('user', 'user:' || v_id, v_cliente, array(select c."cdCliente" from public."TbCliente" c),
               '{read,ingest,admin}', true)::private.identidade;
  end if;
  return row('user', 'user:' || v_id, v_cliente,
             array(select c."cdCliente" from public."TbCliente" c
                   where c."cdCliente" = v_cliente or c."cdClientePai" = v_cliente),
             case v_papel when 'admin' then '{read,ingest,admin}' else '{read}' end::text[], false)::private.identidade;
end
$$;
comment on function private.identidade_usuario(text) is 'A person by its auth id: its client and that client''s children.';
revoke all on function private.identidade_usuario(text) from public;

create function private.identidade_chave(p_hash text) returns private.identidade
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select row('key', 'key:' || k."dsHash",
               case when (d.dono)."cdCliente" = any (c.clientes) then (d.dono)."cdCliente" else c.clientes[1] end,
               c.clientes,
               -- a key manages only as long as its owner does
               case when not 'admin' = any (k."dsPermissoes") then k."dsPermissoes"
                    when 'admin' = any ((d.dono)."dsPermissoes") then '{read,ingest,admin}'
                    else array_remove(k."dsPermissoes", 'admin') end,
               (d.dono)."blServico" and k."cdClientes" is null)::private.identidade
    from public."TbApiKeys" k
    cross join lateral (select private.identidade_usuario(k."cdUsuario"::text) as dono offset 0) d
    cross join lateral (
      select case when k."cdClientes" is null then (d.dono)."cdClientes"
                  else array(select u from unnest(k."cdClientes") u where u = any ((d.dono)."cdClientes")) end as clientes
      offset 0
    ) c
    where k."dsHash" = p_hash
      and k."blAtiva"
      and (k."dtExpiracao" is null or k."dtExpiracao" > now())
      and (d.dono)."dsTipo" is not null);
end
$$;
comment on function private.identidade_chave(text) is 'An API key by its SHA-256: its clients, never more than its owner sees.';
revoke all on function private.identidade_chave(text) from public;

create function private.identidade_dispositivo(p_cd_dispositivo text) returns private.identidade
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_codigo integer := case when p_cd_dispositivo ~ '^[0-9]{1,9}$' then p_cd_dispositivo::integer end;
begin
  return (
    select row('device', 'device:' || d."cdDispositivo", d."cdCliente", array[d."cdCliente"], '{ingest}', false)::private.identidade
    from public."TbDispositivoLiberado" l
    join public."TbDispositivo" d on d."cdDispositivo" = l."cdDispositivo"
    where l."cdDispositivo" = v_codigo and l."dtFim" > now() and d."cdCliente" is not null);
end
$$;
comment on function private.identidade_dispositivo(text) is 'A tracker that may send without credentials, for as long as it may.';
revoke all on function private.identidade_dispositivo(text) from public;
