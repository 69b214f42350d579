-- API keys, people and invitations; callers of PostgREST are resolved like those of the application.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/20_access/rpc
-- The person who calls joins the client of an invitation, as a reader. Whoever belongs to a client has to be
-- removed from it first.
-- Who: people who are signed in and belong to no client.
-- Security definer: people do not see the invitations of clients they do not belong to.
-- Raises PT403 FORBIDDEN (a key, a tracker), PT404 NOT_FOUND (unknown, expired or used up), PT409 CONFLICT.
create function public.aceitar_convite(p_ds_chave text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_caller();
  v_invitation public."TbClienteChave";
  v_person public.profiles;
begin
  if v_caller."dsTipo" <> 'user' then
    raise sqlstate 'PT403' using message = 'Only people can accept invitations', hint = 'FORBIDDEN';
  elsif v_caller."cdCliente" is not null or v_caller.is_service then
    raise sqlstate 'PT409' using message = 'You already belong to a client', hint = 'CONFLICT',
      detail = 'Ask an admin of that client to remove you first.';
  end if;
  v_invitation := private.lock_enrolment_code(p_ds_chave);
  if v_invitation.id is null then
    raise sqlstate 'PT404' using message = 'The invitation is unknown, has expired or is used up',
      hint = 'NOT_FOUND';
  end if;
  update public.profiles p
  set "cdCliente" = v_invitation."cdCliente", "cdChave" = v_invitation.id, role = 'default'
  where p.id = substring(v_caller."dsChamador" from 6)::uuid and p."cdCliente" is null
  returning p.* into v_person;
  if v_person.id is null then -- another invitation was accepted at the same moment
    raise sqlstate 'PT409' using message = 'You already belong to a client', hint = 'CONFLICT';
  end if;
  return private.describe_person(v_person);
end
$$;
comment on function public.aceitar_convite is 'The person who calls joins the client of an invitation.';
revoke all on function public.aceitar_convite from public;
grant execute on function public.aceitar_convite to authenticated, service_role;
-- PostgREST calls this before every request, in its transaction (db_pre_request), so that RPCs, tables and
-- views find the same caller as requests that come through the application. A request with an X-API-Key
-- arrives as anon and continues as authenticated, as the bearer of that key; a person's claims get the id of
-- the request; anon without a key, and the secret key (service_role), stay as they are. In public, though
-- that makes it an RPC (which returns nothing and changes nothing): anon must reach it, and anon may not use
-- the schema private.
-- Security invoker: a definer could not change the role; and only PostgREST's login, a member of
-- authenticated, can make the change. It names no other role.
-- Raises PT400 INVALID_PARAMETER (Prefer: tx=rollback), PT401 UNAUTHORIZED, PT413 TOO_LARGE (a body above
-- 64 MB, rows for a table above 16 MB, chunks), PT429 RATE_LIMITED, QUOTA_EXCEEDED, PT503 BUSY.
create function public.antes_da_requisicao() returns void
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp as $$
declare
  v_headers json := nullif(current_setting('request.headers', true), '')::json;
  v_claims jsonb;
  v_most integer; -- MB in a body
begin
  -- Rows for a table are 5,000 at most, and all of a body is unpacked before they are counted.
  v_most := case when starts_with(current_setting('request.path', true), '/rpc/') then 64 else 16 end;
  if (v_headers ->> 'content-length')::numeric > v_most * 1048576 then
    raise sqlstate 'PT413' using message = format('The body has more than %s MB', v_most), hint = 'TOO_LARGE';
  end if;
  if v_headers -> 'transfer-encoding' is not null and v_headers -> 'content-length' is null then
    raise sqlstate 'PT413' using hint = 'TOO_LARGE',
      message = 'The size of the body is not known; send it with Content-Length, not in chunks';
  end if;
  -- Where PostgREST is set up to do so, it would leave neither use of the key nor audit log behind; elsewhere
  -- the request would be committed.
  if v_headers ->> 'prefer' ~* 'tx\s*=\s*"?rollback' then
    raise sqlstate 'PT400' using message = 'Prefer: tx=rollback is not available', hint = 'INVALID_PARAMETER';
  end if;
  if v_headers -> 'x-api-key' is not null then
    if current_user <> 'anon' then
      raise sqlstate 'PT401' using message = 'Send a bearer token or an X-API-Key, not both.',
        hint = 'UNAUTHORIZED';
    end if;
    perform set_config('role', 'authenticated', true);
    -- PostgREST has set that of anon
    perform set_config('statement_timeout', split_part(s, '=', 2), true)
    from pg_db_role_setting r, unnest(r.setconfig) s
    where r.setrole = 'authenticated'::regrole and r.setdatabase = 0 and s like 'statement_timeout=%';
  end if;
  if current_user <> 'authenticated' then
    return;
  end if;
  if current_setting('statement_timeout') = '0' then
    perform set_config('statement_timeout', '8s', true);
  end if;
  v_claims := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  v_claims := coalesce(private.read_credentials(v_headers, v_claims), v_claims);
  perform set_config('request.jwt.claims', v_claims::text, true);
  perform private.admit_caller();
end
$$;
comment on function public.antes_da_requisicao is
  'Called by PostgREST before every request: identifies the caller.';
revoke all on function public.antes_da_requisicao from public;
grant execute on function public.antes_da_requisicao to anon, authenticated, service_role;
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
-- Makes an API key. The answer holds its text, dsKey, which is shown once and not stored.
-- p_cd_clientes       clients it acts for; null: all that its owner acts for now
-- p_dt_expiracao      when it ends; null: with the key that makes it, or not at all
-- p_ds_permissoes     of read, ingest, admin
-- p_nr_limite_minuto  calls a minute; null: no limit
-- p_nr_cota_diaria    calls a day (UTC); null: no limit
-- Who: callers with the permission admin, for themselves, and no more than they may do: a key makes none that
-- acts for more clients, does more, or lasts longer than itself, now or later (private.limit_made_keys).
-- Security definer: API roles may not write keys.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT429.
create function public.criar_api_key(
  p_ds_nome text, p_ds_permissoes text[] default '{read}', p_cd_clientes integer[] default null,
  p_dt_expiracao timestamptz default null, p_nr_limite_minuto integer default null,
  p_nr_cota_diaria integer default null
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_key_management();
  v_key public."TbApiKeys";
  v_maker public."TbApiKeys"; -- the key that calls, if it is one
begin
  if v_caller."dsTipo" = 'user' and v_caller."cdClientes" = '{}' and not v_caller.is_service then
    raise sqlstate 'PT403' using message = 'You belong to no client', hint = 'FORBIDDEN';
  end if;
  perform private.require_short(p_ds_nome);
  perform private.require_few('cdClientes', p_cd_clientes);
  perform private.require_few('dsPermissoes', p_ds_permissoes);
  perform private.require_key_scope(v_caller, p_cd_clientes, p_ds_permissoes);
  perform private.require_key_limits(p_nr_limite_minuto, p_nr_cota_diaria);
  if coalesce(btrim(p_ds_nome), '') = ''
     or not (p_dt_expiracao > now() and p_dt_expiracao < '10000-01-01Z') then
    raise sqlstate 'PT400' using
      message = 'A key needs a name; its expiry, if any, must be in the future and before the year 10000',
      hint = 'INVALID_PARAMETER';
  end if;
  v_maker := private.calling_key(v_caller);
  v_key."cdUsuario" := private.key_owner(v_caller);
  v_key."cdApiKeyMae" := v_maker."cdApiKey";
  v_key."dsNome" := btrim(p_ds_nome);
  -- a key made by a key that is limited to some clients is limited to them too
  v_key."cdClientes" := case
    when v_caller."dsTipo" = 'key' and not v_caller.is_service
    then coalesce(p_cd_clientes, v_caller."cdClientes")
    else p_cd_clientes
  end;
  v_key."dsPermissoes" := p_ds_permissoes;
  v_key."dtExpiracao" := coalesce(p_dt_expiracao, v_maker."dtExpiracao");
  v_key."nrLimiteMinuto" := p_nr_limite_minuto;
  v_key."nrCotaDiaria" := p_nr_cota_diaria;
  perform private.require_within_key(v_caller, v_key);
  return private.store_key(v_key);
end
$$;
comment on function public.criar_api_key is
  'Creates an API key; its text is shown once.';
revoke all on function public.criar_api_key from public;
grant execute on function public.criar_api_key to authenticated, service_role;
-- Invites people to a client: whoever signs up with dsChave, or accepts it (aceitar_convite), joins.
-- p_cd_cliente  null: the caller's own client
-- p_nr_limite   how many people may join, 1 to 999
-- p_nr_dias     for how many days it is valid, 1 to 90
-- Who: people with the permission admin, for clients they act for.
-- Security definer: API roles may not write invitations.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND (no such client).
create function public.criar_convite(
  p_cd_cliente integer default null, p_nr_limite integer default 1, p_nr_dias integer default 7
) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_change();
  v_invitation public."TbClienteChave";
begin
  if not coalesce(p_nr_limite between 1 and 999 and p_nr_dias between 1 and 90, false) then
    raise sqlstate 'PT400' using message = 'nrLimite must be 1 to 999 people, nrDias 1 to 90 days',
      hint = 'INVALID_PARAMETER';
  end if;
  perform private.require_client(v_caller, coalesce(p_cd_cliente, v_caller."cdCliente"));
  insert into public."TbClienteChave" ("dsChave", "nrLimite", "cdCliente", "dtExpiracao")
  values (
    replace(private.generate_key(), 'rastro_', 'convite_'), p_nr_limite,
    coalesce(p_cd_cliente, v_caller."cdCliente"), now() + make_interval(days => p_nr_dias))
  returning * into v_invitation;
  return to_jsonb(v_invitation);
end
$$;
comment on function public.criar_convite is 'Invites people to a client.';
revoke all on function public.criar_convite from public;
grant execute on function public.criar_convite to authenticated, service_role;
-- Keys the caller may see, newest first, without their text, which is not stored: {data, nextCursor}.
-- p_cd_api_key  only this one
-- p_page_size   keys per page, 1 to 1,000
-- p_cursor      nextCursor of the previous page: the last key on it
-- Who: callers with the permission admin, the keys that the policy of TbApiKeys shows.
-- Security definer: API roles may not read dsHash. Raises PT400 INVALID_PARAMETER.
create function public.get_api_keys(
  p_cd_api_key uuid default null, p_page_size integer default 50, p_cursor uuid default null
) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_person uuid := private.current_user_id();
  v_after timestamptz;
  v_page public."TbApiKeys"[];
begin
  select k."dtRegistro" into v_after from public."TbApiKeys" k where k."cdApiKey" = p_cursor;
  perform private.require_page(p_page_size, p_cursor is null or v_after is not null);
  v_page := array(
    select k from public."TbApiKeys" k
    where (v_caller.is_service or k."cdUsuario" = v_person
           or private.belongs_to_clients(k, v_caller."cdClientes"))
      and (p_cd_api_key is null or k."cdApiKey" = p_cd_api_key)
      and (p_cursor is null or (k."dtRegistro", k."cdApiKey") < (v_after, p_cursor))
    order by k."dtRegistro" desc, k."cdApiKey" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (
      select coalesce(
        jsonb_agg(private.describe_key(k) order by k."dtRegistro" desc, k."cdApiKey" desc), '[]')
      from unnest(v_page[:p_page_size]) k),
    'nextCursor', case when cardinality(v_page) > p_page_size then v_page[p_page_size]."cdApiKey" end);
end
$$;
comment on function public.get_api_keys is
  'API keys that the caller manages, in pages, with their limits and last use.';
revoke all on function public.get_api_keys from public;
grant execute on function public.get_api_keys to authenticated, service_role;
-- Invitations to the clients the caller manages, newest first: {data, nextCursor}. nrUsados: how many people
-- have joined by it.
-- Who: people with the permission admin.
-- Security definer: counts people that the caller may not see.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_convites(p_page_size integer default 50, p_cursor bigint default null)
returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_management();
begin
  perform private.require_page(p_page_size);
  return (
    with invitation as materialized (
      select k.id, row_number() over (order by k.id desc) as n,
             to_jsonb(k) || jsonb_build_object(
               'nrUsados', (select count(*) from public.profiles p where p."cdChave" = k.id)) as entry
      from public."TbClienteChave" k
      where (v_caller.is_service or k."cdCliente" = any (v_caller."cdClientes"))
        and (p_cursor is null or k.id < p_cursor)
      order by k.id desc
      limit p_page_size + 1
    )
    select jsonb_build_object(
      'data', (
        select coalesce(jsonb_agg(c.entry order by c.n), '[]') from invitation c where c.n <= p_page_size),
      'nextCursor', (
        select c.id from invitation c
        where c.n = p_page_size and exists (select from invitation m where m.n > p_page_size))));
end
$$;
comment on function public.get_convites is 'Invitations to the clients the caller manages.';
revoke all on function public.get_convites from public;
grant execute on function public.get_convites to authenticated, service_role;
-- Who calls: {dsTipo (user, key or service), id, nome, sobrenome, cargo, role, cdCliente, clientes:
-- [{cdCliente, dsNome}], blTodosClientes, permissoes, apiKey}. clientes are the first 1,000 by code; id to
-- role are those of a person, null otherwise; apiKey is null without a key.
-- Counts nothing. Who: every caller that is known.
-- Security definer: a caller who may only send cannot read the names of its clients.
-- Raises PT401 UNAUTHORIZED.
create function public.get_eu() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_caller();
  v_person public.profiles;
  v_key public."TbApiKeys";
begin
  if v_caller."dsTipo" = 'key' then
    v_key := private.calling_key(v_caller);
  elsif v_caller."dsTipo" = 'user' then
    select p.* into v_person from public.profiles p where p.id = private.current_user_id();
  end if;
  return jsonb_build_object(
    'dsTipo', v_caller."dsTipo", 'id', v_person.id, 'nome', v_person.nome, 'sobrenome', v_person.sobrenome,
    'cargo', v_person.cargo, 'role', case v_caller."dsTipo" when 'service' then 'service'
                                          else v_person.role::text end,
    'cdCliente', v_caller."cdCliente", 'permissoes', v_caller."dsPermissoes",
    'blTodosClientes', v_caller.is_service,
    'clientes', (
      select coalesce(jsonb_agg(jsonb_build_object('cdCliente', c."cdCliente", 'dsNome', c."dsNome")
                                order by c."cdCliente"), '[]')
      from (select t."cdCliente", t."dsNome" from public."TbCliente" t
            where t."cdCliente" = any (v_caller."cdClientes") order by t."cdCliente" limit 1000) c),
    'apiKey', case when v_caller."dsTipo" = 'key' then jsonb_build_object(
      'cdApiKey', v_key."cdApiKey", 'dsNome', v_key."dsNome", 'dtExpiracao', v_key."dtExpiracao",
      'nrLimiteMinuto', v_key."nrLimiteMinuto", 'nrCotaDiaria', v_key."nrCotaDiaria") end);
end
$$;
comment on function public.get_eu is 'Who calls: role, clients and permissions.';
revoke all on function public.get_eu from public;
grant execute on function public.get_eu to authenticated, service_role;
-- People of the clients the caller manages, by id: {data, nextCursor}.
-- Who: people with the permission admin.
-- Security definer: the service also sees people without a client.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_pessoas(p_page_size integer default 50, p_cursor uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_management();
begin
  perform private.require_page(p_page_size);
  return (
    with person as materialized (
      select p.id, private.describe_person(p) as entry, row_number() over (order by p.id) as n
      from public.profiles p
      where (v_caller.is_service or p."cdCliente" = any (v_caller."cdClientes"))
        and (p_cursor is null or p.id > p_cursor)
      order by p.id
      limit p_page_size + 1
    )
    select jsonb_build_object(
      'data', (select coalesce(jsonb_agg(p.entry order by p.n), '[]') from person p where p.n <= p_page_size),
      'nextCursor', (
        select p.id from person p
        where p.n = p_page_size and exists (select from person m where m.n > p_page_size))));
end
$$;
comment on function public.get_pessoas is 'People of the clients the caller manages.';
revoke all on function public.get_pessoas from public;
grant execute on function public.get_pessoas to authenticated, service_role;
-- Sets the limits of a key, from the next call on.
-- p_nr_limite_minuto  calls a minute;  p_nr_cota_diaria  calls a day (UTC);  null: no limit
-- Who: admins of the client on which the key rests; keys only for keys that may do no more than themselves.
-- Security definer: API roles may not write keys.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.limitar_api_key(p_cd_api_key uuid, p_nr_limite_minuto integer default null,
                                       p_nr_cota_diaria integer default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key public."TbApiKeys" := private.managed_key(private.require_key_management(), p_cd_api_key);
begin
  perform private.require_key_limits(p_nr_limite_minuto, p_nr_cota_diaria);
  update public."TbApiKeys" k set "nrLimiteMinuto" = p_nr_limite_minuto, "nrCotaDiaria" = p_nr_cota_diaria
  where k."cdApiKey" = p_cd_api_key returning k.* into v_key;
  return private.describe_key(v_key);
end
$$;
comment on function public.limitar_api_key is 'Sets how often an API key may be used.';
revoke all on function public.limitar_api_key from public;
grant execute on function public.limitar_api_key to authenticated, service_role;
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
-- Removes a person from its client: the person sees nothing any more, until a new invitation is accepted; its
-- API keys end for good, and so do the invitations that it used or could read.
-- Who: people with the permission admin, for people of clients they act for; not for oneself.
-- Security definer: API roles may not write profiles.
-- Raises PT403 FORBIDDEN, PT404 NOT_FOUND, PT409 CONFLICT.
create function public.remover_pessoa(p_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_change(p_id);
  v_person public.profiles;
begin
  v_person := private.managed_person(v_caller, p_id);
  update public.profiles p set "cdCliente" = null, role = 'default'
  where p.id = v_person.id returning p.* into v_person;
  return private.describe_person(v_person);
end
$$;
comment on function public.remover_pessoa is 'Removes a person from its client.';
revoke all on function public.remover_pessoa from public;
grant execute on function public.remover_pessoa to authenticated, service_role;
-- Revokes a key at once, and all keys that it made (private.limit_made_keys): the next request with one of
-- them is refused.
-- Who: admins of the client on which the key rests. Security definer: API roles may not write keys.
-- Raises PT401, PT403, PT404 NOT_FOUND.
create function public.revogar_api_key(p_cd_api_key uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key public."TbApiKeys" := private.managed_key(private.require_permission('admin'), p_cd_api_key);
begin
  update public."TbApiKeys" k set "blAtiva" = false
  where k."cdApiKey" = p_cd_api_key returning k.* into v_key;
  return private.describe_key(v_key);
end
$$;
comment on function public.revogar_api_key is 'Revokes an API key at once.';
revoke all on function public.revogar_api_key from public;
grant execute on function public.revogar_api_key to authenticated, service_role;
-- Revokes an invitation: nobody can join by it any more; people who have joined stay.
-- Who: people with the permission admin, for clients they act for.
-- Security definer: API roles may not write invitations.
-- Raises PT404 NOT_FOUND.
create function public.revogar_convite(p_id bigint) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_management();
  v_invitation public."TbClienteChave";
begin
  update public."TbClienteChave" k set "dtExpiracao" = least(k."dtExpiracao", now())
  where k.id = p_id and (v_caller.is_service or k."cdCliente" = any (v_caller."cdClientes"))
  returning * into v_invitation;
  if v_invitation.id is null then
    raise sqlstate 'PT404' using message = 'Invitation not found', hint = 'NOT_FOUND';
  end if;
  return to_jsonb(v_invitation);
end
$$;
comment on function public.revogar_convite is 'Revokes an invitation.';
revoke all on function public.revogar_convite from public;
grant execute on function public.revogar_convite to authenticated, service_role;
-- Makes a successor with the same owner, rights, limits and end. The old key stays valid for p_nr_horas hours
-- (0: it is revoked now), so that devices in the field can be changed one after the other.
-- Who: admins of the client on which the key rests, who may do everything that the key may. Not the key
-- itself: whoever had a leaked one would keep its successor when it is revoked.
-- Security definer: API roles may not write keys.
-- Raises PT400, PT401, PT403, PT404 NOT_FOUND, PT409, PT429.
create function public.rotacionar_api_key(p_cd_api_key uuid, p_nr_horas integer default 24) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_key_management();
  v_old public."TbApiKeys" := private.managed_key(v_caller, p_cd_api_key);
  v_calling public."TbApiKeys";
  v_new jsonb;
begin
  if not coalesce(p_nr_horas between 0 and 720, false) then
    raise sqlstate 'PT400' using message = 'The old key can stay valid for 0 to 720 hours',
      hint = 'INVALID_PARAMETER';
  end if;
  if not private.is_active_key(v_old) then
    raise sqlstate 'PT409' using message = 'This key has expired or was revoked; make a new one',
      hint = 'CONFLICT';
  end if;
  perform private.require_key_scope(
    v_caller,
    coalesce(v_old."cdClientes", (private.user_identity(v_old."cdUsuario"::text))."cdClientes"),
    v_old."dsPermissoes");
  v_calling := private.calling_key(v_caller);
  if v_calling."cdApiKey" = p_cd_api_key then
    raise sqlstate 'PT403' using message = 'A key cannot replace itself', hint = 'FORBIDDEN';
  end if;
  -- the successor also ends with whoever is given its text
  v_old."cdApiKeyMae" := coalesce(v_calling."cdApiKey", v_old."cdApiKeyMae");
  v_old."cdPortador" := case when v_caller."dsTipo" in ('user', 'key')
                             then nullif(private.key_owner(v_caller), v_old."cdUsuario") end;
  v_new := private.store_key(v_old);
  update public."TbApiKeys" k set "cdApiKeyMae" = (v_new ->> 'cdApiKey')::uuid
  where k."cdApiKeyMae" = p_cd_api_key and k."cdApiKey" <> (v_new ->> 'cdApiKey')::uuid;
  update public."TbDispositivoCredencial" c set "cdApiKey" = (v_new ->> 'cdApiKey')::uuid
  where c."cdApiKey" = p_cd_api_key;
  -- what it made now rests on its successor, so it does not end with it here
  update public."TbApiKeys" k
  set "dtExpiracao" = least(k."dtExpiracao", now() + make_interval(hours => p_nr_horas)),
      "blAtiva" = p_nr_horas > 0
  where k."cdApiKey" = p_cd_api_key;
  return v_new;
end
$$;
comment on function public.rotacionar_api_key is
  'Replaces an API key; the old one stays valid for some hours.';
revoke all on function public.rotacionar_api_key from public;
grant execute on function public.rotacionar_api_key to authenticated, service_role;
-- end

-- from sql/20_access/actions
-- PostgREST reads these settings of its login role, where they take precedence over its own. Without
-- PostgREST there is nothing to set; and what somebody else has set is not replaced. At most 1,000 rows are
-- returned, as a whole table would become one JSON text in memory; aggregates read any number of rows; plans
-- show how many rows others have; and what has been answered is committed.
do $$
declare
  v_current jsonb := coalesce((
    select jsonb_object_agg(split_part(s, '=', 1), split_part(s, '=', 2))
    from pg_db_role_setting r, unnest(r.setconfig) s
    where r.setrole = to_regrole('authenticator') and r.setdatabase = 0 and s like 'pgrst.%'), '{}');
  v_one record;
begin
  if to_regrole('authenticator') is null then
    return;
  end if;
  for v_one in
    select 'pgrst.' || w.name as name, w.value, v_current ->> ('pgrst.' || w.name) as current
    from (values
      ('db_pre_request', 'public.antes_da_requisicao'), ('db_max_rows', '1000'),
      ('db_aggregates_enabled', 'false'), ('db_plan_enabled', 'false'), ('db_tx_end', 'commit')
    ) w(name, value)
  loop
    if v_one.current is null then
      execute format('alter role authenticator set %s = %L', v_one.name, v_one.value);
    elsif v_one.current <> v_one.value then
      raise warning '% of authenticator is % and is kept%', v_one.name, v_one.current,
        case v_one.name when 'pgrst.db_pre_request' then ': call public.antes_da_requisicao() from it'
                        else '' end;
    end if;
  end loop;
  notify pgrst, 'reload config';
end
$$;
-- end
