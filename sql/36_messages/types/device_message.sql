create type private.device_message as (
  batch_index integer,    -- place in the batch, from 0
  "dsTipo" text,          -- ack, event
  "cdDispositivo" integer,
  "cdCliente" integer,    -- owner at receipt
  device_time timestamp,  -- when the device did it, UTC; optional for an acknowledgement
  "dsChave" text,         -- id of the command, or type of the event
  "blOk" boolean,
  "dsPayload" jsonb,
  verdict text,           -- stored, duplicate, conflict, rejected
  "dsErro" text,          -- error code
  "dsTexto" text          -- what is wrong, for a person
);
comment on type private.device_message is 'One message of a device other than a reading, checked.';
