-- What devices log in to the MQTT broker with.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/85_broker/tables
create table public."TbDispositivoCredencial" (
  "cdCredencial" uuid primary key default gen_random_uuid(),
  "cdDispositivo" integer not null,
  "dsUsuario" text not null unique check ("dsUsuario" ~ '^[A-Za-z0-9-]{1,40}$'),
  "dsHash" text not null check ("dsHash" ~ '^\$6\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+$'),
  "dtRegistro" timestamptz not null default now(),
  "dtExpiracao" timestamptz,
  "cdUsuario" uuid,
  "cdApiKey" uuid,
  "cdCliente" integer
);
create index "TbDispositivoCredencial_cdDispositivo_idx" on public."TbDispositivoCredencial"
  ("cdDispositivo");
create index "TbDispositivoCredencial_cdApiKey_idx" on public."TbDispositivoCredencial" ("cdApiKey")
  where "cdApiKey" is not null;
alter table public."TbDispositivoCredencial" enable row level security;
revoke all on public."TbDispositivoCredencial" from public, anon, authenticated, service_role;
comment on table public."TbDispositivoCredencial" is
  'Logins of devices at the MQTT broker; the broker''s files are written from it. The secret is shown once '
  'and not stored.';
comment on column public."TbDispositivoCredencial"."dsUsuario" is
  'User name at the broker: the code of the device and a random suffix, so that two are valid while one is '
  'replaced.';
comment on column public."TbDispositivoCredencial"."dsHash" is
  'Salted SHA-512 of the secret, in the format of Mosquitto.';
comment on column public."TbDispositivoCredencial"."dtExpiracao" is 'Valid until then; null: without end.';
comment on column public."TbDispositivoCredencial"."cdUsuario" is
  'Who made it: the person, or the owner of the key; null: the service.';
comment on column public."TbDispositivoCredencial"."cdApiKey" is
  'The key that made it, with which it ends; null once that key ended because its owner left.';
comment on column public."TbDispositivoCredencial"."cdCliente" is
  'Client that owned the device when it was made: later owners do not see it.';
-- end

-- from sql/85_broker/foreign_keys
alter table public."TbDispositivoCredencial" add foreign key ("cdDispositivo")
  references public."TbDispositivo" on delete cascade;
-- end

-- from sql/85_broker/functions
-- The format of Mosquitto's password file. The secret has 256 random bits, so hashing it slowly would gain
-- nothing.
create function private.broker_hash(p_secret text, p_salt bytea) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '$6$' || encode(p_salt, 'base64') || '$'
         || translate(encode(sha512(convert_to(p_secret, 'UTF8') || p_salt), 'base64'), E'\n', '')
$$;
comment on function private.broker_hash is 'Salted SHA-512 of a secret, in the format of Mosquitto.';
revoke all on function private.broker_hash from public;
-- The logins of devices that are valid now, with the client of the device and that client's parent; a device
-- without a client has none.
-- Security definer: the role rastro_broker has no rights on tables. Who may call it: rastro_broker.
create function private.broker_logins()
returns table ("dsUsuario" text, "dsHash" text, "cdCliente" integer, "cdDispositivo" integer,
  "cdClientePai" integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select c."dsUsuario", c."dsHash", d."cdCliente", c."cdDispositivo", o."cdClientePai"
  from public."TbDispositivoCredencial" c
  join public."TbDispositivo" d on d."cdDispositivo" = c."cdDispositivo"
  left join public."TbCliente" o on o."cdCliente" = d."cdCliente"
  where d."cdCliente" is not null and coalesce(c."dtExpiracao", 'infinity') > now()
  order by c."dsUsuario"
$$;
comment on function private.broker_logins is
  'Valid logins of devices at the MQTT broker, with the client that owns each device.';
revoke all on function private.broker_logins from public;
grant execute on function private.broker_logins to rastro_broker;
-- What the RPCs return of a broker login.
create function private.describe_credential(p_credential public."TbDispositivoCredencial") returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_credential) - 'dsHash'
$$;
comment on function private.describe_credential is 'A credential as JSON, without its hash.';
revoke all on function private.describe_credential from public;
-- A device that moves to another client, or to none, loses its logins at the broker: whoever knows their
-- secrets belongs to the former owner. The new owner creates a login of their own. Nor may anybody send as it
-- without credentials any longer (TbDispositivoLiberado): that was agreed with the former owner.
-- Security definer: whoever moves a device may write neither table. Who may call it: only the trigger.
create function private.end_device_logins() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public."TbDispositivoCredencial" c set "dtExpiracao" = now()
  where c."cdDispositivo" = new."cdDispositivo" and coalesce(c."dtExpiracao", 'infinity') > now();
  delete from public."TbDispositivoLiberado" l where l."cdDispositivo" = new."cdDispositivo";
  return new;
end
$$;
comment on function private.end_device_logins is
  'Revokes the logins of a device at the MQTT broker when its client changes.';
revoke all on function private.end_device_logins from public;
-- When a client gets another parent, the logins of its devices that people of the former one made end, as
-- those know the secrets; as when a device moves to another client. Trigger function.
-- Security definer: whoever moves a client may not write logins.
create function private.end_logins_of_client() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public."TbDispositivoCredencial" c set "dtExpiracao" = now()
  from public."TbDispositivo" d, public.profiles p
  where d."cdCliente" = new."cdCliente" and c."cdDispositivo" = d."cdDispositivo"
    and p.id = c."cdUsuario" and p."cdCliente" = old."cdClientePai"
    and coalesce(c."dtExpiracao", 'infinity') > now();
  return null;
end
$$;
comment on function private.end_logins_of_client is
  'Ends the logins of a client''s devices that people of its former parent made.';
revoke all on function private.end_logins_of_client from public;
-- A login that a key made ends when the key ends or is deleted, or may no longer send for the client that
-- owns the device; and it lasts no longer than the key. Trigger function.
-- Security definer: whoever changes a key may not write logins.
create function private.end_logins_of_key() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  with made as (
    select c."cdCredencial" as code,
           case when tg_op = 'UPDATE' and new."blAtiva" and new."dsPermissoes" && '{ingest,admin}'
                     and (new."cdClientes" is null or d."cdCliente" = any (new."cdClientes"))
                then new."dtExpiracao" else now() end as ends_at
    from public."TbDispositivoCredencial" c
    join public."TbDispositivo" d on d."cdDispositivo" = c."cdDispositivo"
    where c."cdApiKey" = old."cdApiKey"
  )
  update public."TbDispositivoCredencial" c set "dtExpiracao" = m.ends_at
  from made m
  where c."cdCredencial" = m.code and coalesce(c."dtExpiracao", 'infinity') > m.ends_at;
  return null;
end
$$;
comment on function private.end_logins_of_key is 'Ends the logins at the MQTT broker that a key made.';
revoke all on function private.end_logins_of_key from public;
-- end

-- from sql/85_broker/rpc
-- Creates a login of a device at the MQTT broker. The response has its secret, dsSegredo, which is shown only
-- once and not stored.
-- p_nr_horas  for how many hours the previous logins stay valid: 0 to 8,760 (a year); time to reach the
--             device. At most nine of them do, the newest.
-- Security definer: no API role may write TbDispositivoCredencial.
-- Who: callers with the permission admin, for devices of their clients; a key without limits, and the login
-- ends with it (private.end_logins_of_key).
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND.
create function public.criar_credencial(p_cd_dispositivo integer, p_nr_horas integer default 24) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_key_management();
  v_key public."TbApiKeys" := private.calling_key(v_caller);
  v_secret text := substring(private.generate_key() from 8);
  v_random bytea := sha256(convert_to(gen_random_uuid()::text, 'UTF8'));
  v_credential public."TbDispositivoCredencial";
begin
  perform private.require_device(v_caller, p_cd_dispositivo);
  -- A transaction that moves the device waits for this one, or has ended before the device is checked again.
  perform from public."TbDispositivo" d where d."cdDispositivo" = p_cd_dispositivo for share;
  perform private.require_device(v_caller, p_cd_dispositivo);
  if not coalesce(p_nr_horas between 0 and 8760, false) then
    raise sqlstate 'PT400' using message = 'nrHoras must be 0 to 8760', hint = 'INVALID_PARAMETER';
  end if;
  update public."TbDispositivoCredencial" c set "dtExpiracao" = now() + make_interval(hours => p_nr_horas)
  where c."cdDispositivo" = p_cd_dispositivo
    and coalesce(c."dtExpiracao", 'infinity') > now() + make_interval(hours => p_nr_horas);
  update public."TbDispositivoCredencial" c set "dtExpiracao" = now()
  where c."cdCredencial" in (
    select valid."cdCredencial" from public."TbDispositivoCredencial" valid
    where valid."cdDispositivo" = p_cd_dispositivo and valid."dtExpiracao" > now()
    order by valid."dtRegistro" desc, valid."cdCredencial" desc
    offset 9);
  insert into public."TbDispositivoCredencial" (
    "cdDispositivo", "dsUsuario", "dsHash", "dtExpiracao", "cdApiKey", "cdCliente", "cdUsuario")
  values (p_cd_dispositivo, p_cd_dispositivo || '-' || encode(substring(v_random for 4), 'hex'),
          private.broker_hash(v_secret, substring(v_random from 5 for 12)), v_key."dtExpiracao",
          v_key."cdApiKey",
          (select d."cdCliente" from public."TbDispositivo" d where d."cdDispositivo" = p_cd_dispositivo),
          case when v_caller."dsTipo" in ('user', 'key') then private.key_owner(v_caller) end)
  returning * into v_credential;
  return private.describe_credential(v_credential) || jsonb_build_object('dsSegredo', v_secret);
end
$$;
comment on function public.criar_credencial is
  'Creates a login of a device at the MQTT broker; its secret is shown only once.';
revoke all on function public.criar_credencial from public;
grant execute on function public.criar_credencial to authenticated, service_role;
-- Logins of a device at the MQTT broker, newest first, without their secrets, which are not stored: {data,
-- nextCursor}. Those of a former owner of the device are not shown to the present one.
-- p_page_size   logins per page, 1 to 1,000
-- p_cursor      nextCursor of the previous page: its last login
-- Security definer: no API role may read TbDispositivoCredencial.
-- Who: callers with the permission admin, for devices of their clients.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND.
create function public.get_credenciais(p_cd_dispositivo integer, p_page_size integer default 50,
  p_cursor uuid default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_after timestamptz;
  v_page public."TbDispositivoCredencial"[];
begin
  perform private.require_device(v_caller, p_cd_dispositivo);
  select c."dtRegistro" into v_after from public."TbDispositivoCredencial" c
  where c."cdCredencial" = p_cursor and c."cdDispositivo" = p_cd_dispositivo
    and (v_caller.is_service or c."cdCliente" = any (v_caller."cdClientes"));
  perform private.require_page(p_page_size, p_cursor is null or v_after is not null);
  v_page := array(
    select c from public."TbDispositivoCredencial" c
    where c."cdDispositivo" = p_cd_dispositivo
      and (v_caller.is_service or c."cdCliente" = any (v_caller."cdClientes"))
      and (p_cursor is null or (c."dtRegistro", c."cdCredencial") < (v_after, p_cursor))
    order by c."dtRegistro" desc, c."cdCredencial" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (
      select coalesce(jsonb_agg(private.describe_credential(c)
                                order by c."dtRegistro" desc, c."cdCredencial" desc), '[]')
      from unnest(v_page[:p_page_size]) c),
    'nextCursor', case when cardinality(v_page) > p_page_size then v_page[p_page_size]."cdCredencial" end);
end
$$;
comment on function public.get_credenciais is 'Logins of a device at the MQTT broker, in pages.';
revoke all on function public.get_credenciais from public;
grant execute on function public.get_credenciais to authenticated, service_role;
-- Revokes a login of a device; the broker rejects it once python -m app.jobs.broker_acl has written its files
-- again.
-- Security definer: no API role may write TbDispositivoCredencial.
-- Who: callers with the permission admin, for devices of their clients.
-- Raises PT401, PT403, PT404 NOT_FOUND.
create function public.revogar_credencial(p_cd_dispositivo integer, p_cd_credencial uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_credential public."TbDispositivoCredencial";
begin
  perform private.require_device(v_caller, p_cd_dispositivo);
  update public."TbDispositivoCredencial" c set "dtExpiracao" = least(c."dtExpiracao", now())
  where c."cdCredencial" = p_cd_credencial and c."cdDispositivo" = p_cd_dispositivo
    and (v_caller.is_service or c."cdCliente" = any (v_caller."cdClientes"))
  returning c.* into v_credential;
  if v_credential."cdCredencial" is null then
    raise sqlstate 'PT404' using message = 'Login not found', hint = 'NOT_FOUND';
  end if;
  return private.describe_credential(v_credential);
end
$$;
comment on function public.revogar_credencial is 'Revokes a login of a device at the MQTT broker.';
revoke all on function public.revogar_credencial from public;
grant execute on function public.revogar_credencial to authenticated, service_role;
-- end

-- from sql/85_broker/triggers
create trigger "TbApiKeys_credenciais"
  after update of "blAtiva", "dtExpiracao", "cdClientes", "dsPermissoes" or delete on public."TbApiKeys"
  for each row execute function private.end_logins_of_key();
comment on trigger "TbApiKeys_credenciais" on public."TbApiKeys" is
  'Logins at the MQTT broker that a key made end with it.';
create trigger "TbCliente_credenciais" after update of "cdClientePai" on public."TbCliente"
  for each row when (new."cdClientePai" is distinct from old."cdClientePai")
  execute function private.end_logins_of_client();
comment on trigger "TbCliente_credenciais" on public."TbCliente" is
  'Logins that people of the former parent made end when the client gets another one.';
-- Before the device is changed, so that the audit log of the former owner says what ended.
create trigger "TbDispositivo_credenciais" before update of "cdCliente" on public."TbDispositivo"
  for each row when (new."cdCliente" is distinct from old."cdCliente")
  execute function private.end_device_logins();
comment on trigger "TbDispositivo_credenciais" on public."TbDispositivo" is
  'A device that moves to another client loses its logins at the MQTT broker.';
-- end
