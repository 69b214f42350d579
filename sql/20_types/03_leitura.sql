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
