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
  "dtExpiracao" timestamptz
);
create index "TbDispositivoCredencial_cdDispositivo_idx" on public."TbDispositivoCredencial" ("cdDispositivo");
alter table public."TbDispositivoCredencial" enable row level security;
revoke all on public."TbDispositivoCredencial" from public, anon, authenticated, service_role;
comment on table public."TbDispositivoCredencial" is 'What devices log in to the MQTT broker with; scripts/broker-acl writes the broker''s files from it. The secret is shown once and not kept.';
comment on column public."TbDispositivoCredencial"."dsUsuario" is 'User name at the broker: the device''s code and something by chance, so that two are good while one is replaced.';
comment on column public."TbDispositivoCredencial"."dsHash" is 'Salted SHA-512 of the secret, as Mosquitto takes it.';
comment on column public."TbDispositivoCredencial"."dtExpiracao" is 'Good until then; null: without end.';
-- end

-- from sql/85_broker/foreign_keys
alter table public."TbDispositivoCredencial" add foreign key ("cdDispositivo") references public."TbDispositivo" on delete cascade;
-- end

-- from sql/85_broker/functions
-- What devices log in to the broker with, for the RPCs that manage it.
--
-- Mosquitto's own form. The secret has 256 random bits: nothing is gained by hashing it slowly.
create function private.broker_hash(p_secret text, p_salt bytea) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '$6$' || encode(p_salt, 'base64') || '$'
         || translate(encode(sha512(convert_to(p_secret, 'UTF8') || p_salt), 'base64'), E'\n', '')
$$;
comment on function private.broker_hash is 'Salted SHA-512 of a secret, as Mosquitto takes it.';
revoke all on function private.broker_hash from public;
create function private.describe_credential(p_credential public."TbDispositivoCredencial") returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_credential) - 'dsHash'
$$;
comment on function private.describe_credential is 'A credential as JSON, without its hash.';
revoke all on function private.describe_credential from public;
-- end

-- from sql/85_broker/rpc
-- Makes what a device logs in to the MQTT broker with. The answer holds its secret, dsSegredo, which is shown this once and not kept.
-- p_nr_horas  for how many hours those it has stay good: 0 to 8,760 (a year); time to reach the device
-- Who: callers with the permission admin, for devices of their clients. Security definer: nobody writes credentials by hand.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND.
create function public.criar_credencial(p_cd_dispositivo integer, p_nr_horas integer default 24) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_secret text := substring(private.generate_key() from 8);
  v_random bytea := sha256(convert_to(gen_random_uuid()::text, 'UTF8'));
  v_credential public."TbDispositivoCredencial";
begin
  perform private.require_device(private.require_permission('admin'), p_cd_dispositivo);
  if not coalesce(p_nr_horas between 0 and 8760, false) then
    raise sqlstate 'PT400' using message = 'nrHoras is 0 to 8760', hint = 'INVALID_PARAMETER';
  end if;
  update public."TbDispositivoCredencial" c set "dtExpiracao" = now() + make_interval(hours => p_nr_horas)
  where c."cdDispositivo" = p_cd_dispositivo
    and coalesce(c."dtExpiracao", 'infinity') > now() + make_interval(hours => p_nr_horas);
  insert into public."TbDispositivoCredencial" ("cdDispositivo", "dsUsuario", "dsHash")
  values (p_cd_dispositivo, p_cd_dispositivo || '-' || encode(substring(v_random for 4), 'hex'),
          private.broker_hash(v_secret, substring(v_random from 5 for 12)))
  returning * into v_credential;
  return private.describe_credential(v_credential) || jsonb_build_object('dsSegredo', v_secret);
end
$$;
comment on function public.criar_credencial is 'Makes a login at the MQTT broker for a device; its secret is shown this once.';
revoke all on function public.criar_credencial from public;
grant execute on function public.criar_credencial to authenticated, service_role;
-- Logins of a device at the MQTT broker, newest first, without their secrets, which nobody has: {data, nextCursor}.
-- p_page_size   logins a page, 1 to 1,000;  p_cursor  nextCursor of the page before: the last login on it
-- Who: callers with the permission admin, for devices of their clients. Security definer: the table is nobody else's to read.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND.
create function public.get_credenciais(p_cd_dispositivo integer, p_page_size integer default 50,
  p_cursor uuid default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_after timestamptz;
  v_page public."TbDispositivoCredencial"[];
begin
  perform private.require_device(private.require_permission('admin'), p_cd_dispositivo);
  select c."dtRegistro" into v_after from public."TbDispositivoCredencial" c
  where c."cdCredencial" = p_cursor and c."cdDispositivo" = p_cd_dispositivo;
  perform private.require_page(p_page_size, p_cursor is null or v_after is not null);
  v_page := array(
    select c from public."TbDispositivoCredencial" c
    where c."cdDispositivo" = p_cd_dispositivo
      and (p_cursor is null or (c."dtRegistro", c."cdCredencial") < (v_after, p_cursor))
    order by c."dtRegistro" desc, c."cdCredencial" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (select coalesce(jsonb_agg(private.describe_credential(c) order by c."dtRegistro" desc, c."cdCredencial" desc), '[]')
             from unnest(v_page[:p_page_size]) c),
    'nextCursor', case when cardinality(v_page) > p_page_size then v_page[p_page_size]."cdCredencial" end);
end
$$;
comment on function public.get_credenciais is 'Logins of a device at the MQTT broker, in pages.';
revoke all on function public.get_credenciais from public;
grant execute on function public.get_credenciais to authenticated, service_role;
-- Ends a login of a device; the broker refuses it once scripts/broker-acl has written its files anew.
-- Who: callers with the permission admin, for devices of their clients. Security definer: nobody writes credentials by hand.
-- Raises PT401, PT403, PT404 NOT_FOUND.
create function public.revogar_credencial(p_cd_dispositivo integer, p_cd_credencial uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_credential public."TbDispositivoCredencial";
begin
  perform private.require_device(private.require_permission('admin'), p_cd_dispositivo);
  update public."TbDispositivoCredencial" c set "dtExpiracao" = least(c."dtExpiracao", now())
  where c."cdCredencial" = p_cd_credencial and c."cdDispositivo" = p_cd_dispositivo
  returning c.* into v_credential;
  if v_credential."cdCredencial" is null then
    raise sqlstate 'PT404' using message = 'There is no such login', hint = 'NOT_FOUND';
  end if;
  return private.describe_credential(v_credential);
end
$$;
comment on function public.revogar_credencial is 'Ends a login of a device at the MQTT broker.';
revoke all on function public.revogar_credencial from public;
grant execute on function public.revogar_credencial to authenticated, service_role;
-- end
