create type private.quarantined_payload as (
  "cdCliente" integer,       -- whose it is
  "cdDispositivo" integer,   -- as stated
  is_own_device boolean,     -- it exists and is that client's
  "dsMotivo" text,           -- error code, FORBIDDEN_DEVICE included
  "dsTexto" text,            -- what is wrong, for a person
  "dsHash" bytea,
  "dsPayload" bytea,         -- at most its first 16,384 bytes are kept
  "nrTamanho" bigint,        -- full length
  is_replayable boolean,     -- once it is whole
  "dsTopico" text,
  "dsPropriedades" jsonb,
  received_at timestamptz
);
comment on type private.quarantined_payload is 'What could not be stored, on its way into quarantine.';
