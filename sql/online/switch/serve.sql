-- What the legacy application inserts by PostgREST, with the service key, goes the way of every reading:
-- judged, stored once, or quarantined. A row and a code are always returned. It ends with the date of the
-- switch.
-- Security definer: the caller has no rights on schema conversao, nor on the new tables.
create table if not exists conversao."TbConversaoChegada" (
  "cdPosicao" bigint primary key,
  "dtChegada" timestamptz not null default now(),
  "dtRegistro" timestamp not null,
  "jsElemento" jsonb not null
);
create index if not exists "TbConversaoChegada_dtChegada_idx" on conversao."TbConversaoChegada" ("dtChegada");
alter table conversao."TbConversaoChegada" enable row level security;
comment on table conversao."TbConversaoChegada" is
  'Positions that the legacy application inserted within a day: their readings follow in a call of their '
    'own.';

create or replace function conversao.admit(p_call text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_until timestamptz := (
    select e."dtAte" from conversao."TbConversaoEtapa" e order by e."cdEtapa" desc limit 1);
begin
  if v_until <= now() then
    raise sqlstate 'PT410' using message = format('The legacy application is not served since %s', v_until),
      hint = 'LEGACY_ENDED', detail = 'Use insert_device_readings, or POST /v2/posicoes.';
  end if;
  insert into conversao."TbConversaoUso" as u ("dsChamada", "dtDia", "nrFatia", "nrChamadas", "dtUltima")
  values (p_call, current_date, pg_backend_pid() % 16, 1, now())
  on conflict ("dsChamada", "dtDia", "nrFatia") do update
  set "nrChamadas" = u."nrChamadas" + 1, "dtUltima" = now();
end
$$;
comment on function conversao.admit is
  'Counts a call of the legacy application, or refuses it after the date.';

create or replace function conversao.as_instant(p_time timestamp) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when p_time >= '0001-01-01' and p_time < '10000-01-01'
    then to_char(p_time, 'FXYYYY-MM-DD"T"HH24:MI:SS.US') else p_time::text end
$$;
comment on function conversao.as_instant is 'A time as ingestion reads it.';

-- A position. Its coordinates are those of its address; area and distance are computed, as for every reading.
create or replace function conversao.insert_position() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('ingest');
  v_address conversao."VwEndereco";
  v_batch jsonb;
  v_elements private.element[];
begin
  perform conversao.admit('TbPosicao');
  select a.* into v_address from conversao."VwEndereco" a where a."cdEndereco" = new."cdEndereco";
  new."dtRegistro" := coalesce(new."dtRegistro", clock_timestamp() at time zone 'UTC');
  v_batch := jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
    'cdDispositivo', new."cdDispositivo", 'dtRegistro', conversao.as_instant(new."dtRegistro"),
    'nrBat', new."nrBat", 'nrSeq', new."nrSeq", 'nrPrecisao', new."nrPrecisao",
    'latitude', coalesce(new."dsLat", v_address."dsLat"),
    'longitude', coalesce(new."dsLong", v_address."dsLong"))));
  v_elements := private.ingest(v_batch, v_caller."cdClientes", now() at time zone 'UTC');
  perform private.quarantine_elements(v_elements, v_batch, v_caller);
  new := conversao.answered(new, v_elements[1]);
  if v_elements[1].verdict = 'stored' and v_address."cdEndereco" is not null then
    update series."TbPosicao" p set "cdEndereco" = v_address."cdEndereco"
    where p."cdPosicao" = new."cdPosicao" and p."dtRegistro" = new."dtRegistro";
    update public."TbPosicaoAtual" a set "cdEndereco" = v_address."cdEndereco"
    where a."cdDispositivo" = new."cdDispositivo" and a."dtCoordenada" = new."dtRegistro";
  end if;
  insert into conversao."TbConversaoChegada" ("cdPosicao", "dtRegistro", "jsElemento")
  values (new."cdPosicao", new."dtRegistro", v_batch -> 0) on conflict do nothing;
  delete from conversao."TbConversaoChegada" c where c.ctid = any (array(
    select o.ctid from conversao."TbConversaoChegada" o where o."dtChegada" < now() - interval '1 day'
    limit 10 for update skip locked));
  return new;
end
$$;
comment on function conversao.insert_position is 'Takes a position of the legacy application.';

-- What was not stored gets a code, too: the legacy application cannot go on without.
create or replace function conversao.answered(p_row public."TbPosicao", p_element private.element)
returns public."TbPosicao"
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  p_row."cdPosicao" := coalesce(
    case when p_element.verdict in ('stored', 'duplicate') then p_element."cdPosicao" end,
    nextval('series."TbPosicao_cdPosicao_seq"'));
  p_row."cdCliente" := p_element."cdCliente";
  p_row."dsLat" := p_element."dsLat";
  p_row."dsLong" := p_element."dsLong";
  p_row."nrBat" := coalesce(p_element."nrBat", p_row."nrBat");
  p_row."blArea" := p_element."blArea";
  p_row."nrDistancia" := p_element."nrDistancia";
  p_row."cdDestinatario" := coalesce(p_element."cdDestinatario", p_row."cdDestinatario");
  return p_row;
end
$$;
comment on function conversao.answered is 'The row that the legacy application gets back.';

-- A reading: its time is that of its position. The rows of one statement are stored together, at its end.
create or replace function conversao.insert_reading() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if length(current_setting('conversao.rows', true)) > 200000 then -- a thousand: each row copies it
    raise sqlstate 'PT413' using message = 'More readings in one request than are taken',
      hint = 'PAYLOAD_TOO_LARGE', detail = 'Send a thousand readings in a request at most.';
  end if;
  new."dtRegistro" := coalesce(
    (select c."dtRegistro" from conversao."TbConversaoChegada" c where c."cdPosicao" = new."cdPosicao"),
    (select p."dtRegistro" from series."TbPosicao" p where p."cdPosicao" = new."cdPosicao" limit 1),
    (select l."dtMomento" from conversao."TbConversaoLinha" l
     where l."cdPosicao" = new."cdPosicao" and l."dsTabela" = 'TbPosicao' limit 1),
    new."dtRegistro", clock_timestamp() at time zone 'UTC');
  new."nrQualidade" := coalesce(new."nrQualidade", 0);
  perform set_config('conversao.rows', concat_ws(',', nullif(current_setting('conversao.rows', true), ''),
    jsonb_build_object(
      'position', new."cdPosicao", 'device', new."cdDispositivo",
      'moment', conversao.as_instant(new."dtRegistro"),
      'value', jsonb_strip_nulls(jsonb_build_object(
        'cdSensor', new."cdSensor", 'nrValor', new."nrValor", 'blValor', new."blValor",
        'dsValor', new."dsValor", 'cdProdutoItem', new."cdProdutoItem")))::text), true);
  return new;
end
$$;
comment on function conversao.insert_reading is 'Takes a reading of the legacy application.';

-- An element for each position, sent again with its readings; readings without a value do not harm the
-- others.
create or replace function conversao.store_readings() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('ingest');
  v_rows jsonb := format('[%s]', current_setting('conversao.rows', true))::jsonb;
  v_batch jsonb;
  v_elements private.element[];
begin
  perform set_config('conversao.rows', '', true);
  perform conversao.admit('TbSensorRegistro');
  select jsonb_agg(
    coalesce(c."jsElemento", q.element, jsonb_strip_nulls(jsonb_build_object(
      'cdDispositivo', g.device, 'dtRegistro', g.moment, 'nrSeq', p."nrSeq", 'latitude', p."dsLat",
      'longitude', p."dsLong", 'nrBat', case when num_nonnulls(p."nrSeq", p."dsLat") = 0 then p."nrBat" end)))
    || jsonb_build_object('sensores', g.sensors))
  into v_batch
  from (
    select r -> 'position' as position, r -> 'device' as device, r -> 'moment' as moment,
           jsonb_agg(r -> 'value') as sensors
    from jsonb_array_elements(v_rows) with ordinality as o(r, n)
    group by 1, 2, 3, case when not r -> 'value' ?| '{nrValor,blValor,dsValor}' then n end
  ) g
  left join conversao."TbConversaoChegada" c
    on c."cdPosicao" = g.position::text::bigint and c."jsElemento" -> 'cdDispositivo' = g.device
  left join lateral ( -- inserted before the switch, and merged or quarantined
    select l."cdMantida" as kept, case when l."dsDestino" = 'quarantined' then jsonb_strip_nulls(
             jsonb_build_object(
               'cdDispositivo', l."cdDispositivo", 'nrBat', l."jsLinha" -> 'nrBat',
               'dtRegistro', conversao.as_instant(coalesce(l."dtMomento", 'infinity')),
               'nrSeq', l."jsLinha" -> 'nrSeq', 'latitude', a."dsLat", 'longitude', a."dsLong"))
             end as element
    from conversao."TbConversaoLinha" l
    left join conversao."VwEndereco" a on a."cdEndereco" = (l."jsLinha" ->> 'cdEndereco')::integer
    where c."cdPosicao" is null and l."dsTabela" = 'TbPosicao' and l."cdPosicao" = g.position::text::bigint
    limit 1) q on true
  left join series."TbPosicao" p -- inserted before the switch
    on p."cdPosicao" = coalesce(q.kept, g.position::text::bigint) and to_jsonb(p."cdDispositivo") = g.device
    and c."cdPosicao" is null;
  if v_batch is not null then
    v_elements := private.ingest(v_batch, v_caller."cdClientes", now() at time zone 'UTC');
    perform private.quarantine_elements(v_elements, v_batch, v_caller);
  end if;
  return null;
end
$$;
comment on function conversao.store_readings is
  'Stores the readings of one statement of the legacy application.';

revoke all on function conversao.admit, conversao.as_instant, conversao.insert_position, conversao.answered,
  conversao.insert_reading, conversao.store_readings from public;

create trigger conversao_inserir instead of insert on public."TbPosicao"
  for each row execute function conversao.insert_position();
create trigger conversao_inserir instead of insert on public."TbSensorRegistro"
  for each row execute function conversao.insert_reading();
create trigger conversao_inserido after insert on public."TbSensorRegistro"
  for each statement execute function conversao.store_readings();
grant insert on public."TbPosicao", public."TbSensorRegistro" to service_role;
notify pgrst, 'reload schema';
