create type private.checked_value as (
  "cdSensor" integer,
  "nrValor" double precision,
  "blValor" boolean,
  "dsValor" text,
  "cdProdutoItem" integer, -- sent, or the sensor's own
  item_was_sent boolean, -- true when sent: only what was sent is compared on a resend
  "nrQualidade" smallint,  -- null when not sent
  action text,           -- null: insert; 'keep': the same row is there; 'take_over': it is, and changes its owner
  owner_position bigint          -- with 'take_over': the position that owned the row when it was judged
);
comment on type private.checked_value is 'One sensor reading of an element, checked.';
