create type private.data_range as (code integer, "cdCliente" integer, since timestamp, until timestamp);
comment on type private.data_range is
  'A time range of a sensor or device, end excluded; of one client, or of all when cdCliente is null.';
