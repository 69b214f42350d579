-- What a gateway hands over in one transaction (readings, acknowledgements of commands, events), and what devices log in with.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/20_types/07_mensagem.sql
create type private.mensagem as (
  "nrIndice" integer,      -- place in the batch, from 0
  "dsTipo" text,           -- ack, event
  "cdDispositivo" integer,
  "cdCliente" integer,     -- owner at receipt
  "dtInstante" timestamp,  -- when the device did it, UTC; an acknowledgement need not say so
  "dsChave" text,          -- command, type of event
  "blOk" boolean,
  "dsPayload" jsonb,
  "dsVeredito" text,       -- stored, duplicate, conflict, rejected
  "dsErro" text,           -- error code
  "dsTexto" text           -- what was wrong, for a person
);
comment on type private.mensagem is 'One message of a device other than a reading, checked.';
-- end

-- from sql/40_private/25_mensagens.sql
-- What devices say besides readings: answers to commands and events.

-- Devices are looked up as those of readings are, with the same words for the same faults.
create function private.ler_mensagens(p_mensagens jsonb, p_clientes integer[]) returns private.mensagem[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select row((o.n - 1)::integer, c.tipo, d."cdDispositivo", d."cdCliente", v.instante, v.chave, c.ok = 'true', c.payload,
               case when erro.texto is null then 'stored' else 'rejected' end,
               substring(erro.texto from '^\S+'), substring(erro.texto from '^\S+ (.*)$'))::private.mensagem
    from jsonb_array_elements(p_mensagens) with ordinality as o(e, n)
    cross join lateral (
      select o.e ->> 'tipo' as tipo, o.e -> 'dsPayload' as payload, nullif(o.e -> 'cdCliente', 'null') as cliente,
             nullif(o.e #> '{dsPayload,ok}', 'null') as ok,
             case o.e ->> 'tipo' when 'ack' then o.e #> '{dsPayload,cmd_id}' else o.e #> '{dsPayload,event_type}' end as chave,
             nullif(case o.e ->> 'tipo' when 'ack' then o.e #> '{dsPayload,ts_exec}' else o.e #> '{dsPayload,ts}' end, 'null') as instante
      offset 0
    ) c
    cross join lateral (
      select case when jsonb_typeof(c.chave) = 'string' and length(c.chave #>> '{}') between 1 and 200 then c.chave #>> '{}' end as chave,
             case when jsonb_typeof(c.instante) = 'string' then private.ler_instante(c.instante #>> '{}') end as instante
      offset 0
    ) v
    left join public."TbDispositivo" d on d."cdDispositivo" = private.ler_inteiro(o.e -> 'cdDispositivo')
    left join public."TbCliente" dono on dono."cdCliente" = d."cdCliente"
    cross join lateral (
      select case
        when not coalesce(c.tipo in ('ack', 'event'), false) then 'MALFORMED tipo is ack or event'
        when jsonb_typeof(c.payload) is distinct from 'object' or c.payload ->> 'schema' is distinct from 'v1'
          then 'MALFORMED The message must be an object of schema v1'
        when v.chave is null and c.tipo = 'ack' then 'MALFORMED cmd_id must be a text of 1 to 200 characters'
        when v.chave is null then 'MALFORMED event_type must be a text of 1 to 200 characters'
        when c.tipo = 'ack' and jsonb_typeof(c.ok) is distinct from 'boolean' then 'MALFORMED ok must be true or false'
        when d."cdCliente" is null
          then format('UNKNOWN_DEVICE Device %s is not known', left(coalesce(o.e ->> 'cdDispositivo', 'null'), 40))
        when not d."cdCliente" = any (p_clientes)
          or not (c.cliente is null or coalesce(private.ler_inteiro(c.cliente) in (d."cdCliente", dono."cdClientePai"), false))
          then format('FORBIDDEN_DEVICE Device %s is not known', d."cdDispositivo")
        when v.instante is null and (c.instante is not null or c.tipo = 'event')
          then format('INVALID_TIMESTAMP %s is no ISO 8601 instant', left(coalesce(c.instante::text, 'null'), 40))
      end as texto
      offset 0
    ) erro
    order by o.n);
end
$$;
comment on function private.ler_mensagens(jsonb, integer[]) is 'Acknowledgements and events, typed and checked; a fault becomes a verdict.';
revoke all on function private.ler_mensagens(jsonb, integer[]) from public;

-- The latest answer to a command is kept; of an event, which has no number, the first of its time and type. Another one of
-- the same time and type is a conflict: it is quarantined, not dropped.
-- p_substituir   an answer takes the place of an earlier one; not when it is replayed: that one may be newer
create function private.gravar_mensagens(p_mensagens private.mensagem[], p_substituir boolean default true) returns private.mensagem[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbComandoAck" as k ("cdDispositivo", "cdComando", "cdCliente", "blOk", "dtExecucao", "dsPayload")
  select distinct on (m."cdDispositivo", m."dsChave")
         m."cdDispositivo", m."dsChave", m."cdCliente", m."blOk", m."dtInstante" at time zone 'UTC', m."dsPayload"
  from unnest(p_mensagens) m
  where m."dsTipo" = 'ack' and m."dsErro" is null
  order by m."cdDispositivo", m."dsChave", m."nrIndice" desc -- one lock order for all callers
  on conflict ("cdDispositivo", "cdComando") do update set
    "cdCliente" = excluded."cdCliente", "blOk" = excluded."blOk", "dtExecucao" = excluded."dtExecucao",
    "dsPayload" = excluded."dsPayload", "dtAlteracao" = clock_timestamp()
  where p_substituir;
  insert into public."TbEventoDispositivo" ("cdDispositivo", "cdCliente", "dtRegistro", "dsTipo", "dsPayload")
  select distinct on (m."cdDispositivo", m."dtInstante", m."dsChave")
         m."cdDispositivo", m."cdCliente", m."dtInstante", m."dsChave", m."dsPayload"
  from unnest(p_mensagens) m
  where m."dsTipo" = 'event' and m."dsErro" is null
  order by m."cdDispositivo", m."dtInstante", m."dsChave", m."nrIndice"
  on conflict ("cdDispositivo", "dtRegistro", "dsTipo") do nothing;
  return array(
    select case when e."dsPayload" <> m."dsPayload"
      then row(m."nrIndice", m."dsTipo", m."cdDispositivo", m."cdCliente", m."dtInstante", m."dsChave", m."blOk", m."dsPayload",
               'conflict', 'CONFLICT', 'Another event of this type and time is stored')::private.mensagem
      else m end
    from unnest(p_mensagens) m
    left join public."TbEventoDispositivo" e on m."dsTipo" = 'event' and m."dsErro" is null
      and e."cdDispositivo" = m."cdDispositivo" and e."dtRegistro" = m."dtInstante" and e."dsTipo" = m."dsChave"
    order by m."nrIndice");
end
$$;
comment on function private.gravar_mensagens(private.mensagem[], boolean) is 'Stores acknowledgements and events; tells which of them contradict what is stored.';
revoke all on function private.gravar_mensagens(private.mensagem[], boolean) from public;

-- Verdicts of messages as those of elements, for whoever only counts them.
create function private.como_elementos(p_mensagens private.mensagem[]) returns private.elemento[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array(
    select jsonb_populate_record(null::private.elemento, jsonb_build_object(
      'nrIndice', m."nrIndice", 'dsVeredito', m."dsVeredito", 'dsErro', m."dsErro", 'dsTexto', m."dsTexto", 'blSemTempo', false))
    from unnest(p_mensagens) m order by m."nrIndice")
$$;
comment on function private.como_elementos(private.mensagem[]) is 'Verdicts of messages as elements.';
revoke all on function private.como_elementos(private.mensagem[]) from public;

create function private.quarentenar_mensagens(p_mensagens private.mensagem[], p_originais jsonb, p_chamador private.identidade) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir_vaga(array(
    select private.guardar_erro(p_chamador, private.clientes_do_erro(p_chamador, b.e, b."cdCliente"), b."dsErro", b.hash,
                                b."dsTexto", b.bytes, b.tamanho, b.inteiro)
    from (
      select m."cdCliente", m."dsErro", m."dsTexto", o.e, x.*
      from unnest(p_mensagens) m
      cross join lateral (select p_originais -> m."nrIndice" as e offset 0) o
      cross join lateral private.bytes_do_elemento(o.e) x
      where m."dsErro" is not null
      order by x.hash, m."dsErro", m."nrIndice" -- one lock order for all callers
      offset 0
    ) b));
end
$$;
comment on function private.quarentenar_mensagens(private.mensagem[], jsonb, private.identidade) is
  'Quarantines acknowledgements and events that were not stored.';
revoke all on function private.quarentenar_mensagens(private.mensagem[], jsonb, private.identidade) from public;
-- end

-- from sql/60_rpc/33_insert_device_messages.sql
-- What a gateway took from its broker, in one transaction: readings, and what devices say besides.
-- p_readings    as in insert_device_readings
-- p_mensagens   [{tipo: ack, cdCliente?, cdDispositivo, dsPayload: {schema: v1, cmd_id, ok, ts_exec?, err?}},
--                {tipo: event, cdCliente?, cdDispositivo, dsPayload: {schema: v1, event_type, ts, data?}}]
-- Answers as insert_device_readings does, with verdicts for conflict and rejected only, and with
-- messages        the same for p_mensagens: [{index, verdict, error_code, error}]
-- committedAt     seconds since 1970 by the clock of the database, as its last act before it commits
-- Who: callers with the permission ingest. Security definer: API roles may not write what devices say.
-- Raises PT400 MALFORMED (no list), PT401, PT403, PT413 TOO_LARGE, PT429 (quarantine full); never for an element.
create function public.insert_device_messages(p_readings jsonb, p_mensagens jsonb default '[]') returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('ingest');
  v_elementos private.elemento[];
  v_mensagens private.mensagem[] := array[]::private.mensagem[];
begin
  perform private.exigir_lote(p_readings);
  perform private.exigir_lote(p_mensagens);
  v_elementos := private.ingerir(p_readings, v_chamador."cdClientes", now() at time zone 'UTC');
  if p_mensagens <> '[]' then
    v_mensagens := private.gravar_mensagens(private.ler_mensagens(p_mensagens, v_chamador."cdClientes"));
  end if;
  perform private.quarentenar(v_elementos, p_readings, v_chamador);
  if exists (select from unnest(v_mensagens) m where m."dsErro" is not null) then
    perform private.quarentenar_mensagens(v_mensagens, p_mensagens, v_chamador);
  end if;
  return private.responder(v_elementos, true, false) || jsonb_build_object(
    'messages', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'index', m."nrIndice", 'verdict', m."dsVeredito", 'error', m."dsTexto",
               'error_code', case m."dsErro" when 'FORBIDDEN_DEVICE' then 'UNKNOWN_DEVICE' else m."dsErro" end) order by m."nrIndice"), '[]')
      from unnest(v_mensagens) m where m."dsErro" is not null),
    'committedAt', extract(epoch from clock_timestamp()));
end
$$;
comment on function public.insert_device_messages(jsonb, jsonb) is
  'Stores readings, acknowledgements and events exactly once, and quarantines what cannot be stored.';
revoke all on function public.insert_device_messages(jsonb, jsonb) from public;
grant execute on function public.insert_device_messages(jsonb, jsonb) to authenticated, service_role;
-- end

-- from sql/30_tables/34_TbDispositivoCredencial.sql
create table public."TbDispositivoCredencial" (
  "cdCredencial" uuid primary key default gen_random_uuid(),
  "cdDispositivo" integer not null references public."TbDispositivo" on delete cascade,
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

-- from sql/40_private/36_credenciais.sql
-- What devices log in to the broker with, for the RPCs that manage it.

-- Mosquitto's own form. The secret has 256 random bits: nothing is gained by hashing it slowly.
create function private.hash_do_broker(p_segredo text, p_sal bytea) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '$6$' || encode(p_sal, 'base64') || '$'
         || translate(encode(sha512(convert_to(p_segredo, 'UTF8') || p_sal), 'base64'), E'\n', '')
$$;
comment on function private.hash_do_broker(text, bytea) is 'Salted SHA-512 of a secret, as Mosquitto takes it.';
revoke all on function private.hash_do_broker(text, bytea) from public;

create function private.descrever_credencial(p_credencial public."TbDispositivoCredencial") returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_credencial) - 'dsHash'
$$;
comment on function private.descrever_credencial(public."TbDispositivoCredencial") is 'A credential as JSON, without its hash.';
revoke all on function private.descrever_credencial(public."TbDispositivoCredencial") from public;

-- PT404 NOT_FOUND: no such device, or another client's.
create function private.exigir_dispositivo(p_chamador private.identidade, p_cd_dispositivo integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from public."TbDispositivo" d
                 where d."cdDispositivo" = p_cd_dispositivo and d."cdCliente" = any (p_chamador."cdClientes")) then
    raise sqlstate 'PT404' using message = 'There is no such device', hint = 'NOT_FOUND';
  end if;
end
$$;
comment on function private.exigir_dispositivo(private.identidade, integer) is 'Refuses devices that the caller does not act for.';
revoke all on function private.exigir_dispositivo(private.identidade, integer) from public;
-- end

-- from sql/60_rpc/34_criar_credencial.sql
-- Makes what a device logs in to the MQTT broker with. The answer holds its secret, dsSegredo, which is shown this once and not kept.
-- p_nr_horas  for how many hours those it has stay good: 0 to 8,760 (a year); time to reach the device
-- Who: callers with the permission admin, for devices of their clients. Security definer: nobody writes credentials by hand.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND.
create function public.criar_credencial(p_cd_dispositivo integer, p_nr_horas integer default 24) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_segredo text := substring(private.sortear_chave() from 8);
  v_acaso bytea := sha256(convert_to(gen_random_uuid()::text, 'UTF8'));
  v_credencial public."TbDispositivoCredencial";
begin
  perform private.exigir_dispositivo(private.exigir('admin'), p_cd_dispositivo);
  if not coalesce(p_nr_horas between 0 and 8760, false) then
    raise sqlstate 'PT400' using message = 'nrHoras is 0 to 8760', hint = 'INVALID_PARAMETER';
  end if;
  update public."TbDispositivoCredencial" c set "dtExpiracao" = now() + make_interval(hours => p_nr_horas)
  where c."cdDispositivo" = p_cd_dispositivo
    and coalesce(c."dtExpiracao", 'infinity') > now() + make_interval(hours => p_nr_horas);
  insert into public."TbDispositivoCredencial" ("cdDispositivo", "dsUsuario", "dsHash")
  values (p_cd_dispositivo, p_cd_dispositivo || '-' || encode(substring(v_acaso for 4), 'hex'),
          private.hash_do_broker(v_segredo, substring(v_acaso from 5 for 12)))
  returning * into v_credencial;
  return private.descrever_credencial(v_credencial) || jsonb_build_object('dsSegredo', v_segredo);
end
$$;
comment on function public.criar_credencial(integer, integer) is 'Makes a login at the MQTT broker for a device; its secret is shown this once.';
revoke all on function public.criar_credencial(integer, integer) from public;
grant execute on function public.criar_credencial(integer, integer) to authenticated, service_role;
-- end

-- from sql/60_rpc/35_get_credenciais.sql
-- Logins of a device at the MQTT broker, newest first, without their secrets, which nobody has: {data, nextCursor}.
-- p_page_size   logins a page, 1 to 1,000;  p_cursor  nextCursor of the page before: the last login on it
-- Who: callers with the permission admin, for devices of their clients. Security definer: the table is nobody else's to read.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND.
create function public.get_credenciais(p_cd_dispositivo integer, p_page_size integer default 50, p_cursor uuid default null)
returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_apos timestamptz;
  v_pagina public."TbDispositivoCredencial"[];
begin
  perform private.exigir_dispositivo(private.exigir('admin'), p_cd_dispositivo);
  select c."dtRegistro" into v_apos from public."TbDispositivoCredencial" c
  where c."cdCredencial" = p_cursor and c."cdDispositivo" = p_cd_dispositivo;
  perform private.exigir_pagina(p_page_size, p_cursor is null or v_apos is not null);
  v_pagina := array(
    select c from public."TbDispositivoCredencial" c
    where c."cdDispositivo" = p_cd_dispositivo
      and (p_cursor is null or (c."dtRegistro", c."cdCredencial") < (v_apos, p_cursor))
    order by c."dtRegistro" desc, c."cdCredencial" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (select coalesce(jsonb_agg(private.descrever_credencial(c) order by c."dtRegistro" desc, c."cdCredencial" desc), '[]')
             from unnest(v_pagina[:p_page_size]) c),
    'nextCursor', case when cardinality(v_pagina) > p_page_size then v_pagina[p_page_size]."cdCredencial" end);
end
$$;
comment on function public.get_credenciais(integer, integer, uuid) is 'Logins of a device at the MQTT broker, in pages.';
revoke all on function public.get_credenciais(integer, integer, uuid) from public;
grant execute on function public.get_credenciais(integer, integer, uuid) to authenticated, service_role;
-- end

-- from sql/60_rpc/36_revogar_credencial.sql
-- Ends a login of a device; the broker refuses it once scripts/broker-acl has written its files anew.
-- Who: callers with the permission admin, for devices of their clients. Security definer: nobody writes credentials by hand.
-- Raises PT401, PT403, PT404 NOT_FOUND.
create function public.revogar_credencial(p_cd_dispositivo integer, p_cd_credencial uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_credencial public."TbDispositivoCredencial";
begin
  perform private.exigir_dispositivo(private.exigir('admin'), p_cd_dispositivo);
  update public."TbDispositivoCredencial" c set "dtExpiracao" = least(c."dtExpiracao", now())
  where c."cdCredencial" = p_cd_credencial and c."cdDispositivo" = p_cd_dispositivo
  returning c.* into v_credencial;
  if v_credencial."cdCredencial" is null then
    raise sqlstate 'PT404' using message = 'There is no such login', hint = 'NOT_FOUND';
  end if;
  return private.descrever_credencial(v_credencial);
end
$$;
comment on function public.revogar_credencial(integer, uuid) is 'Ends a login of a device at the MQTT broker.';
revoke all on function public.revogar_credencial(integer, uuid) from public;
grant execute on function public.revogar_credencial(integer, uuid) to authenticated, service_role;
-- end

-- from sql/70_triggers/09_auditoria_credencial.sql
create trigger "TbDispositivoCredencial_auditoria" after insert or update or delete on public."TbDispositivoCredencial"
  for each row execute function private.auditar();
comment on trigger "TbDispositivoCredencial_auditoria" on public."TbDispositivoCredencial" is 'Keeps TbAuditoria.';
-- end

-- from sql/10_schemas/07_rastro_broker.sql
-- The login of python -m app.jobs.broker_acl, which writes the files that tell the MQTT broker who may log in. It may read those logins
-- and do nothing else. Its password is set outside migrations.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rastro_broker') then
    create role rastro_broker login noinherit;
  end if;
end
$$;
grant usage on schema private to rastro_broker;
-- end

-- from sql/40_private/52_broker_logins.sql
-- The logins of devices that are valid at this moment, for the files of the MQTT broker. A device without a client has none.
-- Who: rastro_broker. Security definer: that role has no rights on tables, and row-level security would hide every row from it.
create function private.broker_logins()
returns table ("dsUsuario" text, "dsHash" text, "cdCliente" integer, "cdDispositivo" integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select c."dsUsuario", c."dsHash", d."cdCliente", c."cdDispositivo"
  from public."TbDispositivoCredencial" c
  join public."TbDispositivo" d on d."cdDispositivo" = c."cdDispositivo"
  where d."cdCliente" is not null and coalesce(c."dtExpiracao", 'infinity') > now()
  order by c."dsUsuario"
$$;
comment on function private.broker_logins() is 'Valid logins of devices at the MQTT broker, with the client that owns each device.';
revoke all on function private.broker_logins() from public;
grant execute on function private.broker_logins() to rastro_broker;
-- end
