create type private.alvo_historico as ("cdDispositivo" integer, inicio time, fim time);
comment on type private.alvo_historico is 'A device whose history is asked for, with its measuring window.';

create type private.cursor_historico as ("dtRegistro" timestamp, "cdDispositivo" integer, "nrSeq" integer);
comment on type private.cursor_historico is 'The last row of a page of history: the next page begins behind it.';
