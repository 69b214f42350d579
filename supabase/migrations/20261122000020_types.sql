-- The room 20_types. Pasted from sql/ by scripts/new-migration.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- sql/20_types/01_enums.sql
create type public.status as enum ('ativo', 'inativo', 'suspenso', 'bloqueado', 'encerrado', 'estoque');
comment on type public.status is 'Life cycle of clients, sites, products and devices.';

create type public.unidade as enum ('milimetros', 'gramas', 'celcius', 'abertura', 'unidade');
comment on type public.unidade is 'Unit in which a sensor is configured.';

create type public.papel as enum ('default', 'admin', 'service');
comment on type public.papel is 'What a person may do: default reads, admin also writes for its own clients, service does all.';

create type inventario."statusInventario" as enum ('em_progresso', 'finalizado', 'cancelado');
comment on type inventario."statusInventario" is 'State of a stock-taking.';

-- sql/20_types/02_identidade.sql
create type private.identidade as (
  "dsTipo" text,          -- user, key or service
  "dsChamador" text,      -- stable name: user:<uuid>, key:<sha256>, service
  "cdCliente" integer,    -- home client; charged for quarantined payloads
  "cdClientes" integer[], -- every client the caller acts for
  "dsPermissoes" text[],  -- of read, ingest, admin
  "blServico" boolean     -- acts for every client, not for some
);
comment on type private.identidade is 'Who calls, resolved by PostgreSQL from the claims, never taken from them.';

-- sql/20_types/03_leitura.sql
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

-- sql/20_types/04_historico.sql
create type private.alvo_historico as ("cdDispositivo" integer, inicio time, fim time);
comment on type private.alvo_historico is 'A device whose history is asked for, with its measuring window.';

create type private.cursor_historico as ("dtRegistro" timestamp, "cdDispositivo" integer, "nrSeq" integer);
comment on type private.cursor_historico is 'The last row of a page of history: the next page begins behind it.';
