-- The room 40_private. Pasted from sql/ by scripts/new-migration.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- sql/40_private/00_identidades.sql
-- The three kinds of callers. Used by private.chamador() only.
create function private.identidade_servico() returns private.identidade
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select row('service', 'service', null,
               (select coalesce(array_agg(c."cdCliente"), '{}') from public."TbCliente" c),
               '{read,ingest,admin}', true)::private.identidade);
end
$$;
comment on function private.identidade_servico() is 'The service itself: every client, every permission.';
revoke all on function private.identidade_servico() from public;

create function private.identidade_usuario(p_sub text) returns private.identidade
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  -- once, not for each row that it is compared with
  v_id uuid := case when p_sub ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then p_sub::uuid end;
begin
  return (
    select case when p.role = 'service'
      then row('user', 'user:' || p.id, p."cdCliente",
               (select coalesce(array_agg(c."cdCliente"), '{}') from public."TbCliente" c),
               '{read,ingest,admin}', true)::private.identidade
      else row('user', 'user:' || p.id, p."cdCliente",
               (select coalesce(array_agg(c."cdCliente"), '{}') from public."TbCliente" c
                where c."cdCliente" = p."cdCliente" or c."cdClientePai" = p."cdCliente"),
               case p.role when 'admin' then '{read,ingest,admin}' else '{read}' end::text[],
               false)::private.identidade
    end
    from public.profiles p
    join auth.users a on a.id = p.id and a.deleted_at is null and (a.banned_until is null or a.banned_until < now())
    where p.id = v_id);
end
$$;
comment on function private.identidade_usuario(text) is 'A person by its auth id: its client and that client''s children.';
revoke all on function private.identidade_usuario(text) from public;

create function private.identidade_chave(p_hash text) returns private.identidade
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
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

-- sql/40_private/01_chamador.sql
-- Who calls. The claims only say who (a person's sub, or the SHA-256 of an API key); what that caller may see is looked
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
  return private.identidade_usuario(v_claims ->> 'sub');
end
$$;
comment on function private.chamador() is 'The caller of this request, or null. Resolved from the claims by PostgreSQL.';
revoke all on function private.chamador() from public;

-- sql/40_private/01_contar_uso.sql
-- Notes that a key is used, and refuses what exceeds its limits. PT429 RATE_LIMITED, QUOTA_EXCEEDED; detail: seconds to wait.
-- A call that is refused or fails takes its count back. Calls under way at the same moment do not see each other: at most
-- one a connection slips through. Nothing can be counted in a read-only transaction (a GET of the Data API); what was
-- counted elsewhere still holds there.
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
  perform private.exigir_cota(v_chave);
end
$$;
comment on function private.contar_uso(text) is 'Notes the use of an API key and holds it to its limits.';
revoke all on function private.contar_uso(text) from public;

create function private.exigir_cota(p_chave public."TbApiKeys") returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_minuto timestamptz := date_trunc('minute', now());
  v_dia timestamp := date_trunc('day', now() at time zone 'UTC');
  v_uso record;
begin
  select sum(u."nrMinuto") filter (where u."dtMinuto" = v_minuto) as minuto,
         sum(u."nrDia") filter (where u."dtDia" = v_dia::date) as dia
  into v_uso from public."TbUsoApiKey" u where u."cdApiKey" = p_chave."cdApiKey";
  if v_uso.minuto > p_chave."nrLimiteMinuto" then
    raise sqlstate 'PT429' using hint = 'RATE_LIMITED',
      message = format('This key may make %s calls a minute', p_chave."nrLimiteMinuto"),
      detail = ceil(extract(epoch from v_minuto + interval '1 minute' - now()))::text;
  end if;
  if v_uso.dia > p_chave."nrCotaDiaria" then
    raise sqlstate 'PT429' using hint = 'QUOTA_EXCEEDED',
      message = format('This key may make %s calls a day (UTC)', p_chave."nrCotaDiaria"),
      detail = ceil(extract(epoch from v_dia + interval '1 day' - (now() at time zone 'UTC')))::text;
  end if;
end
$$;
comment on function private.exigir_cota(public."TbApiKeys") is 'Refuses a key that has been used more often than it may.';
revoke all on function private.exigir_cota(public."TbApiKeys") from public;

-- sql/40_private/02_exigir.sql
-- Guard of every RPC. PT401 UNAUTHORIZED: no or bad credentials. PT403 FORBIDDEN: the caller lacks the permission.
-- PT429 RATE_LIMITED, QUOTA_EXCEEDED: the key is used too often. Volatile for that count alone.
create function private.exigir(p_permissao text) returns private.identidade
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
begin
  if v_chamador."dsTipo" is null then
    raise sqlstate 'PT401' using message = 'No or bad credentials', hint = 'UNAUTHORIZED',
      detail = 'Send a valid bearer token or an active X-API-Key.';
  end if;
  if not p_permissao = any (v_chamador."dsPermissoes") then
    raise sqlstate 'PT403' using message = format('This needs the permission "%s"', p_permissao), hint = 'FORBIDDEN';
  end if;
  if p_permissao = 'ingest' and cardinality(v_chamador."cdClientes") = 0 then
    raise sqlstate 'PT403' using message = 'The caller acts for no client', hint = 'FORBIDDEN';
  end if;
  if v_chamador."dsTipo" = 'key' then
    perform private.contar_uso(substring(v_chamador."dsChamador" from 5));
  end if;
  -- for the log of the request only: nothing is decided by it
  perform set_config('rastro.clientes', case when v_chamador."blServico" then '*'
                     else array_to_string(v_chamador."cdClientes", ',') end, true);
  if current_setting('request.method', true) <> '' then -- through the Data API the caller's server learns it so
    perform set_config('response.headers', jsonb_build_array(jsonb_build_object(
      'Rastro-Clientes', current_setting('rastro.clientes')))::text, true);
  end if;
  return v_chamador;
end
$$;
comment on function private.exigir(text) is 'The caller, if it has the permission and is within its limits; otherwise 401, 403 or 429.';
revoke all on function private.exigir(text) from public;
grant execute on function private.exigir(text) to authenticated, service_role;

-- sql/40_private/03_clientes.sql
-- What policies compare cdCliente with. Wrapped in (select …) there, so that it runs once per statement.
create function private.clientes_visiveis() returns integer[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case when 'read' = any (c."dsPermissoes") then c."cdClientes" else '{}' end from private.chamador() c
$$;
comment on function private.clientes_visiveis() is 'Clients whose rows the caller may read.';
revoke all on function private.clientes_visiveis() from public;
grant execute on function private.clientes_visiveis() to authenticated, service_role;

create function private.clientes_administrados() returns integer[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case when 'admin' = any (c."dsPermissoes") then c."cdClientes" else '{}' end from private.chamador() c
$$;
comment on function private.clientes_administrados() is 'Clients whose rows the caller may change.';
revoke all on function private.clientes_administrados() from public;
grant execute on function private.clientes_administrados() to authenticated, service_role;

create function private.eh_servico() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(c."blServico" and 'admin' = any (c."dsPermissoes"), false) from private.chamador() c
$$;
comment on function private.eh_servico() is 'The caller acts for every client and may manage them.';
revoke all on function private.eh_servico() from public;
grant execute on function private.eh_servico() to authenticated, service_role;

create function private.usuario_atual() returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select substring(c."dsChamador" from 6)::uuid from private.chamador() c where c."dsTipo" = 'user'
$$;
comment on function private.usuario_atual() is 'The person who calls; null for keys and for people without a profile.';
revoke all on function private.usuario_atual() from public;
grant execute on function private.usuario_atual() to authenticated, service_role;

-- Counting stock is everyday work of a client's people, whatever their role; a key needs the permission admin.
create function private.clientes_do_inventario() returns integer[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case when c."dsTipo" <> 'key' or 'admin' = any (c."dsPermissoes") then c."cdClientes" else '{}' end
  from private.chamador() c
$$;
comment on function private.clientes_do_inventario() is 'Clients whose stock the caller may count.';
revoke all on function private.clientes_do_inventario() from public;
grant execute on function private.clientes_do_inventario() to authenticated, service_role;

-- sql/40_private/04_administrados.sql
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

-- Pointing a row of one's own at an address or item of another client would show it. One that nobody uses is free.
create function private.endereco_alheio(p_cd_endereco integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not private.eh_servico() and exists (
    select from public."TbDestinatario" t
    where t."cdEndereco" = p_cd_endereco
      and not coalesce(t."cdCliente" = any ((select private.clientes_administrados())::integer[]), false)
    union all
    select from public."TbEnderecoVinculo" v
    where v."cdEndereco" = p_cd_endereco
      and not v."cdCliente" = any ((select private.clientes_administrados())::integer[]))
$$;
comment on function private.endereco_alheio(integer) is 'A site or report that the caller does not manage is at this address.';
revoke all on function private.endereco_alheio(integer) from public;
grant execute on function private.endereco_alheio(integer) to authenticated;

create function private.item_alheio(p_cd_item integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not private.eh_servico() and coalesce((
    select not bool_or(coalesce(p."cdCliente" = any ((select private.clientes_visiveis())::integer[]), false))
    from public."TbProdutoItemJoinTable" j
    join public."TbProduto" p on p."cdProduto" = j."cdProduto"
    where j."cdProdutoItem" = p_cd_item), false)
$$;
comment on function private.item_alheio(integer) is 'The product item belongs to products of other clients only.';
revoke all on function private.item_alheio(integer) from public;
grant execute on function private.item_alheio(integer) to authenticated;

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

-- sql/40_private/05_posicao_atual.sql
-- Order of reports, for the trigger that keeps TbPosicaoAtual. Inlined: no SET clause.
create function private.depois(p_dt timestamp, p_seq integer, p_dt_outro timestamp, p_seq_outro integer) returns boolean
language sql immutable parallel safe as $$
  select p_dt is not null and (
    p_dt_outro is null or p_dt > p_dt_outro
    or p_dt = p_dt_outro and (p_seq > p_seq_outro or p_seq is not null and p_seq_outro is null))
$$;
comment on function private.depois(timestamp, integer, timestamp, integer) is
  'The first report is the later one: by time, then by sequence number, null first. No time is before all times.';
revoke all on function private.depois(timestamp, integer, timestamp, integer) from public;

-- sql/40_private/10_ler_valores.sql
-- Readers of single JSON values: the value, or null when it is no such value. They never raise, so that one bad number
-- cannot abort a batch. All are plain expressions that PostgreSQL inlines; comparing jsonb with two numbers says at once
-- that it is a number (jsonb orders strings below and booleans above all numbers) and that it is in range.

create function private.ler_real(p_json jsonb) returns double precision
language sql immutable parallel safe as $$
  select case
    when p_json >= '2.2250738585072014e-308' and p_json <= '1.7976931348623157e308' then p_json::double precision
    when p_json >= '-1.7976931348623157e308' and p_json <= '-2.2250738585072014e-308' then p_json::double precision
    when p_json > '-2.2250738585072014e-308' and p_json < '2.2250738585072014e-308' then 0 -- the cast raises on underflow
  end
$$;
comment on function private.ler_real(jsonb) is 'A JSON number as double precision; null when it is none or overflows.';
revoke all on function private.ler_real(jsonb) from public;

create function private.ler_inteiro(p_json jsonb) returns integer
language sql immutable parallel safe as $$
  select case
    when p_json >= '-2147483648' and p_json <= '2147483647' and trunc(p_json::numeric) = p_json::numeric
    then p_json::integer
  end
$$;
comment on function private.ler_inteiro(jsonb) is 'A whole JSON number as integer; null when it is none or out of range.';
revoke all on function private.ler_inteiro(jsonb) from public;

create function private.eh_numero_inteiro(p_json jsonb) returns boolean
language sql immutable parallel safe as $$
  select case when jsonb_typeof(p_json) = 'number' then trunc(p_json::numeric) = p_json::numeric else false end
$$;
comment on function private.eh_numero_inteiro(jsonb) is 'A whole JSON number, of any size.';
revoke all on function private.eh_numero_inteiro(jsonb) from public;

create function private.eh_infinito(p_json jsonb) returns boolean
language sql immutable parallel safe as $$
  select p_json in ('"NaN"', '"Infinity"', '"-Infinity"') or jsonb_typeof(p_json) = 'number'
$$;
comment on function private.eh_infinito(jsonb) is 'Meant as a number but not storable: NaN, infinities, or a number that overflows.';
revoke all on function private.eh_infinito(jsonb) from public;

-- Real dates only (leap years included), so that the cast cannot fail. Without offset it is UTC already.
create function private.ler_instante(p_texto text) returns timestamp
language sql stable parallel safe as $$
  select case
    when p_texto !~ ('^(?!0000)(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)'
      || '|02-(?:0[1-9]|1\d|2[0-8]))|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)'
      || '[Tt ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:[Zz]|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)?$') then null
    when p_texto ~ '(?:[Zz]|[+-]\d\d(?::?\d\d)?)$' then p_texto::timestamptz at time zone 'UTC'
    else p_texto::timestamp
  end
$$;
comment on function private.ler_instante(text) is 'An ISO 8601 instant as UTC timestamp; null when it is none.';
revoke all on function private.ler_instante(text) from public;

-- sql/40_private/11_erros_de_forma.sql
-- What is wrong with the shape of an element, whatever devices there are, as 'CODE text'; null when nothing is.

-- An element that jsonb cannot hold arrives wrapped by whoever read it: exactly these five fields. Anything else that has
-- one of them is an ordinary element, and malformed.
create function private.eh_embrulho(p_elemento jsonb) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    jsonb_typeof(p_elemento) = 'object'
    and p_elemento ?& '{$payload,$tamanho,$hash,$error_code,$error}'
    and p_elemento - '{$payload,$tamanho,$hash,$error_code,$error}'::text[] = '{}'
    and jsonb_typeof(p_elemento -> '$payload') = 'string'
    and private.ler_inteiro(p_elemento -> '$tamanho') >= 0
    and p_elemento ->> '$hash' ~ '^[0-9a-f]{64}$'
    and p_elemento ->> '$error_code' in ('MALFORMED', 'INVALID_VALUE', 'TOO_LARGE'), false)
$$;
comment on function private.eh_embrulho(jsonb) is 'The element is a wrapper around bytes that jsonb cannot hold.';
revoke all on function private.eh_embrulho(jsonb) from public;

create function private.erro_dos_campos(p_elemento jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when private.eh_embrulho(p_elemento)
      then (p_elemento ->> '$error_code') || ' ' || left(coalesce(p_elemento ->> '$error', 'The element is not readable'), 200)
    else 'MALFORMED Unknown fields: ' || left((
      select string_agg(k, ', ') from jsonb_object_keys(
        p_elemento - '{cdCliente,cdDispositivo,dtRegistro,nrBat,nrSeq,latitude,longitude,sensores}'::text[]) k), 200)
  end
$$;
comment on function private.erro_dos_campos(jsonb) is 'What is wrong with an element that has fields we do not know.';
revoke all on function private.erro_dos_campos(jsonb) from public;

-- Inlined: no SET clause; the rarer checks are calls.
create function private.erro_da_forma(p_elemento jsonb, p_bytes integer) returns text
language sql stable as $$
  select case
    when jsonb_typeof(p_elemento) <> 'object' then 'MALFORMED The element is not an object'
    when p_elemento - '{cdCliente,cdDispositivo,dtRegistro,nrBat,nrSeq,latitude,longitude,sensores}'::text[] <> '{}'
      then private.erro_dos_campos(p_elemento)
    when pg_column_size(p_elemento) > p_bytes then format('TOO_LARGE The element has more than %s bytes', p_bytes)
    when not coalesce(private.eh_numero_inteiro(p_elemento -> 'cdDispositivo'), false)
      then 'MALFORMED cdDispositivo must be a whole number'
    when not jsonb_typeof(p_elemento -> 'sensores') in ('array', 'null') then 'MALFORMED sensores must be a list'
    when num_nonnulls(nullif(p_elemento -> 'latitude', 'null'), nullif(p_elemento -> 'longitude', 'null'),
                      nullif(p_elemento -> 'nrBat', 'null'), nullif(p_elemento -> 'nrSeq', 'null')) = 0
      and coalesce(p_elemento -> 'sensores', 'null') in ('[]', 'null')
      then 'MALFORMED Nothing to store: no coordinates, nrBat, nrSeq or sensores'
  end
$$;
comment on function private.erro_da_forma(jsonb, integer) is 'What is wrong with the shape of an element; null when nothing is.';
revoke all on function private.erro_da_forma(jsonb, integer) from public;

-- sql/40_private/12_erros_de_leitura.sql
-- What is wrong with one sensor reading, as 'CODE text'. Only called for readings that look wrong or carry rare fields.

create function private.erro_do_sensor(p_n bigint, p_sensor jsonb, p_ponto jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when p_sensor is not null and not private.eh_numero_inteiro(p_sensor)
      then format('MALFORMED sensores[%s].cdSensor must be a whole number', p_n - 1)
    when p_sensor is not null
      then format('UNKNOWN_SENSOR sensores[%s]: the device has no sensor %s', p_n - 1, left(p_sensor::text, 40))
    when jsonb_typeof(p_ponto) <> 'string'
      then format('MALFORMED sensores[%s].dsPonto must be a text', p_n - 1)
    else format('UNKNOWN_POINT sensores[%s]: the device has no point %s', p_n - 1, left(p_ponto::text, 80))
  end
$$;
comment on function private.erro_do_sensor(bigint, jsonb, jsonb) is 'Why a reading names no sensor of its device.';
revoke all on function private.erro_do_sensor(bigint, jsonb, jsonb) from public;

-- An item may be named when it is the sensor's own or belongs to a product of the client; whether others exist is not told.
create function private.item_permitido(p_item integer, p_item_sensor integer, p_cd_cliente integer) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select p_item = p_item_sensor or exists (
    select from public."TbProdutoItemJoinTable" j
    join public."TbProduto" p on p."cdProduto" = j."cdProduto"
    where j."cdProdutoItem" = p_item and p."cdCliente" = p_cd_cliente)
$$;
comment on function private.item_permitido(integer, integer, integer) is 'The product item may be named in a reading of this sensor.';
revoke all on function private.item_permitido(integer, integer, integer) from public;

create function private.erro_do_valor(p_n bigint, p_json jsonb, p_cd_cliente integer,
                                      p_item_sensor integer) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when private.eh_infinito(c.valor) and private.ler_real(c.valor) is null
      then format('INVALID_VALUE sensores[%s].nrValor is not a finite number', p_n - 1)
    when c.valor is not null and private.ler_real(c.valor) is null
      then format('MALFORMED sensores[%s].nrValor must be a number', p_n - 1)
    when jsonb_typeof(c.logico) <> 'boolean'
      then format('MALFORMED sensores[%s].blValor must be true or false', p_n - 1)
    when jsonb_typeof(c.texto) <> 'string'
      then format('MALFORMED sensores[%s].dsValor must be a text', p_n - 1)
    when c.qualidade not in ('0', '1', '2')
      then format('INVALID_VALUE sensores[%s].nrQualidade must be 0 (ok), 1 (suspect) or 2 (fault)', p_n - 1)
    when c.item is not null and not private.eh_numero_inteiro(c.item)
      then format('MALFORMED sensores[%s].cdProdutoItem must be a whole number', p_n - 1)
    when c.item is not null
         and not coalesce(private.item_permitido(private.ler_inteiro(c.item), p_item_sensor, p_cd_cliente), false)
      then format('INVALID_VALUE sensores[%s].cdProdutoItem %s is not an item of this client''s products',
                  p_n - 1, left(c.item::text, 40))
  end
  from (select nullif(p_json -> 'nrValor', 'null') as valor, nullif(p_json -> 'blValor', 'null') as logico,
               nullif(p_json -> 'dsValor', 'null') as texto, nullif(p_json -> 'nrQualidade', 'null') as qualidade,
               nullif(p_json -> 'cdProdutoItem', 'null') as item) c
$$;
comment on function private.erro_do_valor(bigint, jsonb, integer, integer) is
  'Why the value, quality or item of a reading cannot be stored; null when it can.';
revoke all on function private.erro_do_valor(bigint, jsonb, integer, integer) from public;

-- sql/40_private/13_ler_leituras.sql
-- The sensor readings of one element, with the first thing wrong among them as 'CODE text'.
-- Inlined into the statement that reads the whole batch: hence no SET clause and full names.
create function private.ler_leituras(p_cd_dispositivo integer, p_cd_cliente integer, p_sensores jsonb)
returns table ("leituras" private.leitura[], "blItens" boolean, "dsErro" text)
language sql stable as $$
  select coalesce(array_agg(row(s."cdSensor", v.valor, v.logico, v.texto, coalesce(v.item, s."cdProdutoItem"),
                                v.item is not null, v.qualidade, null, null)::private.leitura), '{}'),
         coalesce(bool_or(v.item is not null), false),
         min(case
           when s."cdSensor" is not null and v.valor is not null and v.estranhos = '{}'
             and num_nonnulls(c.ponto, c.logico, c.texto, c.item, c.qualidade) = 0 then null -- nearly all: say so first
           when jsonb_typeof(o.j) <> 'object' then format('MALFORMED sensores[%s] is not an object', o.n - 1)
           when v.estranhos <> '{}'
             then format('MALFORMED sensores[%s] has unknown fields: %s', o.n - 1,
                         (select string_agg(k, ', ') from jsonb_object_keys(v.estranhos) k))
           when num_nonnulls(c.sensor, c.ponto) <> 1
             then format('MALFORMED sensores[%s] needs either cdSensor or dsPonto', o.n - 1)
           when num_nonnulls(c.valor, c.logico, c.texto) <> 1
             then format('MALFORMED sensores[%s] needs exactly one of nrValor, blValor and dsValor', o.n - 1)
           when s."cdSensor" is null then private.erro_do_sensor(o.n, c.sensor, c.ponto)
           when num_nonnulls(v.valor, v.logico, v.texto) <> 1
             or num_nonnulls(c.qualidade, c.item) > 0
             then private.erro_do_valor(o.n, o.j, p_cd_cliente, s."cdProdutoItem")
         end)
  from jsonb_array_elements(case when jsonb_typeof(p_sensores) = 'array' then p_sensores else '[]' end)
       with ordinality as o(j, n)
  cross join lateral (
    select nullif(o.j -> 'cdSensor', 'null') as sensor, nullif(o.j -> 'dsPonto', 'null') as ponto,
           nullif(o.j -> 'nrValor', 'null') as valor, nullif(o.j -> 'blValor', 'null') as logico,
           nullif(o.j -> 'dsValor', 'null') as texto, nullif(o.j -> 'cdProdutoItem', 'null') as item,
           nullif(o.j -> 'nrQualidade', 'null') as qualidade
    offset 0 -- each field is taken out once
  ) c
  cross join lateral (
    select private.ler_inteiro(c.sensor) as sensor, private.ler_real(c.valor) as valor,
           case when jsonb_typeof(c.logico) = 'boolean' then c.logico::boolean end as logico,
           case when jsonb_typeof(c.texto) = 'string' then c.texto #>> '{}' end as texto,
           private.ler_inteiro(c.item) as item,
           case when c.qualidade in ('0', '1', '2') then c.qualidade::smallint end as qualidade,
           case when jsonb_typeof(o.j) = 'object'
             then o.j - '{cdSensor,dsPonto,nrValor,blValor,dsValor,cdProdutoItem,nrQualidade}'::text[] end as estranhos
    offset 0
  ) v
  left join public."TbSensor" s0 on s0."cdSensor" = v.sensor and s0."cdDispositivo" = p_cd_dispositivo
  left join public."TbSensor" s1 on s1."cdDispositivo" = p_cd_dispositivo
    and s1."dsPonto" = case when jsonb_typeof(c.ponto) = 'string' then c.ponto #>> '{}' end
  cross join lateral (
    select coalesce(s0."cdSensor", s1."cdSensor") as "cdSensor",
           coalesce(s0."cdProdutoItem", s1."cdProdutoItem") as "cdProdutoItem"
  ) s
$$;
comment on function private.ler_leituras(integer, integer, jsonb) is 'Readings of one element, and what is wrong with them.';
revoke all on function private.ler_leituras(integer, integer, jsonb) from public;

-- sql/40_private/14_ler_elementos.sql
-- A batch as elements: typed, checked, with owner, geofence and receipt time. What is wrong becomes a verdict, in this
-- order: shape, device, time, coordinates, values, readings. Inlined, hence no SET clause and full names.
create function private.ler_elementos(p_readings jsonb, p_clientes integer[], p_agora timestamp)
returns setof private.elemento
language sql stable as $$
  select (o.n - 1)::integer, d."cdDispositivo", d."cdCliente", v.instante, v.seq, v.bat, v.lat, v.long, d."cdDestinatario",
             g.distancia <= t."nrRaio", g.distancia::real,
             case when erro.texto is null and p.bl then nextval('public."TbPosicao_cdPosicao_seq"') end, p.bl,
             l."leituras", cardinality(l."leituras"), 0, l."blItens", c.instante is null,
             case when erro.texto is null then 'stored' else 'rejected' end,
         substring(erro.texto from '^\S+'), substring(erro.texto from '^\S+ (.*)$')
  from jsonb_array_elements(p_readings) with ordinality as o(e, n)
  cross join private."TbConfiguracao" conf
  cross join lateral (
    select nullif(o.e -> 'cdCliente', 'null') as cliente, nullif(o.e -> 'cdDispositivo', 'null') as dispositivo,
           nullif(o.e -> 'dtRegistro', 'null') as instante, nullif(o.e -> 'nrBat', 'null') as bat,
           nullif(o.e -> 'nrSeq', 'null') as seq, nullif(o.e -> 'latitude', 'null') as lat,
           nullif(o.e -> 'longitude', 'null') as long, nullif(o.e -> 'sensores', 'null') as sensores
    offset 0 -- each field is taken out once
  ) c
  cross join lateral (
    select private.ler_real(c.bat) as bat, private.ler_inteiro(c.seq) as seq,
           case when c.lat >= '-90' and c.lat <= '90' then round(c.lat::numeric, 5)::double precision end as lat,
           case when c.long >= '-180' and c.long <= '180' then round(c.long::numeric, 5)::double precision end as long,
           -- readings without time that meet in one batch are a microsecond apart, so that none is lost
           case when c.instante is null then p_agora + o.n * interval '1 microsecond'
                when jsonb_typeof(c.instante) = 'string' then private.ler_instante(c.instante #>> '{}') end as instante
    offset 0
  ) v
  cross join lateral (select num_nonnulls(c.lat, c.long, c.bat, c.seq) > 0 as bl) p
  left join public."TbDispositivo" d on d."cdDispositivo" = private.ler_inteiro(c.dispositivo)
  left join public."TbCliente" dono on dono."cdCliente" = d."cdCliente"
  left join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
  left join public."TbEndereco" a on a."cdEndereco" = t."cdEndereco"
  cross join lateral private.ler_leituras(d."cdDispositivo", d."cdCliente", c.sensores) l
  cross join lateral (
    select case when num_nonnulls(v.lat, v.long, a."geoPonto") = 3 then extensions.st_distance(
             a."geoPonto", extensions.st_setsrid(extensions.st_makepoint(v.long, v.lat), 4326)::extensions.geography
           ) end as distancia
    offset 0
  ) g
  cross join lateral (
    select coalesce(
      private.erro_da_forma(o.e, conf."nrBytesElemento"),
      case
        when c.bat is not null and v.bat is null and not private.eh_infinito(c.bat)
          then 'MALFORMED nrBat must be a number'
        when c.seq is not null and v.seq is null and not private.eh_numero_inteiro(c.seq)
          then 'MALFORMED nrSeq must be a whole number'
        when c.cliente is not null and not private.eh_numero_inteiro(c.cliente)
          then 'MALFORMED cdCliente must be a whole number'
        when d."cdDispositivo" is null then format('UNKNOWN_DEVICE Device %s is not known', left(trunc(c.dispositivo::numeric)::text, 40))
        -- the same words, whether it does not exist, has no client or is another's
        when d."cdCliente" is null then format('UNKNOWN_DEVICE Device %s is not known', d."cdDispositivo")
        when not d."cdCliente" = any (p_clientes)
          or not (c.cliente is null or coalesce(private.ler_inteiro(c.cliente) in (d."cdCliente", dono."cdClientePai"), false))
          then format('FORBIDDEN_DEVICE Device %s is not known', d."cdDispositivo")
        when v.instante is null
          then format('INVALID_TIMESTAMP dtRegistro %s is no ISO 8601 instant', left(c.instante::text, 40))
        when v.instante < date_trunc('month', p_agora) - make_interval(months => conf."nrMesesAtras")
          or v.instante > p_agora + make_interval(mins => conf."nrMinutosAdiante") + o.n * interval '1 microsecond'
          then format('TIMESTAMP_OUT_OF_RANGE dtRegistro %s is not between %s and %s UTC', left(c.instante::text, 40),
                      (date_trunc('month', p_agora) - make_interval(months => conf."nrMesesAtras"))::date,
                      date_trunc('second', p_agora + make_interval(mins => conf."nrMinutosAdiante")))
        when num_nonnulls(c.lat, c.long) = 1 then 'INVALID_COORDINATES latitude and longitude come together or not at all'
        when num_nonnulls(v.lat, v.long) <> num_nonnulls(c.lat, c.long)
          then 'INVALID_COORDINATES latitude must be a number from -90 to 90, longitude from -180 to 180'
        when c.bat is not null and v.bat is null then 'INVALID_VALUE nrBat is not a finite number'
        when c.seq is not null and v.seq is null then 'INVALID_VALUE nrSeq is not a 32-bit whole number'
        else l."dsErro"
      end) as texto
    offset 0
  ) erro
$$;
comment on function private.ler_elementos(jsonb, integer[], timestamp) is
  'The elements of a batch, typed and checked; a fault becomes a verdict.';
revoke all on function private.ler_elementos(jsonb, integer[], timestamp) from public;

-- sql/40_private/15_julgar.sql
-- Holds elements against what is stored. Only runs after an attempt to write met rows that were there.
--   conflict   a value that was sent differs from the stored one (defaults and derived fields are not compared)
--   duplicate  all of it is there
--   stored     something is missing
--   rejected   the element names one sensor twice

-- The readings of one element beside the stored ones. When the same reading came under two positions, the one with the
-- lowest nrSeq (null first) owns the row, whatever came first. Inlined: no SET clause and full names.
create function private.comparar_leituras(p_elemento private.elemento)
returns table ("comparadas" private.leitura[], "nrFaltam" integer, "nrTomar" integer, "blDifere" boolean, "blRepete" boolean)
language sql stable as $$
  select coalesce(array_agg(row(l."cdSensor", l."nrValor", l."blValor", l."dsValor", l."cdProdutoItem", l."blProdutoItem",
                                l."nrQualidade", x.acao, r."cdPosicao")::private.leitura), '{}'),
         count(*) filter (where x.acao is null)::integer,
         count(*) filter (where x.acao = 'tomar')::integer,
         coalesce(bool_or(r."cdSensor" is not null and (
           (r."nrValor", r."blValor", r."dsValor") is distinct from (l."nrValor", l."blValor", l."dsValor")
           or l."blProdutoItem" and r."cdProdutoItem" is distinct from l."cdProdutoItem"
           or r."nrQualidade" <> l."nrQualidade")), false),
         count(*) <> count(distinct l."cdSensor")
  from unnest((p_elemento)."leituras") l
  left join public."TbSensorRegistro" r
    on r."cdSensor" = l."cdSensor" and r."dtRegistro" = (p_elemento)."dtRegistro"
  left join public."TbPosicao" dona on dona."cdPosicao" = r."cdPosicao" and dona."dtRegistro" = r."dtRegistro"
  cross join lateral (
    select case
      when r."cdSensor" is null then null
      when (p_elemento)."cdPosicao" is not null and r."cdDispositivo" = (p_elemento)."cdDispositivo" and (r."cdPosicao" is null
        or (p_elemento)."nrSeq" is null and dona."nrSeq" is not null
        or (p_elemento)."nrSeq" < dona."nrSeq") then 'tomar'
      else 'manter'
    end as acao
  ) x
$$;
comment on function private.comparar_leituras(private.elemento) is 'The readings of an element beside the stored ones.';
revoke all on function private.comparar_leituras(private.elemento) from public;

create function private.julgar(p_elementos private.elemento[]) returns private.elemento[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select coalesce(array_agg(row(
      e."nrIndice", e."cdDispositivo", e."cdCliente", e."dtRegistro", e."nrSeq", e."nrBat", e."dsLat", e."dsLong",
      e."cdDestinatario",
      case when p."cdPosicao" is null then e."blArea" else p."blArea" end,
      case when p."cdPosicao" is null then e."nrDistancia" else p."nrDistancia" end,
      coalesce(p."cdPosicao", e."cdPosicao"), e."cdPosicao" is not null and p."cdPosicao" is null,
      l."comparadas", l."nrFaltam", l."nrTomar", e."blItens", e."blSemTempo",
      v.veredito, case v.veredito when 'conflict' then 'CONFLICT' when 'rejected' then 'MALFORMED' end,
      case v.veredito when 'conflict' then 'Other values are stored for this device or sensor and time'
                      when 'rejected' then 'sensores names the same sensor twice' end
    )::private.elemento order by e."nrIndice"), '{}')
    from unnest(p_elementos) e
    left join public."TbPosicao" p
      on e."cdPosicao" is not null and p."cdDispositivo" = e."cdDispositivo" and p."dtRegistro" = e."dtRegistro"
      and (p."nrSeq" = e."nrSeq" or p."nrSeq" is null and e."nrSeq" is null)
    cross join lateral private.comparar_leituras(e) l
    cross join lateral (
      select case
        when l."blRepete" then 'rejected' -- looked for here only: such an element always meets a row, its own
        when l."blDifere" or p."cdPosicao" is not null and (
            e."nrBat" is not null and e."nrBat" is distinct from p."nrBat"
            or e."dsLat" is not null and (e."dsLat", e."dsLong") is distinct from (p."dsLat", p."dsLong")) then 'conflict'
        when l."nrFaltam" = 0 and (e."cdPosicao" is null or p."cdPosicao" is not null) then 'duplicate'
        else 'stored'
      end as veredito
    ) v);
end
$$;
comment on function private.julgar(private.elemento[]) is 'Verdicts of elements against what is stored.';
revoke all on function private.julgar(private.elemento[]) from public;

-- A batch is judged as if its elements came one after the other. An element that touches a row which an earlier one is
-- about to write waits (verdict null) until that is written, and is judged again. A conflict is final at once: stored
-- rows never change or go.
create function private.fazer_esperar(p_elementos private.elemento[]) returns private.elemento[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (
    with toque as (
      select e."nrIndice", e."cdDispositivo" as codigo, e."dtRegistro" as instante, e."nrSeq" as seq, true as posicao
      from unnest(p_elementos) e
      where e."dsVeredito" = 'stored' and e."blNova"
      union all
      select e."nrIndice", l."cdSensor", e."dtRegistro", null, false
      from unnest(p_elementos) e cross join unnest(e."leituras") l
      where e."dsVeredito" in ('stored', 'duplicate') and l."dsAcao" is distinct from 'manter'
    ), espera as (
      select distinct t."nrIndice"
      from (select "nrIndice", min("nrIndice") over (partition by posicao, codigo, instante, seq) as primeiro from toque) t
      where t."nrIndice" > t.primeiro
    )
    select coalesce(array_agg(row(
      e."nrIndice", e."cdDispositivo", e."cdCliente", e."dtRegistro", e."nrSeq", e."nrBat", e."dsLat", e."dsLong",
      e."cdDestinatario", e."blArea", e."nrDistancia", e."cdPosicao", e."blNova", e."leituras", e."nrFaltam", e."nrTomar",
      e."blItens", e."blSemTempo", case when w."nrIndice" is null then e."dsVeredito" end, e."dsErro", e."dsTexto"
    )::private.elemento order by e."nrIndice"), '{}')
    from unnest(p_elementos) e
    left join espera w on w."nrIndice" = e."nrIndice");
end
$$;
comment on function private.fazer_esperar(private.elemento[]) is 'Elements that touch a row of an earlier one lose their verdict.';
revoke all on function private.fazer_esperar(private.elemento[]) from public;

-- sql/40_private/16_gravar_raras.sql
-- The rare parts of writing a batch. Used by private.gravar() only.

-- Rows that came under several positions go to the one with the lowest nrSeq. Only a row that still belongs to the
-- owner that was seen is changed; RA001 when another caller was faster.
create function private.tomar_posse(p_elementos private.elemento[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  v_alvo record;
begin
  for v_alvo in
    select l."cdSensor", e."dtRegistro", e."cdPosicao", l."cdDona"
    from unnest(p_elementos) e cross join unnest(e."leituras") l
    where e."dsVeredito" in ('stored', 'duplicate') and l."dsAcao" = 'tomar'
    order by l."cdSensor", e."dtRegistro" -- one lock order for all callers
  loop
    update public."TbSensorRegistro" r set "cdPosicao" = v_alvo."cdPosicao"
    where r."cdSensor" = v_alvo."cdSensor" and r."dtRegistro" = v_alvo."dtRegistro"
      and r."cdPosicao" is not distinct from v_alvo."cdDona";
    if not found then
      raise sqlstate 'RA001';
    end if;
  end loop;
end
$$;
comment on function private.tomar_posse(private.elemento[]) is 'Gives readings to the position with the lowest nrSeq.';
revoke all on function private.tomar_posse(private.elemento[]) from public;

create function private.vincular_itens(p_elementos private.elemento[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo", "cdProdutoItem")
  select distinct l."cdSensor", e."cdDispositivo", l."cdProdutoItem"
  from unnest(p_elementos) e cross join unnest(e."leituras") l
  where e."dsVeredito" = 'stored' and l."blProdutoItem"
    and not exists (
      select from public."TbSensorVinculo" v
      where v."cdSensor" = l."cdSensor" and v."cdDispositivo" = e."cdDispositivo" and v."cdProdutoItem" = l."cdProdutoItem")
  order by 1, 2, 3
  on conflict do nothing;
end
$$;
comment on function private.vincular_itens(private.elemento[]) is 'Notes product items that readings name for the first time.';
revoke all on function private.vincular_itens(private.elemento[]) from public;

-- sql/40_private/17_gravar.sql
-- Writes the elements that are to be stored. Every caller locks rows in one order (positions, current positions,
-- readings, owners; each by key), so that callers wait for each other but never in a circle.
-- Raises unique_violation when a row is there after all: from an earlier sending, from another caller who was faster and
-- could not be seen by this statement, or from another element of the batch. The caller undoes and judges.
create function private.gravar(p_elementos private.elemento[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from unnest(p_elementos) e where e."blNova" and e."dsVeredito" = 'stored') then
    insert into public."TbPosicao" ("cdPosicao", "dtRegistro", "dsLat", "dsLong", "nrBat", "cdDispositivo", "cdCliente",
                                    "nrSeq", "cdDestinatario", "nrDistancia", "blArea")
    select e."cdPosicao", e."dtRegistro", e."dsLat", e."dsLong", e."nrBat", e."cdDispositivo", e."cdCliente",
           e."nrSeq", e."cdDestinatario", e."nrDistancia", e."blArea"
    from unnest(p_elementos) e
    where e."blNova" and e."dsVeredito" = 'stored'
    order by e."cdDispositivo", e."dtRegistro", e."nrSeq" nulls first;
  end if;

  insert into public."TbSensorRegistro" ("dtRegistro", "nrValor", "cdPosicao", "cdSensor", "cdDispositivo", "cdCliente",
                                         "cdProdutoItem", "nrQualidade", "blValor", "dsValor")
  select e."dtRegistro", l."nrValor", e."cdPosicao", l."cdSensor", e."cdDispositivo", e."cdCliente",
         l."cdProdutoItem", coalesce(l."nrQualidade", 0), l."blValor", l."dsValor"
  from unnest(p_elementos) e cross join unnest(e."leituras") l
  where e."dsVeredito" = 'stored' and l."dsAcao" is null
  order by l."cdSensor", e."dtRegistro";

  if exists (select from unnest(p_elementos) e where e."nrTomar" > 0 and e."dsVeredito" in ('stored', 'duplicate')) then
    perform private.tomar_posse(p_elementos);
  end if;
  if exists (select from unnest(p_elementos) e where e."blItens" and e."dsVeredito" = 'stored') then
    perform private.vincular_itens(p_elementos);
  end if;
end
$$;
comment on function private.gravar(private.elemento[]) is 'Writes the elements to be stored; unique_violation when a row is there after all.';
revoke all on function private.gravar(private.elemento[]) from public;

-- sql/40_private/18_gravar_em_rodadas.sql
-- Ingests share this lock; deleting a device or sensor, and a batch whose elements touch each other, take it alone.
create function private.travar_ingestao(p_sozinho boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform case when p_sozinho then pg_advisory_xact_lock(7274737472) else pg_advisory_xact_lock_shared(7274737472) end;
end
$$;
comment on function private.travar_ingestao(boolean) is 'Lock between ingests (shared) and what must not meet one (alone); until the transaction ends.';
revoke all on function private.travar_ingestao(boolean) from public;

-- Judges and writes. RA002 when more than one round is needed and the caller does not hold the lock alone.
create function private.gravar_em_rodadas(p_elementos private.elemento[], p_sozinho boolean) returns private.elemento[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_prontos private.elemento[] := array(select e from unnest(p_elementos) e where e."dsVeredito" = 'rejected');
  v_pendentes private.elemento[] := array(select e from unnest(p_elementos) e where e."dsVeredito" = 'stored');
  v_rodada private.elemento[];
begin
  while cardinality(v_pendentes) > 0 loop
    v_rodada := private.fazer_esperar(private.julgar(v_pendentes));
    v_pendentes := array(select e from unnest(v_rodada) e where e."dsVeredito" is null);
    if cardinality(v_pendentes) > 0 and not p_sozinho then
      raise sqlstate 'RA002';
    end if;
    v_rodada := array(select e from unnest(v_rodada) e where e."dsVeredito" is not null);
    perform private.gravar(v_rodada);
    v_prontos := v_prontos || v_rodada;
  end loop;
  return array(select e from unnest(v_prontos) e order by e."nrIndice");
end
$$;
comment on function private.gravar_em_rodadas(private.elemento[], boolean) is 'Judges elements against what is stored and writes what is new.';
revoke all on function private.gravar_em_rodadas(private.elemento[], boolean) from public;

-- sql/40_private/19_garantir_particoes.sql
-- Makes the monthly partitions that the coverage asks for and that are missing. Run by pg_cron every hour, by
-- scripts/run, and by an ingest that finds one missing. Made apart and then attached: attaching an empty table needs no
-- scan and holds up no writer.
create function private.garantir_particoes(p_agora timestamptz default now()) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_falta record;
  v_feitas integer := 0;
begin
  for v_falta in
    select t.tabela, m.mes, format('%s_%s', t.tabela, to_char(m.mes, 'YYYY_MM')) as nome
    from private."TbConfiguracao" conf
    cross join unnest('{TbPosicao,TbSensorRegistro}'::text[]) as t(tabela)
    cross join lateral generate_series(
      date_trunc('month', p_agora at time zone 'UTC') - make_interval(months => conf."nrMesesAtras"),
      date_trunc('month', p_agora at time zone 'UTC') + make_interval(months => conf."nrMesesAdiante"),
      '1 month') as m(mes)
    where to_regclass(format('particoes.%I', format('%s_%s', t.tabela, to_char(m.mes, 'YYYY_MM')))) is null
    order by 1, 2
  loop
    execute format('lock table public.%I in share update exclusive mode', v_falta.tabela); -- one maker at a time
    continue when to_regclass(format('particoes.%I', v_falta.nome)) is not null;
    execute format('create table particoes.%I (like public.%I including all)', v_falta.nome, v_falta.tabela);
    execute format('alter table particoes.%I enable row level security', v_falta.nome);
    execute format('revoke all on particoes.%I from public, anon, authenticated, service_role', v_falta.nome);
    execute format('alter table public.%I attach partition particoes.%I for values from (%L) to (%L)',
                   v_falta.tabela, v_falta.nome, v_falta.mes, v_falta.mes + interval '1 month');
    v_feitas := v_feitas + 1;
  end loop;
  return v_feitas;
end
$$;
comment on function private.garantir_particoes(timestamptz) is 'Makes missing monthly partitions; returns how many.';
revoke all on function private.garantir_particoes(timestamptz) from public;
grant execute on function private.garantir_particoes(timestamptz) to service_role;

select private.garantir_particoes();

-- sql/40_private/20_bytes_do_elemento.sql
create function private.ler_base64(p_texto text) returns bytea
language sql immutable set search_path = pg_catalog, pg_temp as $$
  -- anything that is no base64 is kept as it came
  select case when p_texto ~ '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$' then decode(p_texto, 'base64')
              else convert_to(p_texto, 'UTF8') end
$$;
comment on function private.ler_base64(text) is 'The bytes of a base64 text.';
revoke all on function private.ler_base64(text) from public;

-- The bytes by which an element is known in quarantine: jsonb's own text, the same for any order of keys and spacing; or,
-- for an element that jsonb cannot hold, the bytes that whoever read it kept.
create function private.bytes_do_elemento(p_elemento jsonb)
returns table (hash bytea, bytes bytea, tamanho bigint, inteiro boolean)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when c.cru then decode(p_elemento ->> '$hash', 'hex') else sha256(c.bytes) end,
         c.bytes,
         case when c.cru then greatest(private.ler_inteiro(p_elemento -> '$tamanho'), octet_length(c.bytes))
              else octet_length(c.bytes) end,
         not c.cru
  from (
    select p.cru, case when p.cru then private.ler_base64(p_elemento ->> '$payload')
                       else convert_to(p_elemento::text, 'UTF8') end as bytes
    from (select private.eh_embrulho(p_elemento) as cru) p
  ) c
$$;
comment on function private.bytes_do_elemento(jsonb) is 'Canonical bytes of an element, their SHA-256 and full length.';
revoke all on function private.bytes_do_elemento(jsonb) from public;

-- sql/40_private/20_ingerir.sql
-- One batch, one transaction. First as if nothing of it were there (the usual case costs no look-up); when rows were met,
-- that attempt is undone and the elements are judged against what is stored; when elements of the batch touch each
-- other's rows, they are taken in order, round by round, with every other ingest shut out, because only then can no two
-- callers wait for each other.
-- What others may do to it (be faster, delete a product item or site just then) is undone and tried anew as well.
-- Ends: after the first undo only another caller can be in the way, who has then committed rows of this batch; should that
-- go on, the batch shuts the others out, and then nothing may be in its way.
create function private.ingerir(p_readings jsonb, p_clientes integer[], p_agora timestamp) returns private.elemento[]
language plpgsql
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_memoize = off
set enable_bitmapscan = off set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_modo text := 'novo'; -- novo, julgado, rodadas
  v_desfeitos integer := 0;
  v_particoes boolean := false;
  v_elementos private.elemento[];
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise sqlstate 'PT400' using message = 'Ingestion runs in read committed transactions only', hint = 'INVALID_PARAMETER';
  end if;
  loop
    begin
      perform private.travar_ingestao(v_modo = 'rodadas');
      v_elementos := array(select e from private.ler_elementos(p_readings, p_clientes, p_agora) e);
      if v_modo = 'novo' then
        perform private.gravar(v_elementos);
        return v_elementos;
      end if;
      return private.gravar_em_rodadas(v_elementos, v_modo = 'rodadas');
    exception
      when unique_violation or sqlstate 'RA001' or foreign_key_violation or deadlock_detected then
        if v_modo = 'rodadas' then
          raise;
        end if;
        v_desfeitos := v_desfeitos + 1;
        v_modo := case when v_desfeitos > 20 then 'rodadas' else 'julgado' end;
      when sqlstate 'RA002' then
        v_modo := 'rodadas';
      when check_violation then -- no partition yet: the upkeep has not run, or the coverage was widened
        if v_particoes then
          raise;
        end if;
        v_particoes := true;
        perform private.garantir_particoes(); -- or waits for the caller who is making them
    end;
  end loop;
end
$$;
comment on function private.ingerir(jsonb, integer[], timestamp) is 'Judges and stores one batch; never raises for an element.';
revoke all on function private.ingerir(jsonb, integer[], timestamp) from public;

-- sql/40_private/21_quarentenar.sql
-- Keeps what could not be stored: one row per caller, content and reason, counted. PT429 TOO_MANY_REQUESTS when the
-- caller's client has no room left: the request is refused as a whole, so that nothing disappears silently.

create function private.guardar_erro(p_chamador private.identidade, p_clientes integer[], p_motivo text, p_hash bytea,
                                     p_texto text, p_payload bytea, p_tamanho bigint, p_reprocessavel boolean,
                                     p_recebido timestamptz default now())
returns bigint
language sql set search_path = pg_catalog, pg_temp as $$
  insert into public."TbIngestaoErro" as q (
    "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel", "cdCliente", "cdClientes",
    "dtPrimeira", "dtExpiracao")
  select p_chamador."dsChamador", p_motivo, p_hash, p_texto, substring(p_payload for 16384), p_tamanho,
         p_reprocessavel and p_tamanho <= 16384,
         case when p_chamador."blServico" then p_clientes[1] else p_chamador."cdCliente" end, coalesce(p_clientes, '{}'),
         p_recebido, now() + make_interval(days => conf."nrDiasErro")
  from private."TbConfiguracao" conf
  on conflict ("dsChamador", "dsHash", "dsMotivo") do update set
    "nrOcorrencias" = q."nrOcorrencias" + 1, "dtUltima" = clock_timestamp(), "dtExpiracao" = excluded."dtExpiracao",
    "dsTexto" = excluded."dsTexto"
  returning q."cdErro"
$$;
comment on function private.guardar_erro(private.identidade, integer[], text, bytea, text, bytea, bigint, boolean, timestamptz) is
  'Puts one payload into quarantine, or counts it again.';
revoke all on function private.guardar_erro(private.identidade, integer[], text, bytea, text, bytea, bigint, boolean, timestamptz) from public;

-- Checked after writing, so that it counts what this request adds; raising takes that back.
create function private.exigir_vaga(p_erros bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_limite integer := (select "nrErrosCliente" from private."TbConfiguracao");
  v_cliente integer;
begin
  for v_cliente in
    select distinct q."cdCliente" from public."TbIngestaoErro" q where q."cdErro" = any (p_erros)
  loop
    if (select count(*) from (
          select from public."TbIngestaoErro" q
          where q."cdCliente" = v_cliente or q."cdCliente" is null and v_cliente is null limit v_limite + 1) n) > v_limite then
      raise sqlstate 'PT429' using hint = 'TOO_MANY_REQUESTS', detail = '3600',
        message = format('Quarantine is full: %s payloads wait. Mend their cause and replay them', v_limite);
    end if;
  end loop;
end
$$;
comment on function private.exigir_vaga(bigint[]) is 'Refuses the request when it fills the quarantine of a client.';
revoke all on function private.exigir_vaga(bigint[]) from public;

-- A caller for all clients, such as a gateway, is not charged itself: what it sends is shown and charged to the client that
-- the element names or whose device it is.
create function private.clientes_do_erro(p_chamador private.identidade, p_elemento jsonb, p_dono integer) returns integer[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when not p_chamador."blServico" then p_chamador."cdClientes"
    when private.ler_inteiro(p_elemento -> 'cdCliente') = any (p_chamador."cdClientes")
      then array[private.ler_inteiro(p_elemento -> 'cdCliente')]
    else array_remove(array[p_dono], null)
  end
$$;
comment on function private.clientes_do_erro(private.identidade, jsonb, integer) is
  'Clients whose admins see a quarantined element.';
revoke all on function private.clientes_do_erro(private.identidade, jsonb, integer) from public;

create function private.quarentenar(p_elementos private.elemento[], p_readings jsonb, p_chamador private.identidade)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from unnest(p_elementos) e where e."dsVeredito" in ('conflict', 'rejected')) then
    return;
  end if;
  perform private.exigir_vaga(array(
    select private.guardar_erro(p_chamador, private.clientes_do_erro(p_chamador, b.e, b."cdCliente"),
                                b."dsErro", b.hash, b."dsTexto", b.bytes, b.tamanho, b.inteiro, b.recebido)
    from (
      select e."cdCliente", e."dsErro", e."dsTexto", o.e, x.*,
             -- what it was stamped with, so that elements of one batch stay apart when they are replayed
             case when e."blSemTempo" then e."dtRegistro" at time zone 'UTC' else now() end as recebido
      from unnest(p_elementos) e
      cross join lateral (select p_readings -> e."nrIndice" as e offset 0) o
      cross join lateral private.bytes_do_elemento(o.e) x
      where e."dsVeredito" in ('conflict', 'rejected')
      order by x.hash, e."dsErro", e."nrIndice" -- one lock order for all callers
      offset 0
    ) b));
end
$$;
comment on function private.quarentenar(private.elemento[], jsonb, private.identidade) is
  'Quarantines the elements of a batch that were not stored.';
revoke all on function private.quarentenar(private.elemento[], jsonb, private.identidade) from public;

-- sql/40_private/22_responder.sql
-- What a caller is told. A device of another client is not told from one that does not exist.
create function private.responder(p_elementos private.elemento[], p_so_excecoes boolean, p_validar boolean) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select jsonb_build_object(
      'total', count(*),
      'stored', count(*) filter (where e."dsVeredito" = 'stored'),
      'duplicate', count(*) filter (where e."dsVeredito" = 'duplicate'),
      'conflict', count(*) filter (where e."dsVeredito" = 'conflict'),
      'rejected', count(*) filter (where e."dsVeredito" = 'rejected'),
      'untimed', count(*) filter (where e."blSemTempo"),
      'results', coalesce(jsonb_agg(
        case when e."dsVeredito" in ('stored', 'duplicate')
          then jsonb_build_object('index', e."nrIndice", 'verdict', e."dsVeredito",
                                  'cdPosicao', case when not (p_validar and e."blNova") then e."cdPosicao" end,
                                  'blArea', e."blArea", 'nrDistancia', e."nrDistancia")
          else jsonb_build_object('index', e."nrIndice", 'verdict', e."dsVeredito",
                                  'error_code', case e."dsErro" when 'FORBIDDEN_DEVICE' then 'UNKNOWN_DEVICE' else e."dsErro" end,
                                  'error', e."dsTexto")
        end order by e."nrIndice") filter (where not p_so_excecoes or e."dsVeredito" in ('conflict', 'rejected')), '[]'))
    from unnest(p_elementos) e);
end
$$;
comment on function private.responder(private.elemento[], boolean, boolean) is 'Counts and verdicts of a batch as JSON.';
revoke all on function private.responder(private.elemento[], boolean, boolean) from public;

-- sql/40_private/23_exigir_lote.sql
create function private.exigir_lote(p_readings jsonb) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_limite integer := (select "nrElementosLote" from private."TbConfiguracao");
begin
  if jsonb_typeof(p_readings) is distinct from 'array' then
    raise sqlstate 'PT400' using message = 'A batch is a JSON list of readings', hint = 'MALFORMED';
  end if;
  if jsonb_array_length(p_readings) > v_limite then
    raise sqlstate 'PT413' using hint = 'TOO_LARGE',
      message = format('A batch has at most %s readings, this one has %s', v_limite, jsonb_array_length(p_readings));
  end if;
end
$$;
comment on function private.exigir_lote(jsonb) is 'PT400 or PT413 unless the argument is a batch of allowed size.';
revoke all on function private.exigir_lote(jsonb) from public;

-- A rehearsal is the real thing, undone: the verdicts are those that storing would give.
create function private.ensaiar(p_readings jsonb, p_clientes integer[]) returns private.elemento[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_elementos private.elemento[];
begin
  v_elementos := private.ingerir(p_readings, p_clientes, now() at time zone 'UTC');
  raise sqlstate 'RA003';
exception
  when sqlstate 'RA003' then
    return v_elementos;
end
$$;
comment on function private.ensaiar(jsonb, integer[]) is 'Verdicts of a batch without storing anything.';
revoke all on function private.ensaiar(jsonb, integer[]) from public;

-- sql/40_private/24_reprocessar.sql
-- The steps of public.reprocessar_erros.

create function private.erros_a_reprocessar(p_chamador private.identidade, p_cd_erros bigint[], p_ds_motivo text,
                                            p_nr_limite integer, p_reprocessavel boolean) returns bigint[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select q."cdErro" from public."TbIngestaoErro" q
    where (p_chamador."blServico" or q."cdClientes" && p_chamador."cdClientes")
      and (p_cd_erros is null or q."cdErro" = any (p_cd_erros))
      and (p_ds_motivo is null or q."dsMotivo" = p_ds_motivo)
      and q."blReprocessavel" = p_reprocessavel
    order by q."dtPrimeira", q."cdErro"
    limit least(greatest(p_nr_limite, 0), (select "nrElementosLote" from private."TbConfiguracao")))
$$;
comment on function private.erros_a_reprocessar(private.identidade, bigint[], text, integer, boolean) is
  'Which quarantined payloads the caller may replay, oldest first.';
revoke all on function private.erros_a_reprocessar(private.identidade, bigint[], text, integer, boolean) from public;

create function private.elementos_em_quarentena(p_erros bigint[]) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(
    case when jsonb_typeof(x.e) = 'object' and coalesce(x.e -> 'dtRegistro', 'null') = 'null'
      then x.e || jsonb_build_object('dtRegistro', to_char(q."dtPrimeira" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))
      else x.e end order by a.n), '[]')
  from unnest(p_erros) with ordinality as a(cd, n)
  left join public."TbIngestaoErro" q on q."cdErro" = a.cd
  cross join lateral (select convert_from(q."dsPayload", 'UTF8')::jsonb as e offset 0) x
$$;
comment on function private.elementos_em_quarentena(bigint[]) is 'Quarantined payloads as a batch, in the order given.';
revoke all on function private.elementos_em_quarentena(bigint[]) from public;

-- One that fails for another reason now moves to that reason; it joins the row that is there, or that a resend is just
-- making, and keeps the time when it first came.
create function private.encerrar_erros(p_erros bigint[], p_elementos private.elemento[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_erro record;
begin
  for v_erro in
    select q."cdErro", e."dsVeredito" in ('stored', 'duplicate') as feito, q."dsMotivo" = e."dsErro" as mesmo,
           e."dsErro" as motivo, e."dsTexto" as texto
    from unnest(p_elementos) e
    join public."TbIngestaoErro" q on q."cdErro" = p_erros[e."nrIndice" + 1]
    order by q."dsHash", q."dsMotivo" -- one lock order for all callers, each row locked in its turn
  loop
    if v_erro.feito then
      delete from public."TbIngestaoErro" q where q."cdErro" = v_erro."cdErro";
    elsif v_erro.mesmo then
      update public."TbIngestaoErro" q
      set "nrOcorrencias" = q."nrOcorrencias" + 1, "dtUltima" = clock_timestamp(), "dsTexto" = v_erro.texto
      where q."cdErro" = v_erro."cdErro";
    else
      with o as (delete from public."TbIngestaoErro" q where q."cdErro" = v_erro."cdErro" returning q.*)
      insert into public."TbIngestaoErro" as q (
        "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel", "cdCliente", "cdClientes",
        "nrOcorrencias", "dtPrimeira", "dtUltima", "dtExpiracao")
      select o."dsChamador", v_erro.motivo, o."dsHash", v_erro.texto, o."dsPayload", o."nrTamanho", o."blReprocessavel",
             o."cdCliente", o."cdClientes", o."nrOcorrencias" + 1, o."dtPrimeira", clock_timestamp(), o."dtExpiracao"
      from o
      on conflict ("dsChamador", "dsHash", "dsMotivo") do update set
        "nrOcorrencias" = q."nrOcorrencias" + excluded."nrOcorrencias", "dsTexto" = excluded."dsTexto",
        "dtPrimeira" = least(q."dtPrimeira", excluded."dtPrimeira"), "dtUltima" = excluded."dtUltima";
    end if;
  end loop;
end
$$;
comment on function private.encerrar_erros(bigint[], private.elemento[]) is
  'Takes replayed payloads out of quarantine, or counts them again.';
revoke all on function private.encerrar_erros(bigint[], private.elemento[]) from public;

-- sql/40_private/25_manutencao.sql
-- Upkeep, in bounded steps. Each step is logged and committed on its own; one that fails is seen in the log and does not
-- stop the others.

create function private.expirar_erros() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_linhas integer;
begin
  delete from public."TbIngestaoErro" q
  where q."cdErro" in (
    select v."cdErro" from public."TbIngestaoErro" v where v."dtExpiracao" < now()
    order by v."dsHash", v."dsMotivo" limit 10000 for update skip locked);
  get diagnostics v_linhas = row_count;
  delete from public."TbManutencaoExecucao" e where e."dtInicio" < now() - interval '90 days';
  return v_linhas;
end
$$;
comment on function private.expirar_erros() is 'Deletes quarantined payloads and log entries whose time is over; returns how many payloads.';
revoke all on function private.expirar_erros() from public;

create function private.executar_passo(p_passo text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_inicio timestamptz := clock_timestamp();
  v_linhas integer;
  v_erro text;
begin
  begin
    execute format('select private.%I()', p_passo) into v_linhas;
  exception when others then -- whatever it is, it belongs in the log and must not stop the next step
    v_erro := sqlstate || ' ' || sqlerrm;
  end;
  insert into public."TbManutencaoExecucao" ("dsPasso", "dtInicio", "dtFim", "nrLinhas", "dsErro")
  values (p_passo, v_inicio, clock_timestamp(), v_linhas, v_erro);
end
$$;
comment on function private.executar_passo(text) is 'Runs one step of the upkeep and logs how it went.';
revoke all on function private.executar_passo(text) from public;

-- No SET clause: a procedure that has one may not commit.
create procedure private.manutencao()
language plpgsql as $$
declare
  v_passo text;
begin
  foreach v_passo in array array['garantir_particoes', 'expirar_erros'] loop
    perform private.executar_passo(v_passo);
    commit;
  end loop;
end
$$;
comment on procedure private.manutencao() is 'The whole upkeep, run by pg_cron every hour.';
revoke all on procedure private.manutencao() from public;

-- sql/40_private/26_descrever_erro.sql
-- How a quarantined payload is told. Bytes that are no UTF-8 have no text.
create function private.texto_utf8(p_bytes bytea) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return convert_from(p_bytes, 'UTF8');
exception
  when character_not_in_repertoire or untranslatable_character then
    return null;
end
$$;
comment on function private.texto_utf8(bytea) is 'The text of these bytes; null when they are no UTF-8.';
revoke all on function private.texto_utf8(bytea) from public;
grant execute on function private.texto_utf8(bytea) to authenticated, service_role;

create function private.descrever_erro(p_erro public."TbIngestaoErro") returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_erro) - '{dsHash,dsPayload,cdCliente}'::text[] || jsonb_build_object(
    'dsPayload', private.texto_utf8(p_erro."dsPayload"),
    'dsPayloadBase64', translate(encode(p_erro."dsPayload", 'base64'), E'\n', ''))
$$;
comment on function private.descrever_erro(public."TbIngestaoErro") is 'A quarantined payload as JSON.';
revoke all on function private.descrever_erro(public."TbIngestaoErro") from public;
grant execute on function private.descrever_erro(public."TbIngestaoErro") to authenticated, service_role;

-- sql/40_private/30_historico_alvos.sql
-- Whose history is asked for.

-- A measuring window includes both ends and may cross midnight; without one it is all day. Inlined: no SET clause.
create function private.na_janela(p_hora time, p_inicio time, p_fim time) returns boolean
language sql immutable parallel safe as $$
  select case
    when p_inicio is null or p_fim is null then true
    when p_inicio <= p_fim then p_hora between p_inicio and p_fim
    else p_hora >= p_inicio or p_hora <= p_fim
  end
$$;
comment on function private.na_janela(time, time, time) is 'The time of day lies in the measuring window.';
revoke all on function private.na_janela(time, time, time) from public;
grant execute on function private.na_janela(time, time, time) to authenticated, service_role;

-- The devices of a client include those it owned once: their old history stays with it. Security definer: the measuring
-- window counts for former owners too, who do not see the device any more; else the total would depend on who asks.
create function private.alvos_do_historico(p_cd_cliente integer, p_cd_dispositivo integer, p_cd_dispositivos integer[])
returns private.alvo_historico[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visiveis integer[] := private.clientes_visiveis();
begin
  return array(
    select row(v."cdDispositivo", d."horarioMedicaoInicio", d."horarioMedicaoFim")::private.alvo_historico
    from (
      select distinct w."cdDispositivo" from public."TbDispositivoVinculo" w
      where w."cdCliente" = any (v_visiveis)
        and (p_cd_cliente is null or w."cdCliente" = p_cd_cliente)
        and (coalesce(p_cd_dispositivo, 0) = 0 or w."cdDispositivo" = p_cd_dispositivo)
        and (p_cd_dispositivos is null or w."cdDispositivo" = any (p_cd_dispositivos))
    ) v
    left join public."TbDispositivo" d on d."cdDispositivo" = v."cdDispositivo");
end
$$;
comment on function private.alvos_do_historico(integer, integer, integer[]) is 'Devices whose history is asked for.';
revoke all on function private.alvos_do_historico(integer, integer, integer[]) from public;
grant execute on function private.alvos_do_historico(integer, integer, integer[]) to authenticated, service_role;

-- sql/40_private/31_historico_cursor.sql
-- Keyset cursor of the history. Opaque to callers: base64 of 'dtRegistro,cdDispositivo,nrSeq'.

-- Raises PT400 INVALID_PARAMETER for a text that was not handed out.
create function private.ler_cursor(p_texto text) returns private.cursor_historico
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_partes text[];
begin
  if p_texto is null then
    return null;
  end if;
  v_partes := regexp_match(convert_from(decode(p_texto, 'base64'), 'UTF8'),
                           '^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}),(\d{1,10}),(-?\d{1,10})?$');
  if v_partes is null then
    raise data_exception;
  end if;
  return row(v_partes[1]::timestamp, v_partes[2]::integer, v_partes[3]::integer);
exception
  when data_exception then -- of every kind: bad base64, bad UTF-8, a date that is none
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.ler_cursor(text) is 'Where a page of history begins; null for the first one.';
revoke all on function private.ler_cursor(text) from public;
grant execute on function private.ler_cursor(text) to authenticated, service_role;

create function private.escrever_cursor(p_linha public."TbPosicao") returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select translate(encode(convert_to(format('%s,%s,%s',
    to_char(p_linha."dtRegistro", 'YYYY-MM-DD HH24:MI:SS.US'), p_linha."cdDispositivo", p_linha."nrSeq"), 'UTF8'),
    'base64'), E'\n', '')
$$;
comment on function private.escrever_cursor(public."TbPosicao") is 'The cursor behind this row.';
revoke all on function private.escrever_cursor(public."TbPosicao") from public;
grant execute on function private.escrever_cursor(public."TbPosicao") to authenticated, service_role;

-- Inlined: no SET clause.
create function private.atras_do_cursor(p_dt timestamp, p_cd_dispositivo integer, p_seq integer,
                                        p_cursor private.cursor_historico) returns boolean
language sql immutable parallel safe as $$
  select p_dt < p_cursor."dtRegistro" or p_dt = p_cursor."dtRegistro" and (
    p_cd_dispositivo < p_cursor."cdDispositivo"
    or p_cd_dispositivo = p_cursor."cdDispositivo"
      and (p_seq < p_cursor."nrSeq" or p_seq is null and p_cursor."nrSeq" is not null))
$$;
comment on function private.atras_do_cursor(timestamp, integer, integer, private.cursor_historico) is
  'The row comes behind the cursor, newest first.';
revoke all on function private.atras_do_cursor(timestamp, integer, integer, private.cursor_historico) from public;
grant execute on function private.atras_do_cursor(timestamp, integer, integer, private.cursor_historico)
  to authenticated, service_role;

-- sql/40_private/32_historico_pagina.sql
-- One page of positions, newest first. Order and key are (dtRegistro, cdDispositivo, nrSeq; null lowest), so nothing that
-- arrives later moves what was handed out. Each device gives its newest rows, straight from the unique index and only from
-- the partitions in question, and the page is cut from those.
-- p_cursor  the row after which to begin, or null;  p_pular  rows to leave out first;  p_limite  rows at most
create function private.pagina_do_historico(p_alvos private.alvo_historico[], p_cd_cliente integer, p_de timestamp,
  p_ate timestamp, p_cursor private.cursor_historico, p_pular bigint, p_limite integer) returns public."TbPosicao"[]
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
set enable_seqscan = off set jit = off as $$
begin
  return array(
    select p
    from unnest(p_alvos) a
    cross join lateral (
      select q.* from public."TbPosicao" q
      where q."cdDispositivo" = a."cdDispositivo"
        and q."dtRegistro" between p_de and least(p_ate, p_cursor."dtRegistro")
        and (p_cd_cliente is null or q."cdCliente" = p_cd_cliente)
        and private.na_janela(q."dtRegistro"::time, a.inicio, a.fim)
        and (p_cursor."dtRegistro" is null
          or private.atras_do_cursor(q."dtRegistro", q."cdDispositivo", q."nrSeq", p_cursor))
      order by q."dtRegistro" desc, q."nrSeq" desc nulls last
      limit p_pular + p_limite
    ) p
    order by p."dtRegistro" desc, p."cdDispositivo" desc, p."nrSeq" desc nulls last
    offset p_pular limit p_limite);
end
$$;
comment on function private.pagina_do_historico(private.alvo_historico[], integer, timestamp, timestamp,
  private.cursor_historico, bigint, integer) is 'One page of positions, newest first.';
revoke all on function private.pagina_do_historico(private.alvo_historico[], integer, timestamp, timestamp,
  private.cursor_historico, bigint, integer) from public;
grant execute on function private.pagina_do_historico(private.alvo_historico[], integer, timestamp, timestamp,
  private.cursor_historico, bigint, integer) to authenticated, service_role;

create function private.contar_historico(p_alvos private.alvo_historico[], p_cd_cliente integer, p_de timestamp,
  p_ate timestamp) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
  return (
    select count(*)
    from unnest(p_alvos) a
    join public."TbPosicao" q on q."cdDispositivo" = a."cdDispositivo" and q."dtRegistro" between p_de and p_ate
    where (p_cd_cliente is null or q."cdCliente" = p_cd_cliente)
      and private.na_janela(q."dtRegistro"::time, a.inicio, a.fim));
end
$$;
comment on function private.contar_historico(private.alvo_historico[], integer, timestamp, timestamp) is
  'How many positions all pages have together.';
revoke all on function private.contar_historico(private.alvo_historico[], integer, timestamp, timestamp) from public;
grant execute on function private.contar_historico(private.alvo_historico[], integer, timestamp, timestamp)
  to authenticated, service_role;

-- sql/40_private/33_historico_linhas.sql
-- What is told about the positions of a page.

-- Sensors that ever were on these devices. Security definer: after a device or sensor moved on, the history of its former
-- owner stays readable, though the sensor itself is not visible to them any more.
create function private.sensores_do_historico(p_dispositivos integer[])
returns table ("cdDispositivo" integer, "cdSensor" integer, "cdTipoSensor" bigint, "nrUnidadeIni" integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct v."cdDispositivo", s."cdSensor", s."cdTipoSensor", s."nrUnidadeIni"
  from public."TbSensorVinculo" v
  join public."TbSensor" s on s."cdSensor" = v."cdSensor"
  where v."cdDispositivo" = any (p_dispositivos)
    and exists (
      select from public."TbDispositivoVinculo" d
      where d."cdDispositivo" = v."cdDispositivo"
        and d."cdCliente" = any ((select private.clientes_visiveis())::integer[]))
$$;
comment on function private.sensores_do_historico(integer[]) is
  'Sensors that ever were on devices that the caller''s clients ever owned.';
revoke all on function private.sensores_do_historico(integer[]) from public;
grant execute on function private.sensores_do_historico(integer[]) to authenticated, service_role;

-- By weight (grams, less the tare), by distance (millimetres), or as counted; 0 where the divisor is missing. Inlined.
create function private.contar_itens(p_tipo bigint, p_valor double precision, p_tara integer, p_peso double precision,
                                     p_altura double precision) returns double precision
language sql immutable parallel safe as $$
  select case p_tipo
    when 3 then case when coalesce(p_peso, 0) = 0 then 0 else (p_valor - coalesce(p_tara, 0)) / p_peso end
    when 1 then case when coalesce(p_altura, 0) = 0 then 0 else p_valor / p_altura end
    else p_valor
  end
$$;
comment on function private.contar_itens(bigint, double precision, integer, double precision, double precision) is
  'How many items a reading stands for.';
revoke all on function private.contar_itens(bigint, double precision, integer, double precision, double precision) from public;
grant execute on function private.contar_itens(bigint, double precision, integer, double precision, double precision)
  to authenticated, service_role;

create function private.linhas_do_historico(p_pagina public."TbPosicao"[]) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
set jit = off set plan_cache_mode = force_generic_plan as $$ -- a plan for one small page might read all addresses
begin
  return (
    with sensor as materialized (
      select * from private.sensores_do_historico(array(select distinct p."cdDispositivo" from unnest(p_pagina) p))
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'cdProduto', d."cdProduto", 'nrCodigo', pr."nrCodigo", 'dsDescricao', pr."dsDescricao", 'dtRegistro', p."dtRegistro",
      'cdDispositivo', p."cdDispositivo", 'dsNome', t."dsNome", 'dsEndereco', e."dsLogradouro",
      'nrBatPercentual', case when p."nrBat" is not null then round((least(p."nrBat", 3.7) / 3.7 * 100)::numeric, 2) || '%' end,
      'dsStatus', case when p."blArea" is false then 'Fora de Área' else 'Dentro da Área' end,
      'dsStatusDispositivo', d."cdStatus", 'cdPosicao', p."cdPosicao") || l.valores
      order by p."dtRegistro" desc, p."cdDispositivo" desc, p."nrSeq" desc nulls last), '[]')
    from unnest(p_pagina) p
    left join public."TbDispositivo" d on d."cdDispositivo" = p."cdDispositivo"
    left join public."TbProduto" pr on pr."cdProduto" = d."cdProduto"
    left join public."TbDestinatario" t on t."cdDestinatario" = p."cdDestinatario"
    left join public."TbEndereco" e on e."cdEndereco" = p."cdEndereco"
    cross join lateral (
      select jsonb_build_object(
        'nrPorta', max(r."nrValor") filter (where s."cdTipoSensor" = 2),
        'nrTemperatura', max(r."nrValor") filter (where s."cdTipoSensor" = 4),
        'nrPessoas', max(r."nrValor") filter (where s."cdTipoSensor" = 5),
        'nrMasculino', max(r."nrValor") filter (where s."cdTipoSensor" = 9),
        'nrFeminino', max(r."nrValor") filter (where s."cdTipoSensor" = 10),
        'nrCrianca', max(r."nrValor") filter (where s."cdTipoSensor" = 11),
        'nrJovem', max(r."nrValor") filter (where s."cdTipoSensor" = 12),
        'nrAdulto', max(r."nrValor") filter (where s."cdTipoSensor" = 13),
        'nrSenior', max(r."nrValor") filter (where s."cdTipoSensor" = 14),
        'nrAlegre', max(r."nrValor") filter (where s."cdTipoSensor" = 15),
        'nrTriste', max(r."nrValor") filter (where s."cdTipoSensor" = 16),
        'nrNeutro', max(r."nrValor") filter (where s."cdTipoSensor" = 17),
        'nrCategoriaTotal', max(r."nrValor") filter (where s."cdTipoSensor" = 18),
        'itens', coalesce(jsonb_agg(jsonb_build_object(
            'cdSensor', r."cdSensor", 'dsProdutoItem', i."dsNome",
            'nrQtdItens', private.contar_itens(s."cdTipoSensor", r."nrValor", s."nrUnidadeIni", i."nrPesoUnit", i."nrAlt"))
          order by r."cdSensor") filter (where r."cdProdutoItem" is not null), '[]')) as valores
      from sensor s
      join public."TbSensorRegistro" r
        on r."cdSensor" = s."cdSensor" and r."dtRegistro" = p."dtRegistro" and r."cdPosicao" = p."cdPosicao"
      left join public."TbProdutoItem" i on i."cdProdutoItem" = r."cdProdutoItem"
      where s."cdDispositivo" = p."cdDispositivo"
    ) l);
end
$$;
comment on function private.linhas_do_historico(public."TbPosicao"[]) is 'The rows of a page of history as JSON.';
revoke all on function private.linhas_do_historico(public."TbPosicao"[]) from public;
grant execute on function private.linhas_do_historico(public."TbPosicao"[]) to authenticated, service_role;

-- sql/40_private/34_api_keys.sql
-- Keys, for the RPCs that manage them.

-- A key belongs to a person: whoever calls, or the owner of the key that calls. PT403 FORBIDDEN for callers who are neither.
create function private.dono_das_chaves(p_chamador private.identidade) returns uuid
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_dono uuid;
begin
  if p_chamador."dsTipo" = 'user' then
    return substring(p_chamador."dsChamador" from '^user:(.*)$')::uuid;
  end if;
  select k."cdUsuario" into v_dono from public."TbApiKeys" k
  where k."dsHash" = substring(p_chamador."dsChamador" from '^key:(.*)$');
  if v_dono is null then
    raise sqlstate 'PT403' using message = 'A key belongs to a person: sign in as one', hint = 'FORBIDDEN';
  end if;
  return v_dono;
end
$$;
comment on function private.dono_das_chaves(private.identidade) is 'The person to whom keys made by this caller belong.';
revoke all on function private.dono_das_chaves(private.identidade) from public;

-- Nobody hands out more than they have. PT403 FORBIDDEN, PT400 INVALID_PARAMETER.
create function private.exigir_alcance(p_chamador private.identidade, p_clientes integer[], p_permissoes text[])
returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not coalesce(p_permissoes <@ '{read,ingest,admin}'::text[] and cardinality(p_permissoes) > 0, false) then
    raise sqlstate 'PT400' using message = 'dsPermissoes is a list of read, ingest and admin', hint = 'INVALID_PARAMETER';
  end if;
  if not (coalesce(p_clientes, '{}') <@ p_chamador."cdClientes" and p_permissoes <@ p_chamador."dsPermissoes") then
    raise sqlstate 'PT403' using message = 'A key cannot do more than whoever makes it', hint = 'FORBIDDEN';
  end if;
end
$$;
comment on function private.exigir_alcance(private.identidade, integer[], text[]) is 'Refuses a key that could do more than its maker.';
revoke all on function private.exigir_alcance(private.identidade, integer[], text[]) from public;

-- 256 random bits. gen_random_uuid draws from the system's strong source; hashing two of them evens out their fixed bits.
create function private.sortear_chave() returns text
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select 'rastro_' || rtrim(translate(encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid(), 'UTF8')),
                                             'base64'), '+/', '-_'), '=')
$$;
comment on function private.sortear_chave() is 'The text of a new key.';
revoke all on function private.sortear_chave() from public;

create function private.descrever_chave(p_chave public."TbApiKeys") returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_chave) - 'dsHash' || jsonb_build_object(
    'dtUltimoUso', max(u."dtUltimoUso"),
    'nrUsoHoje', case when coalesce(p_chave."nrLimiteMinuto", p_chave."nrCotaDiaria") is not null
                 then coalesce(sum(u."nrDia") filter (where u."dtDia" = (now() at time zone 'UTC')::date), 0) end)
  from public."TbUsoApiKey" u where u."cdApiKey" = p_chave."cdApiKey"
$$;
comment on function private.descrever_chave(public."TbApiKeys") is 'A key and its use as JSON, without its hash.';
revoke all on function private.descrever_chave(public."TbApiKeys") from public;
grant execute on function private.descrever_chave(public."TbApiKeys") to authenticated, service_role;

-- Code, hash, prefix and the time of making are new; the rest is as given.
create function private.guardar_chave(p_chave public."TbApiKeys") returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_texto text := private.sortear_chave();
  v_chave public."TbApiKeys" := p_chave;
begin
  v_chave."cdApiKey" := gen_random_uuid();
  v_chave."dsHash" := encode(sha256(convert_to(v_texto, 'UTF8')), 'hex');
  v_chave."dsPrefixo" := left(v_texto, 12);
  v_chave."blAtiva" := true;
  v_chave."dtRegistro" := now();
  insert into public."TbApiKeys" select v_chave.*;
  return private.descrever_chave(v_chave) || jsonb_build_object('dsKey', v_texto);
end
$$;
comment on function private.guardar_chave(public."TbApiKeys") is
  'Makes a key and keeps its hash; its text is in the answer and nowhere else.';
revoke all on function private.guardar_chave(public."TbApiKeys") from public;

-- A key with a limit that could make another, or lift its own, would have none.
create function private.exigir_gestao_de_chaves() returns private.identidade
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
begin
  if exists (select from public."TbApiKeys" k
             where 'key:' || k."dsHash" = v_chamador."dsChamador"
               and (k."nrLimiteMinuto" is not null or k."nrCotaDiaria" is not null)) then
    raise sqlstate 'PT403' using message = 'A key with a limit neither makes nor changes keys', hint = 'FORBIDDEN';
  end if;
  return v_chamador;
end
$$;
comment on function private.exigir_gestao_de_chaves() is 'The caller, if it may make and change keys; otherwise 401, 403 or 429.';
revoke all on function private.exigir_gestao_de_chaves() from public;

create function private.exigir_limites(p_nr_limite_minuto integer, p_nr_cota_diaria integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if least(p_nr_limite_minuto, p_nr_cota_diaria) < 1 then
    raise sqlstate 'PT400' using message = 'A limit is a number of calls from 1, or null for none',
      hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.exigir_limites(integer, integer) is 'Refuses limits that are none.';
revoke all on function private.exigir_limites(integer, integer) from public;

-- The key, if the caller may manage it: its own owner's, or of a person of a client it manages. PT404 NOT_FOUND.
create function private.chave_administrada(p_chamador private.identidade, p_cd_api_key uuid) returns public."TbApiKeys"
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_chave public."TbApiKeys";
begin
  select k.* into v_chave from public."TbApiKeys" k
  left join public.profiles p on p.id = k."cdUsuario"
  where k."cdApiKey" = p_cd_api_key
    and (p_chamador."blServico" or p."cdCliente" = any (p_chamador."cdClientes"))
  for update of k;
  if v_chave."cdApiKey" is null then
    raise sqlstate 'PT404' using message = 'There is no such key', hint = 'NOT_FOUND';
  end if;
  return v_chave;
end
$$;
comment on function private.chave_administrada(private.identidade, uuid) is 'A key that the caller may rotate or revoke.';
revoke all on function private.chave_administrada(private.identidade, uuid) from public;
