-- Phase 7, quarantine: what cannot be stored is kept with its reason, and replayed when the cause is mended.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/35_quarantine/tables
create table public."TbIngestaoErro" (
  "cdErro" bigint generated always as identity primary key,
  "dsChamador" text not null,
  "dsMotivo" text not null,
  "dsHash" bytea not null,
  "dsTexto" text not null,
  "dsPayload" bytea not null check (octet_length("dsPayload") <= 16384),
  "nrTamanho" bigint not null,
  "blReprocessavel" boolean not null,
  "cdCliente" integer,
  "cdClientes" integer[] not null,
  "nrOcorrencias" bigint not null default 1,
  "dtPrimeira" timestamptz not null default now(),
  "dtUltima" timestamptz not null default now(),
  "dtExpiracao" timestamptz not null,
  unique ("dsChamador", "dsHash", "dsMotivo")
);
create index "TbIngestaoErro_cdCliente_idx" on public."TbIngestaoErro" ("cdCliente");
create index "TbIngestaoErro_dtExpiracao_idx" on public."TbIngestaoErro" ("dtExpiracao");
alter table public."TbIngestaoErro" enable row level security;
revoke all on public."TbIngestaoErro" from public, anon, authenticated;
grant select on public."TbIngestaoErro" to authenticated, service_role;
comment on table public."TbIngestaoErro" is
  'Quarantine: what could not be stored, why, and how often it arrived. Replayed by reprocessar_erros.';
comment on column public."TbIngestaoErro"."dsChamador" is
  'Who sent it: user:<uuid>, key:<SHA-256> or service.';
comment on column public."TbIngestaoErro"."dsMotivo" is
  'Error code. FORBIDDEN_DEVICE is reported to the caller as UNKNOWN_DEVICE.';
comment on column public."TbIngestaoErro"."dsHash" is
  'SHA-256 of the canonical bytes of the element, or of the body that was not JSON.';
comment on column public."TbIngestaoErro"."dsTexto" is 'What is wrong, for a person.';
comment on column public."TbIngestaoErro"."dsPayload" is
  'The element or body; only its first 16,384 bytes when it is larger.';
comment on column public."TbIngestaoErro"."nrTamanho" is 'Full length in bytes.';
comment on column public."TbIngestaoErro"."blReprocessavel" is
  'The payload is whole and is JSON, so that it can be replayed.';
comment on column public."TbIngestaoErro"."cdCliente" is 'Client charged for it: the caller''s own.';
comment on column public."TbIngestaoErro"."cdClientes" is 'Clients whose admins see it.';
comment on column public."TbIngestaoErro"."dtExpiracao" is 'Kept until then.';
-- end

-- from sql/35_quarantine/foreign_keys
alter table public."TbIngestaoErro" add foreign key ("cdCliente")
  references public."TbCliente" on delete cascade;
-- end

-- from sql/35_quarantine/functions
-- dsPayload is null where the bytes are not UTF-8; dsPayloadBase64 always has them.
-- Who may call it: the API roles, for get_erros_ingestao.
create function private.describe_error(p_error public."TbIngestaoErro") returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_error) - '{dsHash,dsPayload,cdCliente}'::text[] || jsonb_build_object(
    'dsPayload', private.utf8_text(p_error."dsPayload"),
    'dsPayloadBase64', translate(encode(p_error."dsPayload", 'base64'), E'\n', ''))
$$;
comment on function private.describe_error is 'A quarantined payload as JSON.';
revoke all on function private.describe_error from public;
grant execute on function private.describe_error to authenticated, service_role;
-- The bytes by which an element is known in quarantine: the text of its jsonb, the same for any order of keys
-- and spacing; or, for an element that jsonb cannot hold, the bytes kept by the program that read it.
create function private.element_bytes(p_element jsonb)
returns table (hash bytea, bytes bytea, size bigint, is_whole boolean)
language sql immutable set search_path = pg_catalog, pg_temp as $$
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
    from (select private.is_wrapped_payload(p_element) as is_wrapped) p
  ) c
$$;
comment on function private.element_bytes is 'Canonical bytes of an element, their SHA-256 and full length.';
revoke all on function private.element_bytes from public;
-- A caller that acts for all clients, such as a gateway, is not charged itself: what it sends is shown and
-- charged to the client that the element names or that owns the device.
create function private.quarantine_clients(p_caller private.identity, p_element jsonb, p_owner integer)
returns integer[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when not p_caller.is_service then p_caller."cdClientes"
    when private.read_integer(p_element -> 'cdCliente') = any (p_caller."cdClientes")
      then array[private.read_integer(p_element -> 'cdCliente')]
    else array_remove(array[p_owner], null)
  end
$$;
comment on function private.quarantine_clients is
  'Clients whose admins see a quarantined element.';
revoke all on function private.quarantine_clients from public;
-- Raises PT429 TOO_MANY_REQUESTS when the quarantine of a client is full (private.require_quarantine_room).
create function private.quarantine_elements(
  p_elements private.element[], p_readings jsonb, p_caller private.identity
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from unnest(p_elements) e where e.verdict in ('conflict', 'rejected')) then
    return;
  end if;
  perform private.require_quarantine_room(array(
    select private.quarantine_payload(p_caller, private.quarantine_clients(p_caller, b.e, b."cdCliente"),
                                      b."dsErro", b.hash, b."dsTexto", b.bytes, b.size, b.is_whole,
                                      b.received_at)
    from (
      select e."cdCliente", e."dsErro", e."dsTexto", o.e, x.*,
             -- the time it was stamped with, so that elements of one batch stay distinct on a replay
             case when e.is_untimed then e."dtRegistro" at time zone 'UTC' else now() end as received_at
      from unnest(p_elements) e
      cross join lateral (select p_readings -> e.batch_index as e offset 0) o
      cross join lateral private.element_bytes(o.e) x
      where e.verdict in ('conflict', 'rejected')
      order by x.hash, e."dsErro", e.batch_index -- one lock order for all callers
      offset 0
    ) b));
end
$$;
comment on function private.quarantine_elements is
  'Quarantines the elements of a batch that were not stored.';
revoke all on function private.quarantine_elements from public;
-- Keeps what could not be stored: one row per caller, content and reason, counted. The caller then checks
-- that the client has room left (private.require_quarantine_room).
create function private.quarantine_payload(
  p_caller private.identity, p_clients integer[], p_reason text, p_hash bytea, p_text text,
  p_payload bytea, p_size bigint, p_replayable boolean, p_received_at timestamptz default now()
) returns bigint
language sql set search_path = pg_catalog, pg_temp as $$
  insert into public."TbIngestaoErro" as q (
    "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel",
    "cdCliente", "cdClientes", "dtPrimeira", "dtExpiracao")
  select p_caller."dsChamador", p_reason, p_hash, p_text, substring(p_payload for 16384), p_size,
         p_replayable and p_size <= 16384,
         case when p_caller.is_service then p_clients[1] else p_caller."cdCliente" end,
         coalesce(p_clients, '{}'), p_received_at, now() + make_interval(days => config."nrDiasErro")
  from private."TbConfiguracao" config
  on conflict ("dsChamador", "dsHash", "dsMotivo") do update set
    "nrOcorrencias" = q."nrOcorrencias" + 1, "dtUltima" = clock_timestamp(),
    "dtExpiracao" = excluded."dtExpiracao", "dsTexto" = excluded."dsTexto"
  returning q."cdErro"
$$;
comment on function private.quarantine_payload is
  'Puts one payload into quarantine, or counts it again.';
revoke all on function private.quarantine_payload from public;
-- A payload without a time is dated when it first arrived. Called by public.reprocessar_erros.
create function private.quarantined_batch(p_errors bigint[]) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(
    case when jsonb_typeof(x.e) = 'object' and coalesce(x.e -> 'dtRegistro', 'null') = 'null'
      then x.e || jsonb_build_object(
        'dtRegistro', to_char(q."dtPrimeira" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))
      else x.e
    end order by a.n), '[]')
  from unnest(p_errors) with ordinality as a(code, n)
  left join public."TbIngestaoErro" q on q."cdErro" = a.code
  cross join lateral (select convert_from(q."dsPayload", 'UTF8')::jsonb as e offset 0) x
$$;
comment on function private.quarantined_batch is 'Quarantined payloads as a batch, in the order given.';
revoke all on function private.quarantined_batch from public;
-- Payloads that the caller may see, oldest first; p_replayable: those that can be replayed, or those that
-- cannot. Called by public.reprocessar_erros.
create function private.replayable_errors(
  p_caller private.identity, p_errors bigint[], p_reason text, p_limit integer, p_replayable boolean
) returns bigint[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select q."cdErro" from public."TbIngestaoErro" q
    where (p_caller.is_service or q."cdClientes" && p_caller."cdClientes")
      and (p_errors is null or q."cdErro" = any (p_errors))
      and (p_reason is null or q."dsMotivo" = p_reason)
      and q."blReprocessavel" = p_replayable
    order by q."dtPrimeira", q."cdErro"
    limit least(greatest(p_limit, 0), (select "nrElementosLote" from private."TbConfiguracao")))
$$;
comment on function private.replayable_errors is
  'Which quarantined payloads the caller may replay, oldest first.';
revoke all on function private.replayable_errors from public;
-- What a full quarantine does: it refuses the whole request, so that nothing is lost silently and the sender
-- keeps its readings. A client's quarantine is full with nrErrosCliente payloads (TbConfiguracao). Checked
-- after writing, so that what this request adds is counted; raising undoes it. Called by every function that
-- quarantines. Raises PT429 TOO_MANY_REQUESTS; detail: seconds to wait.
create function private.require_quarantine_room(p_errors bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_limit integer := (select "nrErrosCliente" from private."TbConfiguracao");
  v_client integer;
begin
  for v_client in
    select distinct q."cdCliente" from public."TbIngestaoErro" q where q."cdErro" = any (p_errors)
  loop
    if (select count(*) from (
          select from public."TbIngestaoErro" q
          where q."cdCliente" = v_client or q."cdCliente" is null and v_client is null
          limit v_limit + 1) n) > v_limit then
      raise sqlstate 'PT429' using hint = 'TOO_MANY_REQUESTS', detail = '3600',
        message = format('The quarantine is full: it holds %s payloads. Fix their cause and replay them.',
                         v_limit);
    end if;
  end loop;
end
$$;
comment on function private.require_quarantine_room is
  'Raises PT429 when the request would overfill the quarantine of a client.';
revoke all on function private.require_quarantine_room from public;
-- A payload that was stored leaves quarantine. One that fails for another reason moves to that reason: it
-- joins the row that exists, or that a redelivery is just making, and keeps the time when it first arrived.
-- Called by public.reprocessar_erros.
create function private.settle_replayed_errors(p_errors bigint[], p_elements private.element[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_error record;
begin
  for v_error in
    select q."cdErro", e.verdict in ('stored', 'duplicate') as is_done, q."dsMotivo" = e."dsErro" as is_same,
           e."dsErro" as reason, e."dsTexto" as message
    from unnest(p_elements) e
    join public."TbIngestaoErro" q on q."cdErro" = p_errors[e.batch_index + 1]
    order by q."dsHash", q."dsMotivo" -- one lock order for all callers; rows are locked one by one
  loop
    if v_error.is_done then
      delete from public."TbIngestaoErro" q where q."cdErro" = v_error."cdErro";
    elsif v_error.is_same then
      update public."TbIngestaoErro" q
      set "nrOcorrencias" = q."nrOcorrencias" + 1, "dtUltima" = clock_timestamp(), "dsTexto" = v_error.message
      where q."cdErro" = v_error."cdErro";
    else
      with o as (delete from public."TbIngestaoErro" q where q."cdErro" = v_error."cdErro" returning q.*)
      insert into public."TbIngestaoErro" as q (
        "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel",
        "cdCliente", "cdClientes", "nrOcorrencias", "dtPrimeira", "dtUltima", "dtExpiracao")
      select o."dsChamador", v_error.reason, o."dsHash", v_error.message, o."dsPayload", o."nrTamanho",
             o."blReprocessavel", o."cdCliente", o."cdClientes", o."nrOcorrencias" + 1, o."dtPrimeira",
             clock_timestamp(), o."dtExpiracao"
      from o
      on conflict ("dsChamador", "dsHash", "dsMotivo") do update set
        "nrOcorrencias" = q."nrOcorrencias" + excluded."nrOcorrencias",
        "dsTexto" = excluded."dsTexto",
        "dtPrimeira" = least(q."dtPrimeira", excluded."dtPrimeira"),
        "dtUltima" = excluded."dtUltima";
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
-- end

-- from sql/35_quarantine/rpc
-- Quarantined payloads, newest first: {data, nextCursor}.
-- p_cd_erro  only this one
-- p_cursor   nextCursor of the previous page
-- dsPayload is null where the bytes are not UTF-8; dsPayloadBase64 always has them.
-- Who: callers with the permission admin; row-level security decides which rows. Raises PT400
-- INVALID_PARAMETER.
create function public.get_erros_ingestao(
  p_ds_motivo text default null, p_cd_erro bigint default null, p_page_size integer default 50,
  p_cursor bigint default null
) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_page public."TbIngestaoErro"[];
begin
  perform private.require_permission('admin');
  perform private.require_page(p_page_size);
  v_page := array(
    select q from public."TbIngestaoErro" q
    where (p_ds_motivo is null or q."dsMotivo" = p_ds_motivo)
      and (p_cd_erro is null or q."cdErro" = p_cd_erro)
      and (p_cursor is null or q."cdErro" < p_cursor)
    order by q."cdErro" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (select coalesce(jsonb_agg(private.describe_error(q) order by q."cdErro" desc), '[]')
             from unnest(v_page[:p_page_size]) q),
    'nextCursor', case when cardinality(v_page) > p_page_size then v_page[p_page_size]."cdErro" end);
end
$$;
comment on function public.get_erros_ingestao is 'Quarantined payloads in pages, newest first.';
revoke all on function public.get_erros_ingestao from public;
grant execute on function public.get_erros_ingestao to authenticated, service_role;
-- Quarantines a body that is not JSON at all, or is too large.
-- p_payload     base64 of its first 16,384 bytes
-- p_nr_tamanho  its full length in bytes
-- p_hash        SHA-256 of all of it, hexadecimal
-- p_motivo      MALFORMED or TOO_LARGE
-- p_ds_erro     what is wrong, for a person
-- Who: callers with the permission ingest. Security definer: API roles may not write TbIngestaoErro.
-- Raises PT400, PT401, PT403, PT429.
create function public.quarentenar_payload(
  p_payload text, p_nr_tamanho bigint, p_hash text, p_motivo text, p_ds_erro text
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('ingest');
  v_error bigint;
begin
  if not coalesce(p_motivo in ('MALFORMED', 'TOO_LARGE') and p_hash ~ '^[0-9a-f]{64}$' and p_nr_tamanho >= 0
                  and p_payload is not null, false) then
    raise sqlstate 'PT400' using message = 'Payload, length, SHA-256 and reason are required',
      hint = 'INVALID_PARAMETER';
  end if;
  v_error := private.quarantine_payload(
    v_caller, case when not v_caller.is_service then v_caller."cdClientes" end, p_motivo,
    decode(p_hash, 'hex'), left(coalesce(p_ds_erro, p_motivo), 200), private.read_base64(p_payload),
    p_nr_tamanho, false);
  perform private.require_quarantine_room(array[v_error]);
  return (select jsonb_build_object('cdErro', q."cdErro", 'nrOcorrencias', q."nrOcorrencias")
          from public."TbIngestaoErro" q where q."cdErro" = v_error);
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
  v_errors := private.split_by_kind(
    private.replayable_errors(v_caller, p_cd_erros, p_ds_motivo, p_nr_limite, true));
  v_elements := private.ingest(
    private.quarantined_batch(v_errors.readings), v_caller."cdClientes", now() at time zone 'UTC');
  v_messages := private.messages_as_elements(private.store_messages(
    private.read_messages(private.quarantined_batch(v_errors.messages), v_caller."cdClientes"), false));
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
-- end

-- from sql/35_quarantine/policies
-- Admins of any client concerned see what is in quarantine.
create policy ler on public."TbIngestaoErro" for select to authenticated
  using ("cdClientes" && (select private.managed_clients())::integer[] or (select private.is_service()));
-- end
