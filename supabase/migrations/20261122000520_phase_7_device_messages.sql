-- Phase 7, messages of devices beside their readings: answers to commands, and events.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/36_messages/types
create type private.device_message as (
  batch_index integer,    -- place in the batch, from 0
  "dsTipo" text,          -- ack, event
  "cdDispositivo" integer,
  "cdCliente" integer,    -- owner at receipt
  device_time timestamp,  -- when the device did it, UTC; optional for an acknowledgement
  "dsChave" text,         -- id of the command, or type of the event
  "blOk" boolean,
  "dsPayload" jsonb,
  verdict text,           -- stored, duplicate, conflict, rejected
  "dsErro" text,          -- error code
  "dsTexto" text          -- what is wrong, for a person
);
comment on type private.device_message is 'One message of a device other than a reading, checked.';
-- end

-- from sql/36_messages/tables
create table public."TbComandoAck" (
  "cdDispositivo" integer not null,
  "cdComando" text not null,
  "cdCliente" integer not null,
  "blOk" boolean not null,
  "dtExecucao" timestamptz,
  "dsPayload" jsonb not null,
  "dtRegistro" timestamptz not null default now(),
  "dtAlteracao" timestamptz not null default now(),
  primary key ("cdDispositivo", "cdComando", "cdCliente")
);
create index "TbComandoAck_cdCliente_idx" on public."TbComandoAck" ("cdCliente");
alter table public."TbComandoAck" enable row level security;
revoke all on public."TbComandoAck" from public, anon, authenticated;
grant select on public."TbComandoAck" to authenticated, service_role;
comment on table public."TbComandoAck" is
  'Answers of devices to commands, one row per command and owner at receipt.';
comment on column public."TbComandoAck"."cdComando" is 'cmd_id of the acknowledgement.';
comment on column public."TbComandoAck"."dtExecucao" is
  'When the device executed the command, as it reported; otherwise when it published the message, if that is '
  'known, or when it was received.';
comment on column public."TbComandoAck"."dtAlteracao" is
  'When the latest acknowledgement of the command arrived.';
create table public."TbDispositivoMeta" (
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "dtRegistro" timestamp not null,
  "jsMeta" jsonb not null,
  primary key ("cdDispositivo", "cdCliente")
) with (fillfactor = 70);
-- room for HOT updates, as of TbPosicaoAtual
alter table public."TbDispositivoMeta" enable row level security;
revoke all on public."TbDispositivoMeta" from public, anon, authenticated;
grant select on public."TbDispositivoMeta" to authenticated, service_role;
comment on table public."TbDispositivoMeta" is
  'What a device last said of itself beside values, such as signal strength and firmware; one row per '
  'owner at receipt.';
comment on column public."TbDispositivoMeta"."dtRegistro" is 'Time (UTC) of the latest reading with meta.';
comment on column public."TbDispositivoMeta"."jsMeta" is
  'Members of meta, each the latest known; at most 8192 bytes.';
create table public."TbEventoDispositivo" (
  "cdEvento" bigint generated always as identity primary key,
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "dtRegistro" timestamp not null,
  "dsTipo" text not null,
  "dsPayload" jsonb not null,
  "dtRecebimento" timestamptz not null default now(),
  unique ("cdDispositivo", "dtRegistro", "dsTipo", "cdCliente")
);
create index "TbEventoDispositivo_cdCliente_idx" on public."TbEventoDispositivo" ("cdCliente");
alter table public."TbEventoDispositivo" enable row level security;
revoke all on public."TbEventoDispositivo" from public, anon, authenticated;
grant select on public."TbEventoDispositivo" to authenticated, service_role;
comment on table public."TbEventoDispositivo" is 'Events that devices send.';
comment on column public."TbEventoDispositivo"."dtRegistro" is 'When it happened, UTC.';
comment on column public."TbEventoDispositivo"."dsTipo" is 'event_type of the message.';
-- end

-- from sql/36_messages/foreign_keys
alter table public."TbComandoAck" add foreign key ("cdDispositivo") references public."TbDispositivo";
alter table public."TbComandoAck" add foreign key ("cdCliente") references public."TbCliente";
alter table public."TbDispositivoMeta" add foreign key ("cdDispositivo")
  references public."TbDispositivo" on delete cascade;
alter table public."TbEventoDispositivo" add foreign key ("cdDispositivo") references public."TbDispositivo";
alter table public."TbEventoDispositivo" add foreign key ("cdCliente") references public."TbCliente";
-- end

-- from sql/36_messages/functions
-- Part of the answer of public.insert_device_messages and public.reprocessar_payload.
create function private.describe_message_errors(p_messages private.device_message[]) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'index', m.batch_index, 'verdict', m.verdict, 'error', m."dsTexto",
    'error_code', private.public_reason(m."dsErro")) order by m.batch_index), '[]')
  from unnest(p_messages) m where m."dsErro" is not null
$$;
comment on function private.describe_message_errors is 'Messages that were not stored, and why, as JSON.';
revoke all on function private.describe_message_errors from public;
-- Members of both, those of the newer first; the older ones are forgotten where both are too large to keep.
-- Called by private.keep_meta.
create function private.joined_meta(p_older jsonb, p_newer jsonb) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when pg_column_size(p_older || p_newer) > 8192 then p_newer else p_older || p_newer end
$$;
comment on function private.joined_meta is 'What is known after an older and a newer meta.';
revoke all on function private.joined_meta from public;
-- Keeps the latest that devices say of themselves beside values: each member of meta by the time of its
-- reading; a late reading adds what is not known yet. Of a batch that says more than can be kept it is the
-- latest reading's. Rows are locked in the order of devices, after those of
-- the readings. Called by public.insert_device_readings and public.insert_device_messages.
create function private.keep_meta(p_elements private.element[], p_readings jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not (p_readings @? '$[*].meta' or p_readings @? '$[*].rssi' or p_readings @? '$[*].fw') then
    return;
  end if;
  insert into public."TbDispositivoMeta" as k ("cdDispositivo", "cdCliente", "dtRegistro", "jsMeta")
  select e."cdDispositivo", e."cdCliente", max(e."dtRegistro"), private.joined_meta(
           jsonb_object_agg(m.key, m.value order by e."dtRegistro", e.batch_index),
           (array_agg(o.meta order by e."dtRegistro" desc, e.batch_index desc))[1])
  from unnest(p_elements) e
  cross join lateral (
    select private.said_of_itself(p_readings -> e.batch_index) as meta offset 0
  ) o
  cross join lateral jsonb_each(case when jsonb_typeof(o.meta) = 'object' then o.meta else '{}' end) m
  where e.verdict in ('stored', 'duplicate')
  group by e."cdDispositivo", e."cdCliente"
  order by e."cdDispositivo", e."cdCliente"
  on conflict ("cdDispositivo", "cdCliente") do update set
    "dtRegistro" = greatest(k."dtRegistro", excluded."dtRegistro"),
    "jsMeta" = case
      when excluded."dtRegistro" < k."dtRegistro" then private.joined_meta(excluded."jsMeta", k."jsMeta")
      else private.joined_meta(k."jsMeta", excluded."jsMeta")
    end
  where excluded."dtRegistro" > k."dtRegistro"
    or not k."jsMeta" ?& array(select jsonb_object_keys(excluded."jsMeta"));
end
$$;
comment on function private.keep_meta is 'Keeps the latest meta of devices.';
revoke all on function private.keep_meta from public;
-- The one place where a message is built, always called with named arguments. Inlined: no SET clause.
create function private.make_device_message(
  p_batch_index integer, p_kind text, p_device integer, p_client integer, p_device_time timestamp, p_key text,
  p_ok boolean, p_payload jsonb, p_verdict text, p_error_code text, p_error_text text
) returns private.device_message
language sql immutable parallel safe as $$
  select row(p_batch_index, p_kind, p_device, p_client, p_device_time, p_key,
             p_ok, p_payload, p_verdict, p_error_code, p_error_text)::private.device_message
$$;
comment on function private.make_device_message is 'A message of these fields.';
revoke all on function private.make_device_message from public;
-- Verdicts of messages as those of elements, for functions that only count them.
create function private.messages_as_elements(p_messages private.device_message[]) returns private.element[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array(
    select jsonb_populate_record(null::private.element, jsonb_build_object(
      'batch_index', m.batch_index, 'verdict', m.verdict, 'dsErro', m."dsErro", 'dsTexto', m."dsTexto",
      'is_untimed', false))
    from unnest(p_messages) m order by m.batch_index)
$$;
comment on function private.messages_as_elements is 'Verdicts of messages as elements.';
revoke all on function private.messages_as_elements from public;
-- What devices send besides readings: acknowledgements of commands, and events. Devices are looked up as
-- those of readings are, with the same texts for the same errors. Times are ISO 8601, or seconds or
-- milliseconds since 1970; a message without one has that beside it (dtRegistro: when it was published, or
-- first arrived), otherwise p_now. They are as late and as early as those of readings may be.
-- Called by public.insert_device_messages, public.reprocessar_payload and public.reprocessar_erros.
create function private.read_messages(p_messages jsonb, p_clients integer[], p_now timestamp)
returns private.device_message[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select private.make_device_message(
      p_batch_index => (o.n - 1)::integer,
      p_kind => c.kind,
      p_device => d."cdDispositivo",
      p_client => d."cdCliente",
      p_device_time => v.instant,
      p_key => v.key,
      p_ok => c.ok = 'true',
      p_payload => c.payload,
      p_verdict => case when fault.message is null then 'stored' else 'rejected' end,
      p_error_code => substring(fault.message from '^\S+'),
      p_error_text => substring(fault.message from '^\S+ (.*)$'))
    from jsonb_array_elements(p_messages) with ordinality as o(e, n)
    cross join private."TbConfiguracao" config
    cross join lateral (
      select o.e ->> 'tipo' as kind, o.e -> 'dsPayload' as payload,
             nullif(o.e -> 'cdCliente', 'null') as client,
             nullif(o.e #> '{dsPayload,ok}', 'null') as ok,
             case o.e ->> 'tipo'
               when 'ack' then o.e #> '{dsPayload,cmd_id}'
               else o.e #> '{dsPayload,event_type}'
             end as key,
             coalesce(nullif(case o.e ->> 'tipo'
               when 'ack' then o.e #> '{dsPayload,ts_exec}'
               else o.e #> '{dsPayload,ts}'
             end, 'null'), nullif(o.e -> 'dtRegistro', 'null')) as instant
      offset 0
    ) c
    cross join lateral (
      select case
               when jsonb_typeof(c.key) = 'string' and length(c.key #>> '{}') between 1 and 200
               then c.key #>> '{}'
             end as key,
             case
               when c.instant is null then p_now + o.n * interval '1 microsecond'
               when jsonb_typeof(c.instant) = 'string' then private.read_instant(c.instant #>> '{}')
               else private.read_epoch(c.instant)
             end as instant
      offset 0
    ) v
    left join public."TbDispositivo" d on d."cdDispositivo" = private.read_integer(o.e -> 'cdDispositivo')
    left join public."TbCliente" owner on owner."cdCliente" = d."cdCliente"
    cross join lateral (
      select case
        when not coalesce(c.kind in ('ack', 'event'), false) then 'MALFORMED tipo must be ack or event'
        when jsonb_typeof(c.payload) is distinct from 'object' or c.payload ->> 'schema' is distinct from 'v1'
          then 'MALFORMED The message must be an object of schema v1'
        when v.key is null and c.kind = 'ack'
          then 'MALFORMED cmd_id must be a string of 1 to 200 characters'
        when v.key is null then 'MALFORMED event_type must be a string of 1 to 200 characters'
        when c.kind = 'ack' and jsonb_typeof(c.ok) is distinct from 'boolean'
          then 'MALFORMED ok must be true or false'
        when d."cdCliente" is null
          then format('UNKNOWN_DEVICE Device %s is not known',
                      left(coalesce(o.e ->> 'cdDispositivo', 'null'), 40))
        when not d."cdCliente" = any (p_clients)
          or not (c.client is null
            or coalesce(private.read_integer(c.client) in (d."cdCliente", owner."cdClientePai"), false))
          then format('FORBIDDEN_DEVICE Device %s is not known', d."cdDispositivo")
        when v.instant is null
          then format('INVALID_TIMESTAMP %s is neither an ISO 8601 instant nor seconds or milliseconds since '
                      '1970', left(c.instant::text, 40))
        when v.instant < date_trunc('month', p_now) - make_interval(months => config."nrMesesAtras")
            or v.instant > p_now + make_interval(mins => config."nrMinutosAdiante")
                           + o.n * interval '1 microsecond'
          then format('TIMESTAMP_OUT_OF_RANGE %s %s is not between %s and %s UTC',
                      case c.kind when 'ack' then 'ts_exec' else 'ts' end, left(c.instant::text, 40),
                      (date_trunc('month', p_now) - make_interval(months => config."nrMesesAtras"))::date,
                      date_trunc('second', p_now + make_interval(mins => config."nrMinutosAdiante")))
      end as message
      offset 0
    ) fault
    order by o.n);
end
$$;
comment on function private.read_messages is
  'Acknowledgements and events, typed and checked; an error becomes a verdict.';
revoke all on function private.read_messages from public;
-- The latest answer to a command is kept. Of an event, which has no number, the first of its time and type is
-- kept; another one of the same time and type is a conflict: it is quarantined, not dropped. The order of the
-- messages stays. The owner at receipt is part of both keys, as it is of the time series: the new owner of a
-- device neither meets nor replaces what it sent for a former one.
-- p_replace  an answer replaces an earlier one; not on a replay, as the stored one may be newer
-- Called by public.insert_device_messages and public.reprocessar_erros.
create function private.store_messages(p_messages private.device_message[], p_replace boolean default true)
returns private.device_message[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_messages private.device_message[] := p_messages;
  v_place bigint;
begin
  insert into public."TbComandoAck" as k (
    "cdDispositivo", "cdComando", "cdCliente", "blOk", "dtExecucao", "dsPayload")
  select distinct on (m."cdDispositivo", m."dsChave", m."cdCliente")
         m."cdDispositivo", m."dsChave", m."cdCliente", m."blOk", m.device_time at time zone 'UTC',
         m."dsPayload"
  from unnest(p_messages) m
  where m."dsTipo" = 'ack' and m."dsErro" is null
  order by m."cdDispositivo", m."dsChave", m."cdCliente", m.batch_index desc -- one lock order for all callers
  on conflict ("cdDispositivo", "cdComando", "cdCliente") do update set
    "blOk" = excluded."blOk", "dtExecucao" = excluded."dtExecucao",
    "dsPayload" = excluded."dsPayload", "dtAlteracao" = clock_timestamp()
  where p_replace;

  insert into public."TbEventoDispositivo" ("cdDispositivo", "cdCliente", "dtRegistro", "dsTipo", "dsPayload")
  select distinct on (m."cdDispositivo", m.device_time, m."dsChave", m."cdCliente")
         m."cdDispositivo", m."cdCliente", m.device_time, m."dsChave", m."dsPayload"
  from unnest(p_messages) m
  where m."dsTipo" = 'event' and m."dsErro" is null
  order by m."cdDispositivo", m.device_time, m."dsChave", m."cdCliente", m.batch_index
  on conflict ("cdDispositivo", "dtRegistro", "dsTipo", "cdCliente") do nothing;

  for v_place in
    select m.ordinality
    from unnest(p_messages) with ordinality m
    join public."TbEventoDispositivo" e
      on e."cdDispositivo" = m."cdDispositivo" and e."dtRegistro" = m.device_time and e."dsTipo" = m."dsChave"
      and e."cdCliente" = m."cdCliente"
    where m."dsTipo" = 'event' and m."dsErro" is null and e."dsPayload" <> m."dsPayload"
  loop
    v_messages[v_place].verdict := 'conflict';
    v_messages[v_place]."dsErro" := 'CONFLICT';
    v_messages[v_place]."dsTexto" := 'Another event of this type and time is stored';
  end loop;
  return v_messages;
end
$$;
comment on function private.store_messages is
  'Stores acknowledgements and events; those that contradict a stored one become conflicts.';
revoke all on function private.store_messages from public;
-- A device as it is answered, with what it last said of itself to its present owner.
-- Who may call it: every API role, as the functions of the registry run as their caller; row-level security
-- decides what is shown.
create function private.with_meta(p_device jsonb) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select p_device || coalesce((
    select jsonb_build_object('jsMeta', m."jsMeta", 'dtMeta', m."dtRegistro")
    from public."TbDispositivoMeta" m
    where m."cdDispositivo" = (p_device ->> 'cdDispositivo')::integer
      and m."cdCliente" = (p_device ->> 'cdCliente')::integer),
    '{"jsMeta": null, "dtMeta": null}')
$$;
comment on function private.with_meta is 'A device with the latest meta of its readings.';
revoke all on function private.with_meta from public;
grant execute on function private.with_meta to authenticated, service_role;
-- end

-- from sql/36_messages/rpc
-- Stores what a gateway took from its broker, in one transaction: readings, and what devices send besides.
-- p_readings   as in insert_device_readings
-- p_mensagens  [{tipo: ack, cdCliente?, cdDispositivo, dtRegistro?,
--                dsPayload: {schema: v1, cmd_id, ok, ts_exec?, err?}},
--               {tipo: event, cdCliente?, cdDispositivo, dtRegistro?,
--                dsPayload: {schema: v1, event_type, ts?, data?}}]
--              dtRegistro is for payloads without a time of their own; without both it is now
-- Returns what insert_device_readings does, with results for conflict and rejected only, and with
-- messages     the same for p_mensagens: [{index, verdict, error_code, error}]
-- committedAt  seconds since 1970 by the clock of the database, read last before the commit
-- Who: callers with the permission ingest. Security definer: API roles may not write readings or messages.
-- Raises PT400 MALFORMED (not a list), PT401, PT403, PT413 TOO_LARGE, PT429 (limits of a key); never because
-- of an element.
create function public.insert_device_messages(p_readings jsonb, p_mensagens jsonb default '[]') returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('ingest');
  v_elements private.element[];
  v_messages private.device_message[] := array[]::private.device_message[];
begin
  perform private.require_batch(p_readings);
  perform private.require_batch(p_mensagens);
  v_elements := private.ingest(p_readings, v_caller."cdClientes", now() at time zone 'UTC');
  if p_mensagens <> '[]' then
    v_messages := private.store_messages(private.read_messages(
      p_mensagens, v_caller."cdClientes", now() at time zone 'UTC'));
  end if;
  perform private.keep_meta(v_elements, p_readings);
  perform private.quarantine_elements(v_elements, p_readings, v_caller);
  if exists (select from unnest(v_messages) m where m."dsErro" is not null) then
    perform private.quarantine_elements(private.messages_as_elements(v_messages), p_mensagens, v_caller);
  end if;
  return private.describe_verdicts(v_elements, true, false) || jsonb_build_object(
    'messages', private.describe_message_errors(v_messages),
    'committedAt', extract(epoch from clock_timestamp()));
end
$$;
comment on function public.insert_device_messages is
  'Stores readings, acknowledgements and events exactly once, and quarantines what cannot be stored.';
revoke all on function public.insert_device_messages from public;
grant execute on function public.insert_device_messages to authenticated, service_role;
-- end

-- from sql/36_messages/policies
-- What devices answer and report stays with the owner at receipt, as time series do.
create policy ler on public."TbComandoAck" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
create policy ler on public."TbDispositivoMeta" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
-- As for TbComandoAck.
create policy ler on public."TbEventoDispositivo" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
-- end
