-- Phase 7, ingestion: one call stores a batch of readings, each exactly once, in one transaction.
-- by hand: sql/30_tables/11_TbSensor.sql

set lock_timeout = '5s';
set statement_timeout = '5min';

alter table public."TbSensor"
  alter column "dtRegistro" set default now(),
  add column "dsPonto" text,
  add unique ("cdDispositivo", "dsPonto");

-- from sql/30_tables/11_TbSensor.sql: comment on
comment on table public."TbSensor" is 'Sensors of devices. One that has history can be moved, never deleted.';
comment on column public."TbSensor"."dsPonto" is 'Name of the measuring point, unique on its device; readings may name it instead of cdSensor.';
comment on column public."TbSensor"."nrUnidadeIni" is 'Tare: subtracted from a weight before items are counted.';
-- end

-- from sql/30_tables/10_TbTipoSensor.sql: insert into
insert into public."TbTipoSensor" (id, "dsNome", "dsUnidade") values
  (1, 'Distancia', 'milimetros'),
  (2, 'Abertura de Porta', 'abertura'),
  (3, 'Peso', 'gramas'),
  (4, 'Temperatura', 'celcius'),
  (5, 'Camera de movimento', 'Qtde de pessoas'),
  (9, 'masculino', 'masculino'),
  (10, 'feminino', 'feminino'),
  (11, 'crianca', 'crianca'),
  (12, 'jovem', 'jovem'),
  (13, 'adulto', 'adulto'),
  (14, 'senior', 'senior'),
  (15, 'alegre', 'alegre'),
  (16, 'concentrado', 'concentrado'),
  (17, 'neutro', 'neutro'),
  (18, 'categoria_total', 'categoria_total')
  -- an installation from before has its own names for them
  on conflict (id) do nothing;
-- end

-- from sql/20_types/03_leitura.sql
create type private.leitura as (
  "cdSensor" integer,
  "nrValor" double precision,
  "blValor" boolean,
  "dsValor" text,
  "cdProdutoItem" integer, -- sent, or the sensor's own
  "blProdutoItem" boolean, -- true when sent: only what was sent is compared on a resend
  "nrQualidade" smallint,  -- null when not sent
  "dsAcao" text,           -- null: insert; 'manter': the same row is there; 'tomar': it is, and changes its owner
  "cdDona" bigint          -- with 'tomar': the position that owned the row when it was judged
);
comment on type private.leitura is 'One sensor reading of an element, checked.';

create type private.elemento as (
  "nrIndice" integer,      -- place in the batch, from 0
  "cdDispositivo" integer,
  "cdCliente" integer,     -- owner at receipt
  "dtRegistro" timestamp,
  "nrSeq" integer,
  "nrBat" double precision,
  "dsLat" double precision,
  "dsLong" double precision,
  "cdDestinatario" integer,
  "blArea" boolean,
  "nrDistancia" real,
  "cdPosicao" bigint,      -- null when the element has no position row
  "blNova" boolean,        -- its position row is yet to be written
  "leituras" private.leitura[],
  "nrFaltam" integer,      -- readings yet to be written
  "nrTomar" integer,       -- rows that change their owner
  "blItens" boolean,       -- some reading names its product item
  "blSemTempo" boolean,    -- carried no dtRegistro: stamped with the time of receipt
  "dsVeredito" text,       -- stored, duplicate, conflict, rejected; null while it waits for an earlier element
  "dsErro" text,           -- error code
  "dsTexto" text           -- what was wrong, for a person
);
comment on type private.elemento is 'One element of a batch on its way through ingestion.';
-- end

-- from sql/30_tables/25_TbConfiguracao.sql
-- One typed row instead of GUCs: a GUC that a client could set is no authority.
create table private."TbConfiguracao" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "nrMesesAtras" integer not null default 13 check ("nrMesesAtras" between 0 and 1200),
  "nrMesesAdiante" integer not null default 3 check ("nrMesesAdiante" between 1 and 120),
  "nrMinutosAdiante" integer not null default 10 check ("nrMinutosAdiante" >= 0),
  "nrElementosLote" integer not null default 5000 check ("nrElementosLote" > 0),
  "nrBytesElemento" integer not null default 65536 check ("nrBytesElemento" > 0),
  "nrErrosCliente" integer not null default 10000 check ("nrErrosCliente" > 0),
  "nrDiasErro" integer not null default 30 check ("nrDiasErro" > 0),
  "nrMinutosRollup" integer not null default 5 check ("nrMinutosRollup" between 0 and 1440),
  "nrRazaoRollup" integer not null default 3 check ("nrRazaoRollup" >= 1)
);
alter table private."TbConfiguracao" enable row level security;
insert into private."TbConfiguracao" default values;

comment on table private."TbConfiguracao" is 'Settings of the database, one row.';
comment on column private."TbConfiguracao"."nrMesesAtras" is 'Coverage: months back that readings may be dated.';
comment on column private."TbConfiguracao"."nrMesesAdiante" is 'Coverage: months for which partitions are made ahead.';
comment on column private."TbConfiguracao"."nrMinutosAdiante" is 'How many minutes a clock may be ahead.';
comment on column private."TbConfiguracao"."nrElementosLote" is 'Elements a batch may have.';
comment on column private."TbConfiguracao"."nrBytesElemento" is 'Bytes an element may have.';
comment on column private."TbConfiguracao"."nrErrosCliente" is 'Quarantined payloads a client may have before it is refused (429).';
comment on column private."TbConfiguracao"."nrDiasErro" is 'Days a quarantined payload is kept after it last came.';
comment on column private."TbConfiguracao"."nrMinutosRollup" is 'Minutes after the end of an hour at which it is summed up; what comes later is late.';
comment on column private."TbConfiguracao"."nrRazaoRollup" is 'A fine rollup is kept for an hour with at least so many readings for each of its buckets.';
-- end

-- from sql/30_tables/38_TbPoliticaRetencao.sql
create table public."TbPoliticaRetencao" (
  "cdPoliticaRetencao" integer generated always as identity primary key,
  "cdCliente" integer references public."TbCliente" on delete cascade,
  "nrDiasBruto" integer check ("nrDiasBruto" > 1),
  "nrDias1m" integer default 365 check ("nrDias1m" > 1),
  "nrDias5m" integer default 730 check ("nrDias5m" > 1),
  "nrDias1h" integer default 1825 check ("nrDias1h" > 1),
  "blGuardaLegal" boolean not null default false,
  unique nulls not distinct ("cdCliente"),
  -- what is coarser lives as long as what it was made from; null is for ever
  check (coalesce("nrDias1m" <= "nrDias5m", "nrDias5m" is null)),
  check (coalesce("nrDias5m" <= "nrDias1h", "nrDias1h" is null)),
  check ("nrDiasBruto" <= "nrDias1h")
);
alter table public."TbPoliticaRetencao" enable row level security;
revoke all on public."TbPoliticaRetencao" from public, anon, authenticated;
grant select on public."TbPoliticaRetencao" to authenticated;
grant select, insert, update, delete on public."TbPoliticaRetencao" to service_role;
insert into public."TbPoliticaRetencao" ("cdCliente") values (null);

comment on table public."TbPoliticaRetencao" is 'How long readings and rollups are kept: one row for everybody, and one for each client that wants it otherwise.';
comment on column public."TbPoliticaRetencao"."cdCliente" is 'Client the row is for; null: everybody without a row of its own.';
comment on column public."TbPoliticaRetencao"."nrDiasBruto" is 'Days that positions and readings are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias1m" is 'Days that rollups by the minute are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias5m" is 'Days that rollups by five minutes are kept; null: for ever.';
comment on column public."TbPoliticaRetencao"."nrDias1h" is 'Days that rollups by the hour are kept, where readings are not kept for longer; null: for ever.';
comment on column public."TbPoliticaRetencao"."blGuardaLegal" is 'Legal hold: nothing of the client expires while it is set.';

-- What has expired so far, so that answers can say that they are not complete, and no late reading is taken for a time whose
-- readings are gone.
create table private."TbRetencaoPiso" (
  "cdCliente" integer primary key,
  "dtBruto" timestamp not null default '-infinity',
  "dtAnunciado" timestamp not null default '-infinity',
  "xiAnuncio" xid8,
  "dtAnuncio" timestamptz not null default now(),
  "dt1m" timestamp not null default '-infinity',
  "dt5m" timestamp not null default '-infinity',
  "dt1h" timestamp not null default '-infinity',
  check ("dt1h" <= "dtBruto" and "dtBruto" <= "dtAnunciado")
);
alter table private."TbRetencaoPiso" enable row level security;

comment on table private."TbRetencaoPiso" is 'Before which time positions, readings and rollups of a client are gone.';
comment on column private."TbRetencaoPiso"."dtBruto" is 'UTC; positions and readings before it are deleted.';
comment on column private."TbRetencaoPiso"."dtAnunciado" is 'UTC; positions and readings before it are not taken any more.';
comment on column private."TbRetencaoPiso"."xiAnuncio" is 'First transaction that is sure to know of the announcement; null until that is known.';
comment on column private."TbRetencaoPiso"."dt1h" is 'UTC; rollups before it are deleted, those by the hour too.';
comment on column private."TbRetencaoPiso"."dt1m" is 'UTC; rollups by the minute before it are deleted.';
comment on column private."TbRetencaoPiso"."dt5m" is 'UTC; rollups by five minutes before it are deleted.';
comment on column private."TbRetencaoPiso"."dtAnuncio" is 'When dtAnunciado was announced.';
-- end

-- from sql/40_private/10_ler_valores.sql
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
-- end

-- from sql/40_private/11_erros_de_forma.sql
-- What is wrong with the shape of an element, whatever devices there are, as 'CODE text'; null when nothing is.

-- An element that jsonb cannot hold arrives wrapped by whoever read it: exactly these fields, and perhaps whose it is. Anything else that has
-- one of them is an ordinary element, and malformed.
create function private.eh_embrulho(p_elemento jsonb) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    jsonb_typeof(p_elemento) = 'object'
    and p_elemento ?& '{$payload,$tamanho,$hash,$error_code,$error}'
    and p_elemento - '{$payload,$tamanho,$hash,$error_code,$error,cdCliente}'::text[] = '{}'
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
-- end

-- from sql/40_private/12_erros_de_leitura.sql
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
-- end

-- from sql/40_private/13_ler_leituras.sql
-- The sensor readings of one element, with the first thing wrong among them as 'CODE text'.
-- Inlined into the statement that reads the whole batch: hence no SET clause and full names.
create function private.ler_leituras(p_cd_dispositivo integer, p_cd_cliente integer, p_sensores jsonb)
returns table ("leituras" private.leitura[], "blItens" boolean, "dsErro" text)
language sql stable as $$
  select coalesce(array_agg(row(s."cdSensor", v.valor, v.logico, v.texto, coalesce(v.item, s."cdProdutoItem"),
                                v.item is not null, v.qualidade, null, null)::private.leitura), '{}'),
         coalesce(bool_or(v.item is not null), false),
         min(case
           when f.simples and s."cdSensor" is not null and v.valor is not null then null
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
  cross join lateral ( -- nearly all have these two members and no others: of them nothing else is asked
    select case when jsonb_typeof(o.j) = 'object' then o.j - 'cdSensor' - 'nrValor' = '{}' else false end as simples
    offset 0
  ) f
  cross join lateral (
    select nullif(o.j -> 'cdSensor', 'null') as sensor, nullif(o.j -> 'nrValor', 'null') as valor,
           case when not f.simples then nullif(o.j -> 'dsPonto', 'null') end as ponto,
           case when not f.simples then nullif(o.j -> 'blValor', 'null') end as logico,
           case when not f.simples then nullif(o.j -> 'dsValor', 'null') end as texto,
           case when not f.simples then nullif(o.j -> 'cdProdutoItem', 'null') end as item,
           case when not f.simples then nullif(o.j -> 'nrQualidade', 'null') end as qualidade
    offset 0 -- each field is taken out once
  ) c
  cross join lateral (
    select private.ler_inteiro(c.sensor) as sensor, private.ler_real(c.valor) as valor,
           case when jsonb_typeof(c.logico) = 'boolean' then c.logico::boolean end as logico,
           case when jsonb_typeof(c.texto) = 'string' then c.texto #>> '{}' end as texto,
           private.ler_inteiro(c.item) as item,
           case when c.qualidade in ('0', '1', '2') then c.qualidade::smallint end as qualidade,
           case when f.simples then '{}'
                when jsonb_typeof(o.j) = 'object'
                then o.j - '{cdSensor,dsPonto,nrValor,blValor,dsValor,cdProdutoItem,nrQualidade}'::text[] end as estranhos
    offset 0
  ) v
  left join lateral ( -- by its key, one by one: a device may have many sensors
    select k."cdSensor", k."cdProdutoItem" from public."TbSensor" k
    where k."cdSensor" = v.sensor and k."cdDispositivo" = p_cd_dispositivo
    offset 0
  ) s0 on true
  left join lateral (
    select k."cdSensor", k."cdProdutoItem" from public."TbSensor" k
    where c.ponto is not null and k."cdDispositivo" = p_cd_dispositivo
      and k."dsPonto" = case when jsonb_typeof(c.ponto) = 'string' then c.ponto #>> '{}' end
    offset 0
  ) s1 on true
  cross join lateral (
    select coalesce(s0."cdSensor", s1."cdSensor") as "cdSensor",
           coalesce(s0."cdProdutoItem", s1."cdProdutoItem") as "cdProdutoItem"
  ) s
$$;
comment on function private.ler_leituras(integer, integer, jsonb) is 'Readings of one element, and what is wrong with them.';
revoke all on function private.ler_leituras(integer, integer, jsonb) from public;
-- end

-- from sql/40_private/06_cerca.sql
-- Geofences: a polygon where the site has one, the circle of metres around its address otherwise.

-- Null when fence or coordinates are missing. A point on the edge is inside. Inlined: no SET clause.
create function private.dentro_da_cerca(p_cerca extensions.geometry, p_raio double precision, p_distancia double precision,
                                        p_long double precision, p_lat double precision) returns boolean
language sql immutable parallel safe as $$
  select case when p_cerca is null then p_distancia <= p_raio
         else extensions.st_covers(p_cerca, extensions.st_setsrid(extensions.st_makepoint(p_long, p_lat), 4326)) end
$$;
comment on function private.dentro_da_cerca(extensions.geometry, double precision, double precision, double precision, double precision) is
  'A point is inside the geofence of its site.';
revoke all on function private.dentro_da_cerca(extensions.geometry, double precision, double precision, double precision, double precision) from public;

-- What is wrong with it; null for a polygon or several, closed, that do not cross themselves, in degrees.
create function private.erro_do_poligono(p_geojson jsonb) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_poligono extensions.geometry;
begin
  if p_geojson ->> 'type' is null or p_geojson ->> 'type' not in ('Polygon', 'MultiPolygon') then
    return 'it must be a GeoJSON geometry of the type Polygon or MultiPolygon';
  elsif octet_length(p_geojson::text) > 65536 then
    return 'it must have at most 65536 bytes';
  elsif jsonb_path_exists(p_geojson, '$.coordinates.** ? (@.type() != "array" && @.type() != "number")') then
    return 'its coordinates must be numbers'; -- the parser takes texts for 0
  end if;
  v_poligono := extensions.st_geomfromgeojson(p_geojson);
  return case
    when extensions.st_isempty(v_poligono) then 'it is empty'
    when extensions.st_srid(v_poligono) <> 4326 then 'its coordinates must be WGS 84, without a crs'
    when extensions.st_ndims(v_poligono) <> 2 then 'its coordinates must be pairs of longitude and latitude'
    when not (extensions.st_xmin(v_poligono) >= -180 and extensions.st_xmax(v_poligono) <= 180 and extensions.st_ymin(v_poligono) >= -90 and extensions.st_ymax(v_poligono) <= 90)
      then 'longitude is -180 to 180, latitude -90 to 90'
    when not extensions.st_isvalid(v_poligono) then extensions.st_isvalidreason(v_poligono)
  end;
exception when internal_error or invalid_parameter_value or data_exception then -- of the parser
  return 'its coordinates are no closed rings of pairs of longitude and latitude';
end
$$;
comment on function private.erro_do_poligono(jsonb) is 'What is wrong with a polygon in GeoJSON; null when nothing is.';
revoke all on function private.erro_do_poligono(jsonb) from public;
-- end

-- from sql/40_private/14_ler_elementos.sql
-- A batch as elements: typed, checked, with owner, geofence and receipt time. What is wrong becomes a verdict, in this
-- order: shape, device, time, coordinates, values, readings. Inlined, hence no SET clause and full names.
create function private.ler_elementos(p_readings jsonb, p_clientes integer[], p_agora timestamp)
returns setof private.elemento
language sql stable as $$
  select (o.n - 1)::integer, d."cdDispositivo", d."cdCliente", v.instante, v.seq, v.bat, v.lat, v.long, d."cdDestinatario",
             private.dentro_da_cerca(t."geoCerca", t."nrRaio", g.distancia, v.long, v.lat), g.distancia::real,
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
  left join private."TbRetencaoPiso" expirado on expirado."cdCliente" = d."cdCliente"
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
        when v.instante < expirado."dtAnunciado"
          then format('TIMESTAMP_OUT_OF_RANGE dtRegistro %s: readings before %s UTC have expired', left(c.instante::text, 40),
                      expirado."dtAnunciado"::date)
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
-- end

-- from sql/40_private/15_julgar.sql
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
-- end

-- from sql/40_private/16_gravar_raras.sql
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
-- end

-- from sql/40_private/16_marcar_pendentes.sql
-- Marks hours below the watermark in which something is written, so that readers take them from the readings until they are
-- summed up anew. In the transaction that writes, after it has written: it has a transaction number by then, and either
-- sees the announcement or is waited for (see TbRollupMarca). Costs one look-up where nothing is late.
create function private.marcar_pendentes(p_elementos private.elemento[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_anunciada timestamp := (select m."dtAnunciada" from private."TbRollupMarca" m);
begin
  if not exists (select from unnest(p_elementos) e where e."dtRegistro" < v_anunciada and e."dsVeredito" = 'stored') then
    return;
  end if;
  insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdDispositivo")
  select date_trunc('hour', e."dtRegistro"), l."cdSensor", null
  from unnest(p_elementos) e cross join unnest(e."leituras") l
  where e."dsVeredito" = 'stored' and e."dtRegistro" < v_anunciada and l."dsAcao" is null and l."nrValor" is not null
  union
  select date_trunc('hour', e."dtRegistro"), null, e."cdDispositivo"
  from unnest(p_elementos) e
  where e."dsVeredito" = 'stored' and e."dtRegistro" < v_anunciada and e."blNova";
end
$$;
comment on function private.marcar_pendentes(private.elemento[]) is 'Marks the hours of late elements as not summed up.';
revoke all on function private.marcar_pendentes(private.elemento[]) from public;
-- end

-- from sql/40_private/17_gravar.sql
-- Writes the elements that are to be stored. Every caller locks rows in one order (positions, current positions,
-- readings, owners; each by key), so that callers wait for each other but never in a circle.
-- Raises unique_violation when a row is there after all: from an earlier sending, from another caller who was faster and
-- could not be seen by this statement, or from another element of the batch. The caller undoes and judges.
create function private.gravar(p_elementos private.elemento[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('rastro.marcas', 'em conjunto', true); -- the triggers need not look at every row: see the end
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
  perform private.marcar_pendentes(p_elementos);
  perform set_config('rastro.marcas', '', true);
end
$$;
comment on function private.gravar(private.elemento[]) is 'Writes the elements to be stored; unique_violation when a row is there after all.';
revoke all on function private.gravar(private.elemento[]) from public;
-- end

-- from sql/40_private/18_gravar_em_rodadas.sql
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
-- end

-- from sql/40_private/20_ingerir.sql
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
      perform pg_current_xact_id(); -- before anything is looked up: see TbRollupMarca
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
-- end

-- from sql/40_private/22_responder.sql
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
-- end

-- from sql/40_private/23_exigir_lote.sql
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
-- end

-- from sql/60_rpc/01_insert_device_readings.sql
-- The batch of readings, and the one way in: judged and stored in one transaction, one verdict per element.
-- p_readings     [{cdCliente?, cdDispositivo, dtRegistro?, nrBat?, nrSeq?, latitude?, longitude?,
--                  sensores: [{cdSensor | dsPonto, nrValor | blValor | dsValor, cdProdutoItem?, nrQualidade?}]}]
-- p_validar      judges and stores nothing
-- p_so_excecoes  results only for conflict and rejected
-- Who: callers with the permission ingest. Security definer: API roles may not write time series.
-- Raises PT400 MALFORMED (no list), PT401, PT403, PT413 TOO_LARGE (too many elements), PT429 (quarantine full);
-- never for an element.
create function public.insert_device_readings(p_readings jsonb, p_validar boolean default false,
                                              p_so_excecoes boolean default false) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('ingest');
  v_elementos private.elemento[];
begin
  perform private.exigir_lote(p_readings);
  if p_validar then
    v_elementos := private.ensaiar(p_readings, v_chamador."cdClientes");
  else
    v_elementos := private.ingerir(p_readings, v_chamador."cdClientes", now() at time zone 'UTC');
    perform private.quarentenar(v_elementos, p_readings, v_chamador);
  end if;
  return private.responder(v_elementos, p_so_excecoes, p_validar);
end
$$;
comment on function public.insert_device_readings(jsonb, boolean, boolean) is
  'Stores a batch of device readings exactly once and answers with a verdict per element.';
revoke all on function public.insert_device_readings(jsonb, boolean, boolean) from public;
grant execute on function public.insert_device_readings(jsonb, boolean, boolean) to authenticated, service_role;
-- end

-- from sql/60_rpc/02_insert_device_reading.sql
-- One reading; a thin case of insert_device_readings, with the same rules, permissions and errors.
-- p_sensor_readings  [{cdSensor | dsPonto, nrValor | blValor | dsValor, cdProdutoItem?, nrQualidade?}]
create function public.insert_device_reading(p_cd_dispositivo integer, p_nr_bat double precision default null,
  p_nr_seq integer default null, p_dt_registro timestamptz default null, p_latitude double precision default null,
  p_longitude double precision default null, p_sensor_readings jsonb default null) returns json
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select (r -> 'results' -> 0)::json
  from public.insert_device_readings(jsonb_build_array(jsonb_build_object(
    'cdDispositivo', p_cd_dispositivo, 'nrBat', p_nr_bat, 'nrSeq', p_nr_seq,
    'dtRegistro', case when isfinite(p_dt_registro) then to_char(p_dt_registro at time zone 'UTC', 'FXYYYY-MM-DD"T"HH24:MI:SS.US')
                       else p_dt_registro::text end,
    'latitude', p_latitude, 'longitude', p_longitude, 'sensores', p_sensor_readings))) r
$$;
comment on function public.insert_device_reading(integer, double precision, integer, timestamptz, double precision,
  double precision, jsonb) is 'Stores one device reading exactly once and answers with its verdict.';
revoke all on function public.insert_device_reading(integer, double precision, integer, timestamptz, double precision,
  double precision, jsonb) from public;
grant execute on function public.insert_device_reading(integer, double precision, integer, timestamptz, double precision,
  double precision, jsonb) to authenticated, service_role;
-- end
