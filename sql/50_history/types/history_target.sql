create type private.history_target as ("cdDispositivo" integer, starts time, ends time);
comment on type private.history_target is 'A device whose history is requested, with its measuring window.';
