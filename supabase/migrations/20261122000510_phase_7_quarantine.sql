-- Phase 7, quarantine: what cannot be stored is kept with its reason, and replayed when the cause is mended.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/30_tables/24_TbIngestaoErro.sql
create table public."TbIngestaoErro" (
  "cdErro" bigint generated always as identity primary key,
  "dsChamador" text not null,
  "dsMotivo" text not null,
  "dsHash" bytea not null,
  "dsTexto" text not null,
  "dsPayload" bytea not null check (octet_length("dsPayload") <= 16384),
  "nrTamanho" bigint not null,
  "blReprocessavel" boolean not null,
  "cdCliente" integer references public."TbCliente" on delete cascade,
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

comment on table public."TbIngestaoErro" is 'Quarantine: what could not be stored, why, and how often it came. Replayed by reprocessar_erros.';
comment on column public."TbIngestaoErro"."dsChamador" is 'Who sent it: user:<uuid>, key:<SHA-256> or service.';
comment on column public."TbIngestaoErro"."dsMotivo" is 'Error code. FORBIDDEN_DEVICE is told to the caller as UNKNOWN_DEVICE.';
comment on column public."TbIngestaoErro"."dsHash" is 'SHA-256 of the canonical bytes of the element, or of the body that was no JSON.';
comment on column public."TbIngestaoErro"."dsTexto" is 'What was wrong, for a person.';
comment on column public."TbIngestaoErro"."dsPayload" is 'The element or body; only its first 16,384 bytes when it is larger.';
comment on column public."TbIngestaoErro"."nrTamanho" is 'Full length in bytes.';
comment on column public."TbIngestaoErro"."blReprocessavel" is 'The payload is whole and is JSON, so that it can be replayed.';
comment on column public."TbIngestaoErro"."cdCliente" is 'Client charged for it: the caller''s own.';
comment on column public."TbIngestaoErro"."cdClientes" is 'Clients whose admins see it.';
comment on column public."TbIngestaoErro"."dtExpiracao" is 'Kept until then.';
-- end

-- from sql/40_private/20_bytes_do_elemento.sql
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
-- end

-- from sql/40_private/21_quarentenar.sql
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
-- end

-- from sql/40_private/24_reprocessar.sql
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

-- Acknowledgements and events say what they are; whatever does not is a reading.
create function private.por_especie(p_erros bigint[], out leituras bigint[], out mensagens bigint[])
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(a.cd order by a.n) filter (where not e.mensagem), '{}'),
         coalesce(array_agg(a.cd order by a.n) filter (where e.mensagem), '{}')
  from unnest(p_erros) with ordinality as a(cd, n)
  join public."TbIngestaoErro" q on q."cdErro" = a.cd
  cross join lateral (
    select coalesce(jsonb_typeof(p.e) = 'object' and p.e ->> 'tipo' in ('ack', 'event'), false) as mensagem
    from (select convert_from(q."dsPayload", 'UTF8')::jsonb as e offset 0) p
  ) e
$$;
comment on function private.por_especie(bigint[]) is 'Quarantined payloads: readings, and other messages.';
revoke all on function private.por_especie(bigint[]) from public;

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
-- end

-- from sql/40_private/26_descrever_erro.sql
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
-- end

-- from sql/60_rpc/03_quarentenar_payload.sql
-- Keeps a body that is no JSON at all, or is too large.
-- p_payload     base64 of its first 16,384 bytes
-- p_nr_tamanho  its full length in bytes;  p_hash  SHA-256 of all of it, hexadecimal
-- p_motivo      MALFORMED or TOO_LARGE;    p_ds_erro  what was wrong, for a person
-- Who: callers with the permission ingest. Raises PT400, PT401, PT403, PT429.
create function public.quarentenar_payload(p_payload text, p_nr_tamanho bigint, p_hash text, p_motivo text,
                                           p_ds_erro text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('ingest');
  v_erro bigint;
begin
  if not coalesce(p_motivo in ('MALFORMED', 'TOO_LARGE') and p_hash ~ '^[0-9a-f]{64}$' and p_nr_tamanho >= 0
                  and p_payload is not null, false) then
    raise sqlstate 'PT400' using message = 'Needs payload, length, SHA-256 and a reason', hint = 'INVALID_PARAMETER';
  end if;
  v_erro := private.guardar_erro(v_chamador, case when not v_chamador."blServico" then v_chamador."cdClientes" end,
    p_motivo, decode(p_hash, 'hex'), left(coalesce(p_ds_erro, p_motivo), 200), private.ler_base64(p_payload),
    p_nr_tamanho, false);
  perform private.exigir_vaga(array[v_erro]);
  return (select jsonb_build_object('cdErro', q."cdErro", 'nrOcorrencias', q."nrOcorrencias")
          from public."TbIngestaoErro" q where q."cdErro" = v_erro);
end
$$;
comment on function public.quarentenar_payload(text, bigint, text, text, text) is
  'Quarantines a body that could not be read, and counts it when it comes again.';
revoke all on function public.quarentenar_payload(text, bigint, text, text, text) from public;
grant execute on function public.quarentenar_payload(text, bigint, text, text, text) to authenticated, service_role;
-- end

-- from sql/60_rpc/05_reprocessar_erros.sql
-- Replays quarantined payloads after their cause was mended: as the caller of today, dated when they first came if they
-- carry no time. What is stored now (or was meanwhile) leaves quarantine; what fails again stays and is counted.
-- p_cd_erros   which ones (null: all that can be replayed);  p_ds_motivo  only this reason;  p_nr_limite  at most
-- Who: admins of the clients concerned. Answers {total, stored, duplicate, conflict, rejected, skipped}; skipped are
-- those that cannot be replayed because their payload is not whole or is no JSON.
create function public.reprocessar_erros(p_cd_erros bigint[] default null, p_ds_motivo text default null,
                                         p_nr_limite integer default 1000) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
  v_erros record;
  v_elementos private.elemento[];
  v_mensagens private.elemento[];
begin
  v_erros := private.por_especie(private.erros_a_reprocessar(v_chamador, p_cd_erros, p_ds_motivo, p_nr_limite, true));
  v_elementos := private.ingerir(private.elementos_em_quarentena(v_erros.leituras), v_chamador."cdClientes",
                                 now() at time zone 'UTC');
  v_mensagens := private.como_elementos(private.gravar_mensagens(
    private.ler_mensagens(private.elementos_em_quarentena(v_erros.mensagens), v_chamador."cdClientes"), false));
  -- only now are the rows locked: an ingest locks readings first and quarantine last, and so does this
  perform private.encerrar_erros(v_erros.leituras, v_elementos);
  perform private.encerrar_erros(v_erros.mensagens, v_mensagens);
  return private.responder(v_elementos || v_mensagens, true, false) - 'results' - 'untimed' || jsonb_build_object(
    'skipped', cardinality(private.erros_a_reprocessar(v_chamador, p_cd_erros, p_ds_motivo, p_nr_limite, false)));
end
$$;
comment on function public.reprocessar_erros(bigint[], text, integer) is 'Replays quarantined payloads; what is stored leaves quarantine.';
revoke all on function public.reprocessar_erros(bigint[], text, integer) from public;
grant execute on function public.reprocessar_erros(bigint[], text, integer) to authenticated, service_role;
-- end

-- from sql/60_rpc/07_get_erros_ingestao.sql
-- Quarantined payloads, newest first: {data, nextCursor}. p_cd_erro: only that one; p_cursor: nextCursor of the page before.
-- dsPayload is null where the bytes are no UTF-8; dsPayloadBase64 has them in any case.
-- Who: callers with the permission admin; row-level security decides which rows. Raises PT400 INVALID_PARAMETER.
create function public.get_erros_ingestao(p_ds_motivo text default null, p_cd_erro bigint default null,
                                          p_page_size integer default 50, p_cursor bigint default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_pagina public."TbIngestaoErro"[];
begin
  perform private.exigir('admin');
  perform private.exigir_pagina(p_page_size);
  v_pagina := array(
    select q from public."TbIngestaoErro" q
    where (p_ds_motivo is null or q."dsMotivo" = p_ds_motivo)
      and (p_cd_erro is null or q."cdErro" = p_cd_erro)
      and (p_cursor is null or q."cdErro" < p_cursor)
    order by q."cdErro" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (select coalesce(jsonb_agg(private.descrever_erro(q) order by q."cdErro" desc), '[]')
             from unnest(v_pagina[:p_page_size]) q),
    'nextCursor', case when cardinality(v_pagina) > p_page_size then v_pagina[p_page_size]."cdErro" end);
end
$$;
comment on function public.get_erros_ingestao(text, bigint, integer, bigint) is 'Quarantined payloads in pages, newest first.';
revoke all on function public.get_erros_ingestao(text, bigint, integer, bigint) from public;
grant execute on function public.get_erros_ingestao(text, bigint, integer, bigint) to authenticated, service_role;
-- end

-- from sql/80_policies/07_quarentena.sql
-- Admins of any client concerned see what is in quarantine.
create policy ler on public."TbIngestaoErro" for select to authenticated
  using ("cdClientes" && (select private.clientes_administrados())::integer[] or (select private.eh_servico()));
-- end
