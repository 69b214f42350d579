-- Phase 7, quarantine: what cannot be stored is kept with its reason, and replayed when the cause is mended.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/35_quarantine/types
create type private.quarantined_payload as (
  "cdCliente" integer,       -- whose it is
  "cdDispositivo" integer,   -- as stated
  is_own_device boolean,     -- it exists and is that client's
  "dsMotivo" text,           -- error code, FORBIDDEN_DEVICE included
  "dsTexto" text,            -- what is wrong, for a person
  "dsHash" bytea,
  "dsPayload" bytea,         -- at most its first 16,384 bytes are kept
  "nrTamanho" bigint,        -- full length
  is_replayable boolean,     -- once it is whole
  "dsTopico" text,
  "dsPropriedades" jsonb,
  received_at timestamptz
);
comment on type private.quarantined_payload is 'What could not be stored, on its way into quarantine.';
-- end

-- from sql/35_quarantine/tables
-- Apart from TbIngestaoErro, because that one can be read by admins, column by column, and because a row that
-- was UNKNOWN_DEVICE must stay the same row when somebody else registers such a device.
-- No foreign key: rows are deleted together by private.record_quarantine_change.
create table private."TbErroAlheio" ("cdErro" bigint primary key);
alter table private."TbErroAlheio" enable row level security;
comment on table private."TbErroAlheio" is
  'Quarantined payloads for a device of another client, which only the service is told: FORBIDDEN_DEVICE.';
create table public."TbIngestaoErro" (
  "cdErro" bigint generated always as identity primary key,
  "dsChamador" text not null,
  "dsMotivo" text not null check ("dsMotivo" <> 'FORBIDDEN_DEVICE'),
  "dsHash" bytea not null,
  "dsTexto" text not null,
  "dsPayload" bytea not null check (octet_length("dsPayload") <= 16384),
  "nrTamanho" bigint not null,
  "blReprocessavel" boolean not null,
  "cdCliente" integer,
  "cdDispositivo" integer,
  "blDispositivo" boolean not null default false,
  "dsOrigem" text not null generated always as (
    case when "blDispositivo" then 'device:' || "cdDispositivo"::text else "dsChamador" end) stored,
  "dsTopico" text check (octet_length("dsTopico") <= 1024),
  "dsPropriedades" jsonb check (octet_length("dsPropriedades"::text) <= 4096),
  "nrOcorrencias" bigint not null default 1,
  "dtPrimeira" timestamptz not null default now(),
  "dtUltima" timestamptz not null default now(),
  "dtExpiracao" timestamptz not null,
  unique nulls not distinct ("dsHash", "dsMotivo", "dsChamador", "cdCliente", "cdDispositivo")
);
create index "TbIngestaoErro_cdCliente_cdErro_idx" on public."TbIngestaoErro" ("cdCliente", "cdErro");
create index "TbIngestaoErro_dsOrigem_idx" on public."TbIngestaoErro"
  (coalesce("cdCliente", 0), "dsOrigem", "cdErro");
create index "TbIngestaoErro_dtExpiracao_idx" on public."TbIngestaoErro" ("dtExpiracao");
alter table public."TbIngestaoErro" enable row level security;
revoke all on public."TbIngestaoErro" from public, anon, authenticated;
grant select on public."TbIngestaoErro" to authenticated, service_role;
comment on table public."TbIngestaoErro" is
  'Quarantine: what could not be stored, why, and how often it arrived. Replayed by reprocessar_erros.';
comment on column public."TbIngestaoErro"."dsChamador" is
  'Who sent it: user:<uuid>, key:<SHA-256> or service.';
comment on column public."TbIngestaoErro"."dsMotivo" is
  'Error code. A device of another client is UNKNOWN_DEVICE here, too: see private.TbErroAlheio.';
comment on column public."TbIngestaoErro"."dsHash" is
  'SHA-256 of the canonical bytes of the element, or of the body that was not JSON.';
comment on column public."TbIngestaoErro"."dsTexto" is 'What is wrong, for a person.';
comment on column public."TbIngestaoErro"."dsPayload" is
  'The element or body; only its first 16,384 bytes when it is larger.';
comment on column public."TbIngestaoErro"."nrTamanho" is 'Full length in bytes.';
comment on column public."TbIngestaoErro"."blReprocessavel" is
  'The payload is whole, and is JSON or came with the topic of a gateway, so that it can be replayed.';
comment on column public."TbIngestaoErro"."cdCliente" is
  'Whose it is, for good: its admins see, replay and discard it. See private.quarantine_owner.';
comment on column public."TbIngestaoErro"."cdDispositivo" is 'Device it names, which need not exist.';
comment on column public."TbIngestaoErro"."blDispositivo" is 'The device exists and was the client''s.';
comment on column public."TbIngestaoErro"."dsOrigem" is
  'What gives way together in a full quarantine: rows of one device of the client, or else of one caller.';
comment on column public."TbIngestaoErro"."dsTopico" is 'MQTT topic of a message that could not be read.';
comment on column public."TbIngestaoErro"."dsPropriedades" is 'MQTT user properties of that message.';
comment on column public."TbIngestaoErro"."dtExpiracao" is 'Kept until then.';
create table public."TbQuarentena" (
  "cdCliente" integer,
  "nrErros" bigint not null default 0,
  "nrPerdidos" bigint not null default 0,
  "dtPerda" timestamptz,
  unique nulls not distinct ("cdCliente")
);
alter table public."TbQuarentena" enable row level security;
revoke all on public."TbQuarentena" from public, anon, authenticated;
grant select on public."TbQuarentena" to authenticated, service_role;
comment on table public."TbQuarentena" is
  'How full the quarantine of each client is, and how many payloads it has lost because it was full.';
comment on column public."TbQuarentena"."cdCliente" is 'Null: payloads that belong to no client.';
comment on column public."TbQuarentena"."nrErros" is
  'Payloads in it, without the changes that are still in private.TbQuarentenaMudanca.';
comment on column public."TbQuarentena"."nrPerdidos" is
  'Payloads that gave way to newer ones since the client exists.';
comment on column public."TbQuarentena"."dtPerda" is 'When the last of them did.';
-- Only inserted by those who quarantine, so that none of them waits for another; added up by
-- private.trim_quarantine, one caller per client at a time. No foreign key: changes of a deleted client come
-- after it.
create table private."TbQuarentenaMudanca" (
  "cdCliente" integer not null,
  "dsOrigem" text not null,
  "nrErros" bigint not null
);
create index "TbQuarentenaMudanca_cdCliente_idx" on private."TbQuarentenaMudanca" ("cdCliente");
alter table private."TbQuarentenaMudanca" enable row level security;
comment on table private."TbQuarentenaMudanca" is
  'Payloads that came into quarantine or left it and are not yet in TbQuarentenaOrigem.';
comment on column private."TbQuarentenaMudanca"."cdCliente" is '0: they belong to no client.';
comment on column private."TbQuarentenaMudanca"."nrErros" is 'How many more; negative: how many fewer.';
create table private."TbQuarentenaOrigem" (
  "cdCliente" integer not null,
  "dsOrigem" text not null,
  "nrErros" bigint not null,
  "nrOrdem" bigint generated by default as identity,
  primary key ("cdCliente", "dsOrigem")
);
create index "TbQuarentenaOrigem_nrErros_idx" on private."TbQuarentenaOrigem"
  ("cdCliente", "nrErros" desc, "nrOrdem");
alter table private."TbQuarentenaOrigem" enable row level security;
comment on table private."TbQuarentenaOrigem" is
  'Payloads in quarantine by client and device, or caller: who has most of them.';
comment on column private."TbQuarentenaOrigem"."cdCliente" is '0: they belong to no client.';
comment on column private."TbQuarentenaOrigem"."nrOrdem" is
  'Of those that have equally many, the one that is here longest gives way first.';
-- end

-- from sql/35_quarantine/foreign_keys
alter table public."TbIngestaoErro" add foreign key ("cdCliente")
  references public."TbCliente" on delete cascade;
alter table public."TbQuarentena" add foreign key ("cdCliente")
  references public."TbCliente" on delete cascade;
-- end

-- from sql/35_quarantine/functions
-- Moves the changes since the last time into the counts of a client; returns how many payloads it has.
-- Called by private.trim_quarantine, under its lock.
create function private.add_up_quarantine(p_client integer) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_client integer := coalesce(p_client, 0);
  v_more bigint;
  v_total bigint;
begin
  with changes as (
    delete from private."TbQuarentenaMudanca" m where m."cdCliente" = v_client
    returning m."dsOrigem", m."nrErros"
  ), sums as (
    select c."dsOrigem", sum(c."nrErros")::bigint as more from changes c group by c."dsOrigem"
  ), added as (
    insert into private."TbQuarentenaOrigem" as o ("cdCliente", "dsOrigem", "nrErros")
    select v_client, s."dsOrigem", s.more from sums s where s.more <> 0
    on conflict ("cdCliente", "dsOrigem") do update set "nrErros" = o."nrErros" + excluded."nrErros"
  )
  select coalesce(sum(s.more), 0) into v_more from sums s;
  delete from private."TbQuarentenaOrigem" o where o."cdCliente" = v_client and o."nrErros" <= 0;
  insert into public."TbQuarentena" as k ("cdCliente", "nrErros")
  select p_client, v_more
  where p_client is null or exists (select from public."TbCliente" c where c."cdCliente" = p_client)
  on conflict ("cdCliente") do update set "nrErros" = k."nrErros" + excluded."nrErros"
  returning k."nrErros" into v_total;
  return coalesce(v_total, 0);
end
$$;
comment on function private.add_up_quarantine is 'How many payloads the quarantine of a client has.';
revoke all on function private.add_up_quarantine from public;
-- From where so many rows have to give way that always the origin that has most of them loses one: those that
-- have most are brought down to one level. Looks at no more origins than rows have to go.
-- Called by private.trim_quarantine.
create function private.crowded_origins(p_client integer, p_excess bigint)
returns table ("dsOrigem" text, surplus bigint)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with crowd as (
    select o."dsOrigem", o."nrErros" as rows_here, row_number() over by_size as place,
           sum(o."nrErros") over by_size as rows_so_far,
           lead(o."nrErros", 1, 0::bigint) over by_size as next_rows
    from (
      select v."dsOrigem", v."nrErros", v."nrOrdem" from private."TbQuarentenaOrigem" v
      where v."cdCliente" = p_client
      order by v."nrErros" desc, v."nrOrdem" limit p_excess + 1
    ) o
    window by_size as (order by o."nrErros" desc, o."nrOrdem")
  ), level as (
    select c.place as origins, div(c.rows_so_far - p_excess, c.place) as stay,
           mod(c.rows_so_far - p_excess, c.place) as one_more
    from crowd c
    where c.rows_so_far - c.place * c.next_rows >= p_excess
    order by c.place limit 1
  )
  select c."dsOrigem",
         (c.rows_here - l.stay - case when c.place > l.origins - l.one_more then 1 else 0 end)::bigint
  from crowd c cross join level l
  where c.place <= l.origins
$$;
comment on function private.crowded_origins is
  'Devices or callers with most rows in a quarantine, and how many of them have to give way.';
revoke all on function private.crowded_origins from public;
-- dsPayload is null where the bytes are not UTF-8; dsPayloadBase64 always has them.
create function private.describe_error(p_error public."TbIngestaoErro", p_is_foreign boolean) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_error) - '{dsHash,dsPayload,blDispositivo,dsOrigem}'::text[] || jsonb_build_object(
    'dsMotivo', case when p_is_foreign then 'FORBIDDEN_DEVICE' else p_error."dsMotivo" end,
    'dsPayload', private.utf8_text(p_error."dsPayload"),
    'dsPayloadBase64', translate(encode(p_error."dsPayload", 'base64'), E'\n', ''))
$$;
comment on function private.describe_error is 'A quarantined payload as JSON.';
revoke all on function private.describe_error from public;
-- The bytes by which an element is known in quarantine: the text of its jsonb, the same for any order of keys
-- and spacing; or, for an element that jsonb cannot hold, the bytes kept by the program that read it.
-- Inlined: no SET clause.
create function private.element_bytes(p_element jsonb)
returns table (hash bytea, bytes bytea, size bigint, is_whole boolean)
language sql immutable as $$
  select case when c.is_wrapped then decode(p_element ->> '$hash', 'hex') else sha256(c.bytes) end,
         c.bytes,
         case when c.is_wrapped
           then greatest(private.read_integer(p_element -> '$tamanho'), octet_length(c.bytes))
           else octet_length(c.bytes) end,
         not c.is_wrapped
  from (
    select p.is_wrapped,
           case when p.is_wrapped then private.read_base64(p_element ->> '$payload')
                else convert_to(p_element::text, 'UTF8') end as bytes
    from (
      select case when p_element ? '$payload' then private.is_wrapped_payload(p_element)
                  else false end as is_wrapped
      offset 0 -- each is computed once
    ) p
    offset 0
  ) c
$$;
comment on function private.element_bytes is 'Canonical bytes of an element, their SHA-256 and full length.';
revoke all on function private.element_bytes from public;
-- Trigger function.
-- Security definer: nobody has rights on the tables of counts, whoever truncates.
create function private.empty_quarantine_counts() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  truncate private."TbErroAlheio", private."TbQuarentenaMudanca", private."TbQuarentenaOrigem";
  update public."TbQuarentena" k set "nrErros" = 0;
  return null;
end
$$;
comment on function private.empty_quarantine_counts is 'Sets the counts of the quarantine to zero.';
revoke all on function private.empty_quarantine_counts from public;
-- Keeps what could not be stored, in one set: one row per client, device, content, reason and caller, with a
-- count.
-- Callers wait for each other only over the same content of the same caller, in one order. A row never moves
-- to another client. Then room is made (private.trim_quarantine), which waits for nobody.
-- Returns their codes. Called by every function that quarantines, last of what it writes.
create function private.keep_payloads(p_caller private.identity, p_payloads private.quarantined_payload[])
returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_errors bigint[];
  v_expires_at timestamptz :=
    (select now() + make_interval(days => config."nrDiasErro") from private."TbConfiguracao" config);
begin
  with payloads as (
    select distinct on (p."dsHash", p."dsMotivo", p."cdCliente", p."cdDispositivo") p.*,
           count(*) over same as times, min(p.received_at) over same as first_at
    from unnest(p_payloads) p
    window same as (partition by p."dsHash", p."dsMotivo", p."cdCliente", p."cdDispositivo")
    order by p."dsHash", p."dsMotivo", p."cdCliente", p."cdDispositivo" -- one lock order for all callers
  ), kept as (
    insert into public."TbIngestaoErro" as q (
      "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel", "cdCliente",
      "cdDispositivo", "blDispositivo", "dsTopico", "dsPropriedades", "nrOcorrencias", "dtPrimeira",
      "dtExpiracao")
    select p_caller."dsChamador", private.public_reason(p."dsMotivo"), p."dsHash", p."dsTexto", p."dsPayload",
           p."nrTamanho", p.is_replayable, p."cdCliente", p."cdDispositivo", p.is_own_device, p."dsTopico",
           p."dsPropriedades", p.times, p.first_at, v_expires_at
    from payloads p
    on conflict ("dsHash", "dsMotivo", "dsChamador", "cdCliente", "cdDispositivo") do update set
      "nrOcorrencias" = q."nrOcorrencias" + excluded."nrOcorrencias", "dtUltima" = clock_timestamp(),
      "dtExpiracao" = excluded."dtExpiracao", "dsTexto" = excluded."dsTexto"
    returning q."cdErro", q."dsHash", q."dsMotivo"
  ), marked as (
    insert into private."TbErroAlheio" ("cdErro")
    select k."cdErro"
    from payloads p
    join kept k on k."dsHash" = p."dsHash" and k."dsMotivo" = 'UNKNOWN_DEVICE'
    where p."dsMotivo" = 'FORBIDDEN_DEVICE'
    on conflict ("cdErro") do nothing
  )
  select array_agg(k."cdErro") into v_errors from kept k;
  perform private.trim_quarantine(w.client)
  from (select distinct p."cdCliente" as client from unnest(p_payloads) p) w;
  return v_errors;
end
$$;
comment on function private.keep_payloads is 'Puts payloads into quarantine, or counts them again.';
revoke all on function private.keep_payloads from public;
-- The one place where a quarantined payload is built, always called with named arguments; what a sender may
-- make as long as it likes is cut here. Inlined: no SET clause.
create function private.make_quarantined_payload(
  p_client integer, p_device integer, p_is_own_device boolean, p_error_code text, p_error_text text,
  p_hash bytea, p_payload bytea, p_size bigint, p_is_replayable boolean, p_topic text, p_properties jsonb,
  p_received_at timestamptz
) returns private.quarantined_payload
language sql stable parallel safe as $$
  select row(p_client, p_device, p_is_own_device, p_error_code, p_error_text, p_hash,
             substring(p_payload for 16384), p_size, p_is_replayable and p_size <= 16384,
             case when octet_length(p_topic) <= 1024 then p_topic end,
             case when octet_length(p_properties::text) <= 4096 then p_properties end,
             p_received_at)::private.quarantined_payload
$$;
comment on function private.make_quarantined_payload is 'A quarantined payload of these fields.';
revoke all on function private.make_quarantined_payload from public;
-- Quarantined payloads that the caller manages: all that listing, replaying and discarding can reach.
-- p_errors  only these; p_reason, p_device: only those with this dsMotivo, this cdDispositivo
-- is_foreign is for the service alone, which is told FORBIDDEN_DEVICE and asks for it by that name.
-- Inlined: no SET clause, full names.
create function private.managed_errors(
  p_caller private.identity, p_errors bigint[], p_reason text, p_device integer
) returns table ("cdErro" bigint, "dtPrimeira" timestamptz, "blReprocessavel" boolean, "dsTopico" text,
                 is_foreign boolean)
language sql stable as $$
  select q."cdErro", q."dtPrimeira", q."blReprocessavel", q."dsTopico", a."cdErro" is not null
  from public."TbIngestaoErro" q
  left join private."TbErroAlheio" a on p_caller.is_service and a."cdErro" = q."cdErro"
  where (p_caller.is_service or q."cdCliente" = any (p_caller."cdClientes"))
    and (p_errors is null or q."cdErro" = any (p_errors))
    and (p_device is null or q."cdDispositivo" = p_device)
    and (p_reason is null
         or case when a."cdErro" is null then q."dsMotivo" else 'FORBIDDEN_DEVICE' end = p_reason)
$$;
comment on function private.managed_errors is 'Quarantined payloads that the caller manages.';
revoke all on function private.managed_errors from public;
-- That a device exists and is another client's is not disclosed. Inlined: no SET clause.
create function private.public_reason(p_error_code text) returns text
language sql immutable parallel safe as $$
  select case p_error_code when 'FORBIDDEN_DEVICE' then 'UNKNOWN_DEVICE' else p_error_code end
$$;
comment on function private.public_reason is 'The error code that everybody but the service is told.';
revoke all on function private.public_reason from public;
-- Topic and user properties of a wrapped payload are kept where they come from a service caller, such as a
-- gateway: adapters read by them when it is replayed. One generic plan, because a plan for one batch would
-- hold the batch; look-ups by key, one by one.
create function private.quarantine_elements(
  p_elements private.element[], p_readings jsonb, p_caller private.identity
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_memoize = off set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  if not exists (select from unnest(p_elements) e where e.verdict in ('conflict', 'rejected')) then
    return;
  end if;
  perform private.keep_payloads(p_caller, array(
    select private.make_quarantined_payload(
      p_client => w."cdCliente",
      p_device => s.device,
      p_is_own_device => w.is_own_device,
      p_error_code => e."dsErro",
      p_error_text => e."dsTexto",
      p_hash => x.hash,
      p_payload => x.bytes,
      p_size => x.size,
      p_is_replayable => x.is_whole or s.topic is not null,
      p_topic => s.topic,
      p_properties => s.properties,
      -- the time it was stamped with, so that elements of one batch stay distinct on a replay
      p_received_at => case when e.is_untimed then e."dtRegistro" at time zone 'UTC' else now() end)
    from unnest(p_elements) e
    cross join lateral (select p_readings -> e.batch_index as e offset 0) o
    cross join lateral private.element_bytes(o.e) x
    cross join lateral (
      select private.read_integer(o.e -> 'cdDispositivo') as device,
             private.read_integer(o.e -> 'cdCliente') as client,
             case when p_caller.is_service and not x.is_whole then o.e ->> '$topico' end as topic,
             case when p_caller.is_service and not x.is_whole then o.e -> '$propriedades' end as properties
      offset 0
    ) s
    cross join lateral private.quarantine_owner(p_caller, s.client, s.device) w
    where e.verdict in ('conflict', 'rejected')));
end
$$;
comment on function private.quarantine_elements is
  'Quarantines the elements of a batch that were not stored.';
revoke all on function private.quarantine_elements from public;
-- Whose quarantine a payload goes to: that of the owner of the device it names, where the caller has a
-- right to that device. Otherwise it is the caller's own, whatever it names, so that nobody fills the
-- quarantine of others, and it looks as if the device did not exist. A caller that acts for all clients, or
-- for some that are not its own and its children, such as a gateway, vouches for the client that it states.
-- p_stated  cdCliente as the payload has it: must be the owner or its parent
-- Called by private.quarantine_elements and public.quarentenar_payload. Inlined: no SET clause, full names.
create function private.quarantine_owner(p_caller private.identity, p_stated integer, p_device integer)
returns table ("cdCliente" integer, is_own_device boolean)
language sql stable as $$
  select c.client, coalesce(d."cdCliente" = c.client, false)
  from (values (1)) one
  left join public."TbDispositivo" d on d."cdDispositivo" = p_device
  left join public."TbCliente" owner on owner."cdCliente" = d."cdCliente"
  left join public."TbCliente" stated on stated."cdCliente" = p_stated
  cross join lateral (
    select case
      when d."cdCliente" = any (p_caller."cdClientes")
        and (p_stated is null or p_stated in (d."cdCliente", owner."cdClientePai")) then d."cdCliente"
      when p_stated = any (p_caller."cdClientes")
        and (p_caller.is_service or stated."cdClientePai" is distinct from p_caller."cdCliente") then p_stated
      when not p_caller.is_service then p_caller."cdCliente"
    end as client
  ) c
$$;
comment on function private.quarantine_owner is
  'The client whose quarantine a payload goes to, and whether the device it names is that client''s.';
revoke all on function private.quarantine_owner from public;
-- Called by public.reprocessar_erros.
create function private.quarantined_batch(p_errors bigint[]) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(
    private.replayed_element(convert_from(q."dsPayload", 'UTF8')::jsonb, q."cdCliente", q."dtPrimeira")
    order by a.n), '[]')
  from unnest(p_errors) with ordinality as a(code, n)
  left join public."TbIngestaoErro" q on q."cdErro" = a.code
$$;
comment on function private.quarantined_batch is 'Quarantined payloads as a batch, in the order given.';
revoke all on function private.quarantined_batch from public;
-- Counts rows that come into quarantine or leave it, whoever writes. Trigger function.
-- Security definer: nobody has rights on the tables of counts, whoever writes.
create function private.record_quarantine_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private."TbQuarentenaMudanca" ("cdCliente", "dsOrigem", "nrErros")
  select coalesce(c."cdCliente", 0), c."dsOrigem", case tg_op when 'INSERT' then 1 else -1 end * count(*)
  from changed_rows c
  group by c."cdCliente", c."dsOrigem";
  if tg_op = 'DELETE' then
    delete from private."TbErroAlheio" a using changed_rows c where a."cdErro" = c."cdErro";
  end if;
  return null;
end
$$;
comment on function private.record_quarantine_change is
  'Counts rows that come into quarantine or leave it, by client and origin.';
revoke all on function private.record_quarantine_change from public;
-- Payloads that the caller manages, oldest first; p_replayable: elements that reprocessar_erros can replay,
-- or the others. Called by public.reprocessar_erros.
create function private.replayable_errors(
  p_caller private.identity, p_errors bigint[], p_reason text, p_limit integer, p_replayable boolean
) returns bigint[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select m."cdErro" from private.managed_errors(p_caller, p_errors, p_reason, null) m
    where (m."blReprocessavel" and m."dsTopico" is null) = p_replayable
    order by m."dtPrimeira", m."cdErro"
    limit least(greatest(p_limit, 0), (select "nrElementosLote" from private."TbConfiguracao")))
$$;
comment on function private.replayable_errors is
  'Which quarantined payloads the caller may replay, oldest first.';
revoke all on function private.replayable_errors from public;
-- An element as it is stored when it comes out of quarantine: dated when it first arrived if it carries no
-- time, and for the client whose quarantine it was in, whoever replays it. So a device that was another
-- client's, or has become it, gets nothing of it: cdCliente asserts the owner or its parent.
-- p_client  null: it belongs to no client, so only the service has it
-- Called by private.quarantined_batch and public.reprocessar_payload.
create function private.replayed_element(p_element jsonb, p_client integer, p_received_at timestamptz)
returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case when jsonb_typeof(p_element) <> 'object' then p_element else
    p_element
    || case when coalesce(p_element -> 'dtRegistro', 'null') = 'null'
         then jsonb_build_object(
           'dtRegistro', to_char(p_received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))
         else '{}' end
    || case when p_client is not null
              and (coalesce(p_element -> 'cdCliente', 'null') = 'null'
                   or exists (
                     select from public."TbDispositivo" d
                     join public."TbCliente" owner on owner."cdCliente" = d."cdCliente"
                     where d."cdDispositivo" = private.read_integer(p_element -> 'cdDispositivo')
                       and not coalesce(p_client in (owner."cdCliente", owner."cdClientePai"), false)))
         then jsonb_build_object('cdCliente', p_client)
         else '{}' end
  end
$$;
comment on function private.replayed_element is
  'A quarantined element with the client and time for which it is stored.';
revoke all on function private.replayed_element from public;
-- Elements without a time are a microsecond apart, as in an ordinary batch. Called by
-- public.reprocessar_payload.
create function private.replayed_elements(p_elements jsonb, p_client integer, p_received_at timestamptz)
returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(
    private.replayed_element(o.e, p_client, p_received_at + (o.n - 1) * interval '1 microsecond')
    order by o.n), '[]')
  from jsonb_array_elements(p_elements) with ordinality as o(e, n)
$$;
comment on function private.replayed_elements is
  'What an adapter read from a quarantined message, with client and time.';
revoke all on function private.replayed_elements from public;
-- A payload that was stored leaves quarantine. One that fails for another reason moves to that reason: it
-- joins the row that exists, or that a redelivery is just making, and keeps the time when it first arrived.
-- Called by public.reprocessar_erros and public.reprocessar_payload.
create function private.settle_replayed_errors(p_errors bigint[], p_elements private.element[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_error record;
  v_code bigint;
begin
  for v_error in
    select q."cdErro", e.verdict in ('stored', 'duplicate') as is_done,
           q."dsMotivo" = private.public_reason(e."dsErro") as is_same,
           private.public_reason(e."dsErro") as reason, e."dsTexto" as message,
           e."dsErro" = 'FORBIDDEN_DEVICE' as is_foreign
    from unnest(p_elements) e
    join public."TbIngestaoErro" q on q."cdErro" = p_errors[e.batch_index + 1]
    order by q."dsHash", q."dsMotivo" -- one lock order for all callers; rows are locked one by one
  loop
    if v_error.is_done then
      delete from public."TbIngestaoErro" q where q."cdErro" = v_error."cdErro";
      continue;
    end if;
    v_code := v_error."cdErro";
    if v_error.is_same then
      update public."TbIngestaoErro" q
      set "nrOcorrencias" = q."nrOcorrencias" + 1, "dtUltima" = clock_timestamp(), "dsTexto" = v_error.message
      where q."cdErro" = v_error."cdErro";
    else
      with o as (delete from public."TbIngestaoErro" q where q."cdErro" = v_error."cdErro" returning q.*)
      insert into public."TbIngestaoErro" as q (
        "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel",
        "cdCliente", "cdDispositivo", "blDispositivo", "dsTopico", "dsPropriedades", "nrOcorrencias",
        "dtPrimeira", "dtUltima", "dtExpiracao")
      select o."dsChamador", v_error.reason, o."dsHash", v_error.message, o."dsPayload", o."nrTamanho",
             o."blReprocessavel", o."cdCliente", o."cdDispositivo", o."blDispositivo", o."dsTopico",
             o."dsPropriedades", o."nrOcorrencias" + 1, o."dtPrimeira", clock_timestamp(), o."dtExpiracao"
      from o
      on conflict ("dsHash", "dsMotivo", "dsChamador", "cdCliente", "cdDispositivo") do update set
        "nrOcorrencias" = q."nrOcorrencias" + excluded."nrOcorrencias",
        "dsTexto" = excluded."dsTexto",
        "dtPrimeira" = least(q."dtPrimeira", excluded."dtPrimeira"),
        "dtUltima" = excluded."dtUltima"
      returning q."cdErro" into v_code;
    end if;
    if v_error.is_foreign then
      insert into private."TbErroAlheio" ("cdErro") values (v_code) on conflict ("cdErro") do nothing;
    else
      delete from private."TbErroAlheio" a where a."cdErro" = v_code;
    end if;
  end loop;
end
$$;
comment on function private.settle_replayed_errors is
  'Removes replayed payloads from quarantine, or counts them again.';
revoke all on function private.settle_replayed_errors from public;
-- Acknowledgements and events have a member tipo; everything else is a reading. Called by
-- public.reprocessar_erros.
create function private.split_by_kind(p_errors bigint[], out readings bigint[], out messages bigint[])
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(a.code order by a.n) filter (where not e.is_message), '{}'),
         coalesce(array_agg(a.code order by a.n) filter (where e.is_message), '{}')
  from unnest(p_errors) with ordinality as a(code, n)
  join public."TbIngestaoErro" q on q."cdErro" = a.code
  cross join lateral (
    select coalesce(jsonb_typeof(p.e) = 'object' and p.e ->> 'tipo' in ('ack', 'event'), false) as is_message
    from (select convert_from(q."dsPayload", 'UTF8')::jsonb as e offset 0) p
  ) e
$$;
comment on function private.split_by_kind is 'Quarantined payloads: readings, and other messages.';
revoke all on function private.split_by_kind from public;
-- The verdict on a message that holds several elements: that of the first that failed. A message in which
-- nothing was found has not been read either. Called by public.reprocessar_payload.
create function private.sum_up_verdicts(p_elements private.element[]) returns private.element[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select jsonb_populate_record(null::private.element, jsonb_build_object(
      'batch_index', 0,
      'verdict', coalesce(v.verdict, 'rejected'),
      'dsErro', case when v.verdict is null then 'MALFORMED' else v."dsErro" end,
      'dsTexto', case when v.verdict is null then 'Nothing to store' else v."dsTexto" end))
    from (values (1)) one
    left join lateral (
      select e.verdict, e."dsErro", e."dsTexto"
      from unnest(p_elements) with ordinality as e
      order by e.verdict in ('stored', 'duplicate'), e.ordinality limit 1
    ) v on true)
$$;
comment on function private.sum_up_verdicts is 'One verdict for all elements of a message, as a list of one.';
revoke all on function private.sum_up_verdicts from public;
-- What a full quarantine does: the oldest rows of the device that has most of them give way, and are counted.
-- A quarantine is full with nrErrosCliente payloads (TbConfiguracao). One caller at a time for each client;
-- others leave at once, as whoever comes next makes up for it: nobody waits, and a quarantine is overfull at
-- most by what came while one transaction was ending. Costs what came since the last time, not what is there.
-- p_client  null: payloads that belong to no client
-- Called by private.keep_payloads and private.expire_quarantine.
create function private.trim_quarantine(p_client integer) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_client integer := coalesce(p_client, 0);
  v_total bigint;
  v_lost bigint;
begin
  if not pg_try_advisory_xact_lock(727473, v_client) then
    return;
  end if;
  v_total := private.add_up_quarantine(p_client);
  if v_total <= (select config."nrErrosCliente" from private."TbConfiguracao" config) then
    return;
  end if;
  -- By place and in the order of one index, not as a join or by a part of the key: how quick those are
  -- depends on what is known of the table, which may have been empty when it was last looked at.
  delete from public."TbIngestaoErro" q
  where q.ctid = any (array(
    select old.ctid
    from private.crowded_origins(
      v_client, v_total - (select config."nrErrosCliente" from private."TbConfiguracao" config)) o
    cross join lateral (
      select v.ctid from public."TbIngestaoErro" v
      where (coalesce(v."cdCliente", 0), v."dsOrigem", v."cdErro") >= (v_client, o."dsOrigem", 0)
        and (coalesce(v."cdCliente", 0), v."dsOrigem") <= (v_client, o."dsOrigem")
      order by coalesce(v."cdCliente", 0), v."dsOrigem", v."cdErro" limit o.surplus for update skip locked
    ) old));
  get diagnostics v_lost = row_count;
  update public."TbQuarentena" k set "nrPerdidos" = k."nrPerdidos" + v_lost, "dtPerda" = clock_timestamp()
  where k."cdCliente" is not distinct from p_client and v_lost > 0;
end
$$;
comment on function private.trim_quarantine is
  'Deletes the oldest rows of a full quarantine where most of them come from.';
revoke all on function private.trim_quarantine from public;
-- end

-- from sql/35_quarantine/rpc
-- Deletes quarantined payloads for good, the oldest first, at most 10,000 at once. Returns {discarded}: how
-- many. The audit log has one entry for each client: who discarded how many, and what was asked for.
-- What is under a legal hold stays; payloads named by code are then refused altogether.
-- p_cd_erros        which ones; null: all
-- p_ds_motivo       only those with this reason
-- p_cd_dispositivo  only those of this device
-- Who: admins, of the clients they manage. Security definer: API roles may not write TbIngestaoErro.
-- Raises PT401, PT403, PT409 CONFLICT (legal hold), PT429.
create function public.descartar_erros(
  p_cd_erros bigint[] default null, p_ds_motivo text default null, p_cd_dispositivo integer default null
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_errors bigint[];
  v_discarded bigint;
begin
  perform private.require_few('cdErros', p_cd_erros);
  perform private.require_short(p_ds_motivo);
  v_errors := array(
    select m."cdErro" from private.managed_errors(v_caller, p_cd_erros, p_ds_motivo, p_cd_dispositivo) m
    join public."TbIngestaoErro" q using ("cdErro")
    where p_cd_erros is not null or not private.is_held(q."cdCliente", q."cdDispositivo")
    order by m."cdErro" limit 10000);
  if exists (select from public."TbIngestaoErro" q
             where q."cdErro" = any (v_errors) and private.is_held(q."cdCliente", q."cdDispositivo")) then
    raise sqlstate 'PT409' using hint = 'CONFLICT',
      message = 'Some of these payloads are under a legal hold; none has been discarded';
  end if;
  perform from public."TbIngestaoErro" q where q."cdErro" = any (v_errors)
  order by q."dsHash", q."dsMotivo", q."cdErro" for update; -- one lock order for all callers
  with gone as (
    delete from public."TbIngestaoErro" q where q."cdErro" = any (v_errors) returning q."cdCliente"
  ), noted as (
    insert into public."TbAuditoria" (
      "dsTabela", "dsOperacao", "dsChamador", "dsRequisicao", "cdClientes", "cdCliente", "jsAntes")
    select 'TbIngestaoErro', 'delete', v_caller."dsChamador",
           nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'request_id',
           v_caller."cdClientes", g."cdCliente",
           jsonb_build_object('nrErros', count(*), 'dsMotivo', p_ds_motivo, 'cdDispositivo', p_cd_dispositivo)
    from gone g group by g."cdCliente"
  )
  select count(*) into v_discarded from gone;
  return jsonb_build_object('discarded', v_discarded);
end
$$;
comment on function public.descartar_erros is 'Deletes quarantined payloads for good.';
revoke all on function public.descartar_erros from public;
grant execute on function public.descartar_erros to authenticated, service_role;
-- Quarantined payloads, newest first: {data, nextCursor}.
-- p_ds_motivo, p_cd_dispositivo  only those with this reason, of this device
-- p_cd_erro   only this one
-- p_cursor    nextCursor of the previous page
-- p_so_topico only whole messages of a gateway that could not be read: what reprocessar_payload is for
-- dsPayload is null where the bytes are not UTF-8; dsPayloadBase64 always has them.
-- Who: admins, of the clients they manage. Security definer: only the service is told FORBIDDEN_DEVICE, from
-- a table that API roles may not read.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT429.
create function public.get_erros_ingestao(
  p_ds_motivo text default null, p_cd_erro bigint default null, p_page_size integer default 50,
  p_cursor bigint default null, p_cd_dispositivo integer default null, p_so_topico boolean default false
) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_errors bigint[];
begin
  perform private.require_page(p_page_size);
  perform private.require_short(p_ds_motivo);
  v_errors := array(
    select m."cdErro"
    from private.managed_errors(
      v_caller, case when p_cd_erro is not null then array[p_cd_erro] end, p_ds_motivo, p_cd_dispositivo) m
    where (p_cursor is null or m."cdErro" < p_cursor)
      and not (p_so_topico and (m."dsTopico" is null or not m."blReprocessavel"))
    order by m."cdErro" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (
      select coalesce(jsonb_agg(private.describe_error(q, m.is_foreign) order by q."cdErro" desc), '[]')
      from private.managed_errors(v_caller, v_errors[:p_page_size], null, null) m
      join public."TbIngestaoErro" q on q."cdErro" = m."cdErro"),
    'nextCursor', case when cardinality(v_errors) > p_page_size then v_errors[p_page_size] end);
end
$$;
comment on function public.get_erros_ingestao is 'Quarantined payloads in pages, newest first.';
revoke all on function public.get_erros_ingestao from public;
grant execute on function public.get_erros_ingestao to authenticated, service_role;
-- Quarantines a body that is not JSON at all, or is too large, or a message that a gateway cannot read.
-- p_payload         base64 of its first 16,384 bytes
-- p_nr_tamanho      its full length in bytes
-- p_hash            SHA-256 of all of it, hexadecimal
-- p_motivo          MALFORMED or TOO_LARGE
-- p_ds_erro         what is wrong, for a person
-- The rest is what a gateway knows of a message; it is believed of service callers only:
-- p_cd_cliente, p_cd_dispositivo  of the topic
-- p_ds_topico       the topic itself, up to 1,024 bytes: adapters read by it when the payload is replayed
-- p_propriedades    user properties, up to 4,096 bytes: likewise
-- Who: callers with the permission ingest. Security definer: API roles may not write TbIngestaoErro.
-- Raises PT400, PT401, PT403, PT429.
create function public.quarentenar_payload(
  p_payload text, p_nr_tamanho bigint, p_hash text, p_motivo text, p_ds_erro text,
  p_cd_cliente integer default null, p_cd_dispositivo integer default null, p_ds_topico text default null,
  p_propriedades jsonb default null
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('ingest');
  v_device integer := case when v_caller.is_service then p_cd_dispositivo end;
  v_topic text := case when v_caller.is_service then p_ds_topico end;
  v_errors bigint[];
begin
  if not coalesce(p_motivo in ('MALFORMED', 'TOO_LARGE') and p_hash ~ '^[0-9a-f]{64}$' and p_nr_tamanho >= 0
                  and p_payload is not null, false) then
    raise sqlstate 'PT400' using message = 'Payload, length, SHA-256 and reason are required',
      hint = 'INVALID_PARAMETER';
  end if;
  v_errors := private.keep_payloads(v_caller, array(
    select private.make_quarantined_payload(
      p_client => w."cdCliente",
      p_device => v_device,
      p_is_own_device => w.is_own_device,
      p_error_code => p_motivo,
      p_error_text => left(coalesce(p_ds_erro, p_motivo), 200),
      p_hash => decode(p_hash, 'hex'),
      p_payload => b.bytes,
      p_size => greatest(p_nr_tamanho, octet_length(b.bytes)),
      p_is_replayable => v_topic is not null,
      p_topic => v_topic,
      p_properties => case when v_caller.is_service then p_propriedades end,
      p_received_at => now())
    from (select private.read_base64(p_payload) as bytes offset 0) b
    cross join private.quarantine_owner(v_caller, p_cd_cliente, v_device) w));
  return (select jsonb_build_object('cdErro', q."cdErro", 'nrOcorrencias', q."nrOcorrencias")
          from public."TbIngestaoErro" q where q."cdErro" = v_errors[1]);
end
$$;
comment on function public.quarentenar_payload is
  'Quarantines a body that could not be read, and counts it when it arrives again.';
revoke all on function public.quarentenar_payload from public;
grant execute on function public.quarentenar_payload to authenticated, service_role;
-- Replays quarantined payloads after their cause was fixed: on behalf of the current caller, dated when they
-- first arrived if they carry no time. What is stored now (or was meanwhile) leaves quarantine; what fails
-- again stays and is counted. Returns {total, stored, duplicate, conflict, rejected, skipped}; skipped are
-- those that cannot be replayed because their payload is cut off or not JSON.
-- p_cd_erros   which ones; null: all that can be replayed
-- p_ds_motivo  only this reason
-- p_nr_limite  at most this many
-- Who: admins of the clients concerned. Security definer: API roles may not write TbIngestaoErro or time
-- series.
-- Raises PT401, PT403, PT429.
create function public.reprocessar_erros(
  p_cd_erros bigint[] default null, p_ds_motivo text default null, p_nr_limite integer default 1000
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_errors record;
  v_elements private.element[];
  v_messages private.element[];
begin
  perform private.require_few('cdErros', p_cd_erros);
  perform private.require_short(p_ds_motivo);
  v_errors := private.split_by_kind(
    private.replayable_errors(v_caller, p_cd_erros, p_ds_motivo, p_nr_limite, true));
  v_elements := private.ingest(
    private.quarantined_batch(v_errors.readings), v_caller."cdClientes", now() at time zone 'UTC');
  v_messages := private.messages_as_elements(private.store_messages(
    private.read_messages(private.quarantined_batch(v_errors.messages), v_caller."cdClientes",
                          now() at time zone 'UTC'), false));
  -- the rows are locked only now: an ingest locks readings first and quarantine last, and so does this
  perform private.settle_replayed_errors(v_errors.readings, v_elements);
  perform private.settle_replayed_errors(v_errors.messages, v_messages);
  return private.describe_verdicts(v_elements || v_messages, true, false) - 'results' - 'untimed'
    || jsonb_build_object('skipped', cardinality(
      private.replayable_errors(v_caller, p_cd_erros, p_ds_motivo, p_nr_limite, false)));
end
$$;
comment on function public.reprocessar_erros is
  'Replays quarantined payloads; what is stored leaves quarantine.';
revoke all on function public.reprocessar_erros from public;
grant execute on function public.reprocessar_erros to authenticated, service_role;
-- Stores what an adapter now reads from one quarantined message: the ordinary way of ingestion, for the
-- client whose quarantine it is in, dated when the message first arrived if an element carries no time. The
-- payload leaves quarantine when all of it is stored or was; otherwise it stays, is counted again with the
-- reason of the first element that failed, and can be replayed again.
-- p_cd_erro    which one
-- p_readings   as in insert_device_readings; p_messages as p_mensagens in insert_device_messages
-- Returns what insert_device_messages does.
-- Who: admins of the client. Security definer: API roles may not write TbIngestaoErro or time series.
-- Raises PT400 MALFORMED (not a list), PT401, PT403, PT404, PT413 TOO_LARGE, PT429.
create function public.reprocessar_payload(p_cd_erro bigint, p_readings jsonb, p_messages jsonb default null)
returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_error record;
  v_elements private.element[];
  v_messages private.device_message[];
begin
  perform private.require_batch(p_readings);
  perform private.require_batch(coalesce(p_messages, '[]'));
  select q."cdCliente", q."dtPrimeira" into v_error
  from private.managed_errors(v_caller, array[p_cd_erro], null, null) m
  join public."TbIngestaoErro" q on q."cdErro" = m."cdErro";
  if not found then
    raise sqlstate 'PT404' using message = 'The quarantined payload does not exist or is not visible to you',
      hint = 'NOT_FOUND';
  end if;
  v_elements := private.ingest(
    private.replayed_elements(p_readings, v_error."cdCliente", v_error."dtPrimeira"),
    v_caller."cdClientes", now() at time zone 'UTC');
  v_messages := private.store_messages(private.read_messages(
    private.replayed_elements(coalesce(p_messages, '[]'), v_error."cdCliente", v_error."dtPrimeira"),
    v_caller."cdClientes", now() at time zone 'UTC'), false);
  perform private.settle_replayed_errors(
    array[p_cd_erro], private.sum_up_verdicts(v_elements || private.messages_as_elements(v_messages)));
  return private.describe_verdicts(v_elements, true, false)
    || jsonb_build_object('messages', private.describe_message_errors(v_messages));
end
$$;
comment on function public.reprocessar_payload is
  'Stores what an adapter reads from a quarantined message; when all of it is stored, it leaves quarantine.';
revoke all on function public.reprocessar_payload from public;
grant execute on function public.reprocessar_payload to authenticated, service_role;
-- end

-- from sql/35_quarantine/triggers
create trigger "TbIngestaoErro_apagado" after delete on public."TbIngestaoErro"
  referencing old table as changed_rows
  for each statement execute function private.record_quarantine_change();
comment on trigger "TbIngestaoErro_apagado" on public."TbIngestaoErro" is 'Counts rows that left quarantine.';
create trigger "TbIngestaoErro_esvaziado" after truncate on public."TbIngestaoErro"
  for each statement execute function private.empty_quarantine_counts();
comment on trigger "TbIngestaoErro_esvaziado" on public."TbIngestaoErro" is
  'Sets the counts of the quarantine to zero.';
create trigger "TbIngestaoErro_inserido" after insert on public."TbIngestaoErro"
  referencing new table as changed_rows
  for each statement execute function private.record_quarantine_change();
comment on trigger "TbIngestaoErro_inserido" on public."TbIngestaoErro" is
  'Counts rows that came into quarantine.';
-- end

-- from sql/35_quarantine/policies
-- Admins see the quarantine of the clients they manage; what belongs to no client, only the service sees.
create policy ler on public."TbIngestaoErro" for select to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
-- As for TbIngestaoErro.
create policy ler on public."TbQuarentena" for select to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
-- end
