-- Phase 5, callers: who calls is resolved by PostgreSQL once for each statement, from claims that only say who that is.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/10_schemas/05_rastro_api.sql
-- The login of the Flask application. It inherits nothing: a request is `authenticated` for one transaction and
-- sees what row-level security lets that caller see. Its password is set outside migrations.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rastro_api') then
    create role rastro_api login noinherit;
  end if;
end
$$;
grant authenticated to rastro_api;
alter role rastro_api set statement_timeout = '8s';
alter role rastro_api set lock_timeout = '4s';
alter role rastro_api set idle_in_transaction_session_timeout = '10s';
-- PostgREST takes the settings of the role it acts as: there, too, a refusal comes soon.
alter role authenticated set lock_timeout = '500ms';
-- end

-- from sql/20_types/02_identidade.sql
create type private.identidade as (
  "dsTipo" text,          -- user, key, device or service
  "dsChamador" text,      -- stable name: user:<uuid>, key:<sha256>, device:<code>, service
  "cdCliente" integer,    -- home client; charged for quarantined payloads
  "cdClientes" integer[], -- every client the caller acts for
  "dsPermissoes" text[],  -- of read, ingest, admin
  "blServico" boolean     -- acts for every client, not for some
);
comment on type private.identidade is 'Who calls, resolved by PostgreSQL from the claims, never taken from them.';
-- end

-- from sql/30_tables/39_TbDispositivoLiberado.sql
create table public."TbDispositivoLiberado" (
  "cdDispositivo" integer primary key references public."TbDispositivo" on delete cascade,
  "dtFim" timestamptz not null,
  "dsMotivo" text not null,
  "dtRegistro" timestamptz not null default now()
);
alter table public."TbDispositivoLiberado" enable row level security;
revoke all on public."TbDispositivoLiberado" from public, anon, authenticated;
grant select, insert, update, delete on public."TbDispositivoLiberado" to authenticated, service_role;

comment on table public."TbDispositivoLiberado" is 'Trackers that cannot be changed and may still send without credentials, by the old POST /Posicao only. Empty: none may.';
comment on column public."TbDispositivoLiberado"."dtFim" is 'Until when.';
comment on column public."TbDispositivoLiberado"."dsMotivo" is 'Why it cannot be given credentials.';
-- end

-- from sql/40_private/00_identidades.sql
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
-- end

-- from sql/40_private/01_chamador.sql
-- Who calls. The claims only say who (a person's sub, the SHA-256 of an API key, or the
-- code of a tracker without credentials); what that caller may see is looked
-- up here. Service rights follow from the database role, which no claim can change.
-- Security definer: reads profiles and keys that the caller may not see. Returns null for an unknown caller.
create function private.chamador() returns private.identidade
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_claims jsonb;
begin
  if current_setting('role') = 'service_role'
     or (current_setting('role') = 'none' and pg_has_role(session_user, 'service_role', 'usage')) then
    return private.identidade_servico();
  end if;
  v_claims := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  if v_claims ? 'key_sha256' then
    return private.identidade_chave(v_claims ->> 'key_sha256');
  end if;
  if v_claims ? 'cd_dispositivo' then
    return private.identidade_dispositivo(v_claims ->> 'cd_dispositivo');
  end if;
  return private.identidade_usuario(v_claims ->> 'sub');
end
$$;
comment on function private.chamador() is 'The caller of this request, or null. Resolved from the claims by PostgreSQL.';
revoke all on function private.chamador() from public;
-- end

-- from sql/40_private/01_contar_uso.sql
-- Notes that a key is used, and refuses what exceeds its limits. PT429 RATE_LIMITED, QUOTA_EXCEEDED; detail: seconds to wait.
-- A call that is refused or fails takes its count back. Calls under way at the same moment do not see each other: at most
-- one a connection slips through. Nothing can be counted in a read-only transaction (a GET of the Data API); it is refused
-- where one more call would be too many.
create function private.contar_uso(p_hash text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_chave public."TbApiKeys";
  v_fatia smallint := pg_backend_pid() % 64;
  v_conta integer; -- 1 for a key with a limit: its calls are counted, of the others only the last use is noted
begin
  select k.* into v_chave from public."TbApiKeys" k where k."dsHash" = p_hash;
  v_conta := (num_nonnulls(v_chave."nrLimiteMinuto", v_chave."nrCotaDiaria") > 0)::integer;
  if v_conta = 0
     and exists (select from public."TbUsoApiKey" u
                 where u."cdApiKey" = v_chave."cdApiKey" and u."nrFatia" = v_fatia
                   and u."dtUltimoUso" > now() - interval '1 minute') then
    return;
  end if;
  if current_setting('transaction_read_only') = 'off' then
    insert into public."TbUsoApiKey" as u ("cdApiKey", "nrFatia", "dtUltimoUso", "dtMinuto", "nrMinuto", "dtDia", "nrDia")
    values (v_chave."cdApiKey", v_fatia, now(), date_trunc('minute', now()), v_conta,
            (now() at time zone 'UTC')::date, v_conta)
    on conflict ("cdApiKey", "nrFatia") do update set
      "dtUltimoUso" = excluded."dtUltimoUso",
      "dtMinuto" = excluded."dtMinuto",
      "nrMinuto" = case when u."dtMinuto" = excluded."dtMinuto" then u."nrMinuto" + v_conta else v_conta end,
      "dtDia" = excluded."dtDia",
      "nrDia" = case when u."dtDia" = excluded."dtDia" then u."nrDia" + v_conta else v_conta end;
  end if;
  perform private.exigir_cota(v_chave, (current_setting('transaction_read_only') = 'on')::integer);
end
$$;
comment on function private.contar_uso(text) is 'Notes the use of an API key and holds it to its limits.';
revoke all on function private.contar_uso(text) from public;

create function private.exigir_cota(p_chave public."TbApiKeys", p_nao_contadas integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_minuto timestamptz := date_trunc('minute', now());
  v_dia timestamp := date_trunc('day', now() at time zone 'UTC');
  v_uso record;
begin
  select sum(u."nrMinuto") filter (where u."dtMinuto" = v_minuto) as minuto,
         sum(u."nrDia") filter (where u."dtDia" = v_dia::date) as dia
  into v_uso from public."TbUsoApiKey" u where u."cdApiKey" = p_chave."cdApiKey";
  if v_uso.minuto + p_nao_contadas > p_chave."nrLimiteMinuto" then
    raise sqlstate 'PT429' using hint = 'RATE_LIMITED',
      message = format('This key may make %s calls a minute', p_chave."nrLimiteMinuto"),
      detail = ceil(extract(epoch from v_minuto + interval '1 minute' - now()))::text;
  end if;
  if v_uso.dia + p_nao_contadas > p_chave."nrCotaDiaria" then
    raise sqlstate 'PT429' using hint = 'QUOTA_EXCEEDED',
      message = format('This key may make %s calls a day (UTC)', p_chave."nrCotaDiaria"),
      detail = ceil(extract(epoch from v_dia + interval '1 day' - (now() at time zone 'UTC')))::text;
  end if;
end
$$;
comment on function private.exigir_cota(public."TbApiKeys", integer) is 'Refuses a key that has been used more often than it may.';
revoke all on function private.exigir_cota(public."TbApiKeys", integer) from public;
-- end

-- from sql/40_private/02_exigir.sql
-- Whoever calls must be known. PT401 UNAUTHORIZED: no or bad credentials.
create function private.exigir_chamador() returns private.identidade
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
begin
  if v_chamador."dsTipo" is null then
    raise sqlstate 'PT401' using message = 'No or bad credentials', hint = 'UNAUTHORIZED',
      detail = 'Send a valid bearer token or an active X-API-Key.';
  end if;
  return v_chamador;
end
$$;
comment on function private.exigir_chamador() is 'The caller, or 401.';
revoke all on function private.exigir_chamador() from public;

-- For the log of the request only: nothing is decided by it. Through the Data API the caller's server learns it by header.
create function private.dizer_clientes(p_chamador private.identidade) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('rastro.clientes', case when p_chamador."blServico" then '*'
                     else array_to_string(p_chamador."cdClientes", ',') end, true);
  if current_setting('request.method', true) <> '' then
    perform set_config('response.headers', jsonb_build_array(jsonb_build_object(
      'Rastro-Clientes', current_setting('rastro.clientes')))::text, true);
  end if;
end
$$;
comment on function private.dizer_clientes(private.identidade) is 'Tells the request for which clients the caller acts.';
revoke all on function private.dizer_clientes(private.identidade) from public;

-- Guard of every RPC. PT401 UNAUTHORIZED: no or bad credentials. PT403 FORBIDDEN: the caller lacks the permission.
-- PT429 RATE_LIMITED, QUOTA_EXCEEDED: the key is used too often. Volatile for that count alone.
create function private.exigir(p_permissao text) returns private.identidade
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir_chamador();
begin
  if not p_permissao = any (v_chamador."dsPermissoes") then
    raise sqlstate 'PT403' using message = format('This needs the permission "%s"', p_permissao), hint = 'FORBIDDEN';
  end if;
  if p_permissao = 'ingest' and cardinality(v_chamador."cdClientes") = 0 then
    raise sqlstate 'PT403' using message = 'The caller acts for no client', hint = 'FORBIDDEN';
  end if;
  if v_chamador."dsTipo" = 'key' then
    perform private.contar_uso(substring(v_chamador."dsChamador" from 5));
  end if;
  perform private.dizer_clientes(v_chamador);
  return v_chamador;
end
$$;
comment on function private.exigir(text) is 'The caller, if it has the permission and is within its limits; otherwise 401, 403 or 429.';
revoke all on function private.exigir(text) from public;
grant execute on function private.exigir(text) to authenticated, service_role;
-- end

-- from sql/40_private/02_exigir_pagina.sql
-- Arguments of whatever comes in pages. PT400 INVALID_PARAMETER.
create function private.exigir_pagina(p_page_size integer, p_cursor_conhecido boolean default true) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if not coalesce(p_page_size between 1 and 1000, false) then
    raise sqlstate 'PT400' using message = 'pageSize is 1 to 1000', hint = 'INVALID_PARAMETER';
  end if;
  if not p_cursor_conhecido then
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.exigir_pagina(integer, boolean) is 'PT400 unless a page has a size that is allowed, and begins where one ended.';
revoke all on function private.exigir_pagina(integer, boolean) from public;
grant execute on function private.exigir_pagina(integer, boolean) to authenticated, service_role;
-- end

-- from sql/40_private/03_clientes.sql
-- What policies compare cdCliente with. Wrapped in (select …) there, so that it runs once per statement.
create function private.clientes_visiveis() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
begin
  return case when 'read' = any (v_chamador."dsPermissoes") then v_chamador."cdClientes" else '{}' end;
end
$$;
comment on function private.clientes_visiveis() is 'Clients whose rows the caller may read.';
revoke all on function private.clientes_visiveis() from public;
grant execute on function private.clientes_visiveis() to authenticated, service_role;

create function private.clientes_administrados() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
begin
  return case when 'admin' = any (v_chamador."dsPermissoes") then v_chamador."cdClientes" else '{}' end;
end
$$;
comment on function private.clientes_administrados() is 'Clients whose rows the caller may change.';
revoke all on function private.clientes_administrados() from public;
grant execute on function private.clientes_administrados() to authenticated, service_role;

create function private.eh_servico() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
begin
  return coalesce(v_chamador."blServico" and 'admin' = any (v_chamador."dsPermissoes"), false);
end
$$;
comment on function private.eh_servico() is 'The caller acts for every client and may manage them.';
revoke all on function private.eh_servico() from public;
grant execute on function private.eh_servico() to authenticated, service_role;

create function private.usuario_atual() returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
begin
  return case when v_chamador."dsTipo" = 'user' then substring(v_chamador."dsChamador" from 6)::uuid end;
end
$$;
comment on function private.usuario_atual() is 'The person who calls; null for keys and for people without a profile.';
revoke all on function private.usuario_atual() from public;
grant execute on function private.usuario_atual() to authenticated, service_role;

-- Counting stock is everyday work of a client's people, whatever their role; a key needs the permission admin, a tracker counts nothing.
create function private.clientes_do_inventario() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
begin
  return case when v_chamador."dsTipo" in ('user', 'service') or 'admin' = any (v_chamador."dsPermissoes") then v_chamador."cdClientes" else '{}' end;
end
$$;
comment on function private.clientes_do_inventario() is 'Clients whose stock the caller may count.';
revoke all on function private.clientes_do_inventario() from public;
grant execute on function private.clientes_do_inventario() to authenticated, service_role;
-- end

-- from sql/30_tables/41_TbGeocodificacao.sql
create table private."TbGeocodificacao" (
  "nrLat" integer not null,
  "nrLong" integer not null,
  "cdEndereco" integer references public."TbEndereco" on delete cascade,
  "dtRegistro" timestamptz not null default now(),
  primary key ("nrLat", "nrLong")
);
create index "TbGeocodificacao_cdEndereco_idx" on private."TbGeocodificacao" ("cdEndereco");
alter table private."TbGeocodificacao" enable row level security;

comment on table private."TbGeocodificacao" is 'Which address was found for a cell of about 100 m, so that nobody is asked twice. Out of reach of the API: whoever could write it could put addresses on other clients'' maps.';
comment on column private."TbGeocodificacao"."nrLat" is 'Latitude in thousandths of a degree.';
comment on column private."TbGeocodificacao"."nrLong" is 'Longitude in thousandths of a degree.';
comment on column private."TbGeocodificacao"."cdEndereco" is 'Null: there is no address.';
-- end

-- from sql/40_private/04_administrados.sql
-- Devices, products and sites whose rows the caller may change, and rows of others that it may not point to. For policies;
-- security definer, so that they run once and do not depend on each other's policies.
create function private.dispositivos_administrados() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d."cdDispositivo" from public."TbDispositivo" d
  where d."cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())
$$;
comment on function private.dispositivos_administrados() is 'Devices whose rows the caller may change.';
revoke all on function private.dispositivos_administrados() from public;
grant execute on function private.dispositivos_administrados() to authenticated;

create function private.produtos_administrados() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p."cdProduto" from public."TbProduto" p
  where p."cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())
$$;
comment on function private.produtos_administrados() is 'Products whose rows the caller may change.';
revoke all on function private.produtos_administrados() from public;
grant execute on function private.produtos_administrados() to authenticated;

create function private.destinatarios_administrados() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select t."cdDestinatario" from public."TbDestinatario" t
  where t."cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())
$$;
comment on function private.destinatarios_administrados() is 'Sites whose rows the caller may change.';
revoke all on function private.destinatarios_administrados() from public;
grant execute on function private.destinatarios_administrados() to authenticated;

-- Pointing a row of one's own at an address or item of another client would show it. One that is nobody's and that nobody uses is free.
create function private.endereco_alheio(p_cd_endereco integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not private.eh_servico() and exists (
    select from public."TbDestinatario" t
    where t."cdEndereco" = p_cd_endereco
      and not coalesce(t."cdCliente" = any ((select private.clientes_administrados())::integer[]), false)
    union all
    select from public."TbEnderecoVinculo" v
    where v."cdEndereco" = p_cd_endereco
      and not v."cdCliente" = any ((select private.clientes_administrados())::integer[])
    union all
    select from public."TbEndereco" e
    where e."cdEndereco" = p_cd_endereco and not e."cdCliente" = any ((select private.clientes_administrados())::integer[])
    union all -- what was found for a cell of the map may be shown to others tomorrow
    select from private."TbGeocodificacao" g where g."cdEndereco" = p_cd_endereco)
$$;
comment on function private.endereco_alheio(integer) is
  'The address is of a client that the caller does not manage, a site or report of one is at it, or the map has it.';
revoke all on function private.endereco_alheio(integer) from public;
grant execute on function private.endereco_alheio(integer) to authenticated;

create function private.item_alheio(p_cd_item integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not private.eh_servico() and coalesce((
    select not bool_or(coalesce(d."cdCliente" = any ((select private.clientes_visiveis())::integer[]), false))
    from (
      select p."cdCliente" from public."TbProdutoItemJoinTable" j
      join public."TbProduto" p on p."cdProduto" = j."cdProduto"
      where j."cdProdutoItem" = p_cd_item
      union all
      select i."cdCliente" from public."TbProdutoItem" i where i."cdProdutoItem" = p_cd_item and i."cdCliente" is not null) d), false)
$$;
comment on function private.item_alheio(integer) is 'The product item is of other clients, and of their products, only.';
revoke all on function private.item_alheio(integer) from public;
grant execute on function private.item_alheio(integer) to authenticated;

create function private.item_partilhado(p_cd_item integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not private.eh_servico() and (
    (select private.clientes_administrados())::integer[] = '{}' or exists (
      select from public."TbProdutoItemJoinTable" j
      join public."TbProduto" p on p."cdProduto" = j."cdProduto"
      where j."cdProdutoItem" = p_cd_item
        and not coalesce(p."cdCliente" = any ((select private.clientes_administrados())::integer[]), false)))
$$;
comment on function private.item_partilhado(integer) is 'A product that the caller does not manage has this item.';
revoke all on function private.item_partilhado(integer) from public;
grant execute on function private.item_partilhado(integer) to authenticated, service_role;

create function private.codigo_alheio(p_coluna text, p_codigo integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case p_coluna
    when 'cdEndereco' then private.endereco_alheio(p_codigo)
    when 'cdProdutoItem' then private.item_alheio(p_codigo)
    when 'cdDestinatario' then not p_codigo in (select private.destinatarios_administrados())
    when 'cdProduto' then not p_codigo in (select private.produtos_administrados())
  end
$$;
comment on function private.codigo_alheio(text, integer) is 'The row that this column would point to is not the caller''s.';
revoke all on function private.codigo_alheio(text, integer) from public;
-- end
