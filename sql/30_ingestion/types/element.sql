create type private.element as (
  batch_index integer,      -- place in the batch, from 0
  "cdDispositivo" integer,
  "cdCliente" integer,      -- owner at receipt
  "dtRegistro" timestamp,
  "nrSeq" bigint,
  "nrBat" double precision, -- in volts
  "dsLat" double precision,
  "dsLong" double precision,
  "nrPrecisao" real,        -- of the coordinates; null without them
  "cdDestinatario" integer,
  "blArea" boolean,
  "nrDistancia" real,
  "cdPosicao" bigint,       -- null when the element has no position row
  is_new boolean,           -- its position row is yet to be written
  sensor_values private.checked_value[],
  missing_count integer,    -- values yet to be written
  take_over_count integer,  -- values that change their owner
  names_item boolean,       -- some value names its product item
  is_untimed boolean,       -- sent without dtRegistro: stamped with the time of receipt
  verdict text,             -- stored, duplicate, conflict, rejected; null: waits for an earlier element
  "dsErro" text,            -- error code
  "dsTexto" text            -- what is wrong, for a person
);
comment on type private.element is 'One element of a batch on its way through ingestion: a reading.';
