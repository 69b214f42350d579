create type private.checked_value as (
  "cdSensor" integer,
  "nrValor" double precision,
  "blValor" boolean,
  "dsValor" text,
  "cdProdutoItem" integer, -- as sent, or the sensor's own
  item_was_sent boolean,   -- only what was sent is compared on a redelivery
  "nrQualidade" smallint,  -- null when not sent
  action text,             -- null: insert; keep: the row exists; take_over: it exists and changes its owner
  owner_position bigint    -- with take_over: the position that owned the row when it was judged
);
comment on type private.checked_value is 'One sensor value of an element, checked.';
