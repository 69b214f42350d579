-- Apart from TbIngestaoErro, because that one can be read by admins, column by column, and because a row that
-- was UNKNOWN_DEVICE must stay the same row when somebody else registers such a device.
-- No foreign key: rows are deleted together by private.record_quarantine_change.
create table private."TbErroAlheio" ("cdErro" bigint primary key);
alter table private."TbErroAlheio" enable row level security;
comment on table private."TbErroAlheio" is
  'Quarantined payloads for a device of another client, which only the service is told: FORBIDDEN_DEVICE.';
