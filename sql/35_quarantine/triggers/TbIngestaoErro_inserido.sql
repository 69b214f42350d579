create trigger "TbIngestaoErro_inserido" after insert on public."TbIngestaoErro"
  referencing new table as changed_rows
  for each statement execute function private.record_quarantine_change();
comment on trigger "TbIngestaoErro_inserido" on public."TbIngestaoErro" is
  'Counts rows that came into quarantine.';
