create type private.identity as (
  "dsTipo" text,          -- user, key, device or service
  "dsChamador" text,      -- stable name: user:<uuid>, key:<sha256>, device:<code>, service
  "cdCliente" integer,    -- home client; its quarantine takes what has no other owner
  "cdClientes" integer[], -- every client the caller acts for
  "dsPermissoes" text[],  -- of read, ingest, admin
  is_service boolean      -- acts for every client, not for some
);
comment on type private.identity is
  'Who calls, resolved by PostgreSQL from the claims, never taken from them.';
