create type private.history_cursor as ("dtRegistro" timestamp, "cdDispositivo" integer, "nrSeq" bigint,
  "cdCliente" integer);
comment on type private.history_cursor is
  'The last row of a page of history: the next page begins after it.';
